# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

_SHIPPED = ("shipped", "delivered")
_TOLD = (*_SHIPPED, "returned")


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: goods that moved, as the channel says, while the order is
    open here.

    The status of a channel never moves stock: a person is told, unless what it says
    has happened here as well.
    """

    _inherit = "channel.order.importer"

    @api.model
    def _compare_status(self, item, order):
        """A change for a person when the channel tells of goods that did not move here.

        :return: values of ``channel.order.change``, at most one
        """
        status, before = item.order.status, (item.row.applied or {}).get("status")
        if status == before or not status:
            return []
        label = self._get_status_label(status)
        item.notes.append(
            self.env._("Status on the channel: %(status)s.", status=label)
        )
        if status not in _TOLD or self._is_known_here(item, order):
            return []
        return [
            self._prepare_change(
                "status",
                self.env._("Status: %(status)s", status=label),
                self._describe_progress(order),
                self._describe_told(item, label),
                {"status": status},
                is_raise=order.approval_mode == "explicit",
            )
        ]

    @api.model
    def _get_status_label(self, status):
        labels = {
            "unpaid": self.env._("Unpaid"),
            "paid": self.env._("Paid"),
            "cancelled": self.env._("Cancelled"),
            "shipped": self.env._("Shipped"),
            "delivered": self.env._("Delivered"),
            "returned": self.env._("Returned"),
        }
        return labels.get(status, status)

    @api.model
    def _is_known_here(self, item, order):
        """Whether the same has happened here: then nobody has to be asked."""
        if item.order.status in _SHIPPED:
            return order.is_channel_history or order._has_shipped_all()
        return bool(item.order.refunds or order.return_count)

    @api.model
    def _describe_progress(self, order):
        if order._has_shipped_all():
            return self.env._("Shipped from here; no return entered")
        if order._has_left():
            return self.env._("Shipped or invoiced in part; no return entered")
        state = dict(order._fields["state"]._description_selection(self.env))
        return self.env._("%(state)s; nothing shipped", state=state[order.state])

    @api.model
    def _describe_told(self, item, label):
        parcels = [
            " ".join(filter(None, (parcel.carrier, parcel.tracking)))
            for parcel in item.order.shipments
        ]
        told = ", ".join([label, *filter(None, parcels)])
        if item.order.status == "returned":
            hint = self.env._("If the goods are here, enter a return.")
        else:
            hint = self.env._(
                "If they left your warehouse, validate the delivery here. Accepting "
                "moves no stock; a quotation is kept as history."
            )
        return f"{told}\n{hint}"

    @api.model
    def _accept_status(self, order, value):
        """A person knows: a quotation whose goods left elsewhere becomes history."""
        order = order.with_env(self.env)
        if value["status"] in _TOLD and order.state in ("draft", "sent"):
            self._keep_history(order)

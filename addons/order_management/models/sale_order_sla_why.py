# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

#: products that are named; the rest is counted
_MAX_NAMES = 3


class SaleOrder(models.Model):
    """An order; here: what it waits for in its step, and whom.

    Looked up when it is shown, for all orders of a page together.
    """

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    sla_waiting_for = fields.Selection(
        [
            ("clerk", "Clerk"),
            ("hold", "Hold"),
            ("approval", "Approval"),
            ("stock", "Stock"),
            ("warehouse", "Warehouse"),
            ("carrier", "Carrier"),
        ],
        "Stuck With",
        compute="_compute_sla_why",
    )
    sla_why = fields.Char("Why", compute="_compute_sla_why")

    @api.depends("sla_step", "state", "approval_state", "picking_ids.state")
    @api.depends_context("lang", "uid")
    def _compute_sla_why(self):
        reasons = {}
        # no words for the customer, who may read the order
        is_staff = self.env.su or not self.env.user.share
        for step, orders in self.grouped("sla_step").items():
            if step and is_staff:
                reasons.update(getattr(orders, f"_explain_{step}")())
        for order in self:
            order.sla_waiting_for, order.sla_why = reasons.get(order.id, (False, False))

    def _explain_review(self):
        """``{order id: (whom it waits for, why)}`` of orders to be looked at."""
        held = self._explain_holds()
        changes = self._count_by_order(
            "channel.order.change", "order_id", [("state", "=", "pending")]
        )
        return {
            order.id: ("hold", held[order.id])
            if order.id in held
            else ("clerk", order._explain_unreviewed(changes.get(order.id)))
            for order in self
        }

    def _explain_holds(self):
        """``{order id: reasons and owners}`` of orders that the review holds."""
        # sudo: whoever sees the order may know what holds it
        found_sudo = self._get_open_holds()
        texts = {}
        for hold in found_sudo.filtered(lambda hold: not hold.is_note):
            text = hold.reason
            if hold.user_id:
                text = self.env._(
                    "%(reason)s (%(name)s)", reason=text, name=hold.user_id.name
                )
            texts.setdefault(hold.order_id.id, []).append(text)
        return {order_id: "; ".join(parts) for order_id, parts in texts.items()}

    def _explain_unreviewed(self, changes):
        self.ensure_one()
        if self.approval_state == "refused":
            return self.env._("Refused: %(reason)s", reason=self.approval_reason or "")
        if changes:
            return self.env._("Changes from the channel are to be decided")
        if self.import_note:
            return self.import_note.strip().splitlines()[-1]
        if not self.channel_paid:
            return self.env._("Not paid yet, as far as the channel says")
        if self.approval_mode == "explicit":
            return self.env._("To be checked and submitted")
        return self.env._("To be checked and confirmed")

    def _explain_approve(self):
        """As `_explain_review`, of orders that wait for an approval."""
        return {
            order.id: (
                "approval",
                order.approval_waiting_for or self.env._("Any reviewer"),
            )
            for order in self
        }

    def _explain_ship(self):
        """As `_explain_review`, of orders that are to be shipped."""
        reasons = {}
        # sudo: whoever sees the order may know where its goods are
        pickings_sudo = self.sudo().picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        by_order = pickings_sudo.grouped("sale_id")
        for order in self:
            open_sudo = by_order.get(order.sudo(), pickings_sudo.browse())
            if order.state != "sale":
                reasons[order.id] = ("clerk", self.env._("Approved, not confirmed"))
            elif not open_sudo:
                reasons[order.id] = ("clerk", self.env._("There is no delivery"))
            else:
                reasons[order.id] = order._explain_transfers(open_sudo)
        return reasons

    @api.model
    def _explain_transfers(self, pickings):
        """(whom they wait for, why), of transfers of one order that are not done."""
        ready = pickings.filtered(lambda picking: picking.state == "assigned")
        labelled = ready.filtered("carrier_tracking_ref")
        if labelled:
            return "carrier", self.env._(
                "%(transfers)s has its label and was not picked up (%(carrier)s)",
                transfers=", ".join(labelled.mapped("name")),
                carrier=labelled[0].carrier_id.name or "",
            )
        if ready:
            return "warehouse", self.env._(
                "%(transfers)s is ready in %(warehouse)s",
                transfers=", ".join(ready.mapped("name")),
                warehouse=ready[0].picking_type_id.warehouse_id.name or "",
            )
        short = pickings.move_ids.filtered(
            lambda move: move.state in ("confirmed", "partially_available")
        ).product_id
        if short:
            names = short[:_MAX_NAMES].mapped("display_name")
            if more := len(short) - len(names):
                names.append(self.env._("%(count)s more", count=more))
            return "stock", self.env._(
                "Not in stock: %(products)s", products=", ".join(names)
            )
        return "warehouse", self.env._(
            "%(transfers)s is not done", transfers=", ".join(pickings.mapped("name"))
        )

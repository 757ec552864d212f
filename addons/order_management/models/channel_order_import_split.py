# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: an order that was split is still one order of the channel."""

    _inherit = "channel.order.importer"

    @api.model
    def _apply_updates(self, channel, items):
        """Override: the parts of all orders are looked up at once."""
        orders = self.env["sale.order"].browse(i.row.sale_order_id.id for i in items)
        orders._fetch_parts()
        return super()._apply_updates(channel, items)

    @api.model
    def _compare(self, item, order):
        """Override: where the first part was cancelled here, another one tells whether
        there is anything left to change."""
        if order.state == "cancel" and order.split_child_ids:
            parts = order._get_split_family()
            live = parts.filtered(lambda part: part.state != "cancel")
            order = live[:1] or order
        return super()._compare(item, order)

    @api.model
    def _split_safe(self, order, found):
        """Override: safe is what is safe for each part."""
        parts = order._get_split_family()
        if len(parts) == 1:
            return super()._split_safe(order, found)
        safe = found
        for part in parts:
            good, _unsafe = super()._split_safe(part, found)
            safe = [values for values in safe if values in good]
        return safe, [values for values in found if values not in safe]

    @api.model
    def _tell_orders(self, items):
        """Override: who paid the order paid its parts."""
        result = super()._tell_orders(items)
        orders = self.env["sale.order"].browse(i.sale_order.id for i in items)
        orders._fetch_parts()
        for item in items:
            parts = item.sale_order._get_split_family() - item.sale_order
            paid = item.sale_order.channel_paid
            different = parts.filtered(
                lambda part, paid=paid: part.channel_paid != paid
            )
            if different:
                different.write({"channel_paid": paid})
        return result

    @api.model
    def _go_on(self, channel, orders):
        """Override: with the parts that are quotations still."""
        return super()._go_on(channel, orders._get_split_family())

    @api.model
    def _accept_status(self, order, value):
        """Override: what left elsewhere left as a whole."""
        for part in order._get_split_family() - order:
            super()._accept_status(part, value)
        return super()._accept_status(order, value)

    @api.model
    def _get_rooms(self, claims):
        """Override: of an order that was split, what all parts cost may be given back,
        less what was of any of them."""
        families = {
            claim["order"]: claim["order"]._get_split_family() for claim in claims
        }
        spread = [
            {**claim, "order": part}
            for claim in claims
            for part in families[claim["order"]]
        ]
        units, money = super()._get_rooms(spread)
        return units, {
            order: sum(money[part] for part in family)
            for order, family in families.items()
        }

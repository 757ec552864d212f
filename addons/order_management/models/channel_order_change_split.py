# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ChannelOrderChange(models.Model):
    """A change of a channel; here: it reaches the part that has the line."""

    _inherit = "channel.order.change"

    @api.model
    def _apply(self, pairs, accepted=False):
        """Override: what is told of an order that was split is told of its parts."""
        spread = []
        self.env["sale.order"].browse(o.id for o, _c in pairs)._fetch_parts()
        for order, changes in pairs:
            parts = order._get_split_family()
            if len(parts) == 1:
                spread.append((order, changes))
            else:
                spread += self._spread(order, parts, changes)
        return super()._apply(spread, accepted)

    @api.model
    def _spread(self, order, parts, changes):
        """The same changes, each with the parts that it is about.

        :return: list of ``(part, changes)``
        """
        live = parts.filtered(lambda part: part.state != "cancel") or order
        by_part = {part: [] for part in order | live}
        for values in changes:
            kind, value = values["kind"], values["value"] or {}
            if kind in ("cancel", "shipping", "invoice"):
                for part in live:
                    by_part[part].append(values)
            elif kind in ("quantity", "remove", "price"):
                self._spread_line(by_part, live, values, value)
            else:
                owner = live[0] if kind == "add" else order
                by_part[owner].append(values)
        return [(part, some) for part, some in by_part.items() if some]

    @api.model
    def _spread_line(self, by_part, live, values, value):
        """A change of one of the channel's lines, which may be in several parts.

        What is added comes to the last one, what is taken off is taken from there.
        """
        lines = live.order_line.filtered(
            lambda line: line.channel_line_ref == value.get("ref")
        )
        if values["kind"] != "quantity":
            for line in lines:
                by_part[line.order_id].append(values)
            return
        rest = value["quantity"] - sum(lines.mapped("product_uom_qty"))
        for line in reversed(lines):
            quantity = max(line.product_uom_qty + rest, 0.0)
            rest -= quantity - line.product_uom_qty
            if line.product_uom_id.compare(quantity, line.product_uom_qty):
                changed = {**value, "quantity": quantity}
                by_part[line.order_id].append({**values, "value": changed})

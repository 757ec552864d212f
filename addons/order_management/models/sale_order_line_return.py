# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrderLine(models.Model):
    """A line; here: how much of it may still come back."""

    _inherit = "sale.order.line"

    def _get_returnable_qty(self, without=None):
        """Units that no return has asked for yet.

        Once goods of a line have left, only these can come back; before that, and for
        what is known as history only, everything that was ordered.

        :param without: returns (``channel.return``) that do not count
        :return: ``{line: quantity in the line's unit}``
        """
        asked, received = {}, {}
        domain = [
            ("sale_line_id", "in", self.ids),
            ("return_id.state", "not in", ("refused", "cancelled")),
        ]
        if without:
            domain.append(("return_id", "not in", without.ids))
        for entry in self.env["channel.return.line"].sudo().search(domain):
            line = entry.sale_line_id
            quantities = (
                entry.uom_id._compute_quantity(quantity, line.product_uom_id)
                for quantity in (entry.approved_qty, entry.received_qty)
            )
            for totals, quantity in zip((asked, received), quantities, strict=True):
                totals[line.id] = totals.get(line.id, 0.0) + quantity
        result = {}
        for line in self:
            left = line.product_uom_qty
            if line._has_left():
                # what a return received is missing in the net quantity already
                left = line._get_left_qty() + received.get(line.id, 0.0)
            result[line] = max(left - asked.get(line.id, 0.0), 0.0)
        return result

    def _has_left(self):
        """Whether goods of this line went to the customer from here."""
        self.ensure_one()
        return bool(self.net_shipped_qty or self.qty_delivered) or any(
            move.state == "done" for move in self.move_ids
        )

    def _get_left_qty(self):
        """What left less what came back; without control Odoo's own count."""
        self.ensure_one()
        return self.net_shipped_qty if self._is_under_ceiling() else self.qty_delivered

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockHold(models.Model):
    """A hold; here: it goes to other orders with the lines it is for."""

    _inherit = "stock.hold"

    def _divide(self, pieces):
        """Hold for parts of the line what was held for it, no more and no less.

        :param pieces: list of ``(line, quantity in its unit)`` that went; the line
            itself where it went as a whole
        """
        self.ensure_one()
        source = self.sale_line_id
        if any(line == source for line, _quantity in pieces):
            self.order_id = source.order_id
            return
        for (line, _quantity), share in zip(
            pieces, self._get_shares(source, pieces), strict=True
        ):
            self._hand_over(share, line)

    def _get_shares(self, source, pieces):
        """What of the hold each part gets: what stays is served first."""
        ordered = source.product_uom_qty + sum(quantity for _line, quantity in pieces)

        def need(quantity):
            if source.product_id == self.product_id:
                unit = source.product_uom_id
                return unit._compute_quantity(quantity, self.product_uom_id)
            # of a kit its components are held
            return self.product_uom_id.round(self.quantity * quantity / ordered)

        rest = self.quantity - min(self.quantity, need(source.product_uom_qty))
        shares = []
        for _line, quantity in pieces[:-1]:
            shares.append(min(rest, need(quantity)))
            rest -= shares[-1]
        return [*shares, rest]

    def _hand_over(self, quantity, line):
        """Hold a part of this for another line."""
        self.ensure_one()
        if self.product_uom_id.compare(quantity, 0.0) <= 0:
            return
        if self.product_uom_id.compare(quantity, self.quantity) >= 0:
            self.write({"order_id": line.order_id.id, "sale_line_id": line.id})
            return
        self.quantity -= quantity
        self.copy(
            {
                "quantity": quantity,
                "order_id": line.order_id.id,
                "sale_line_id": line.id,
                "expires_at": self.expires_at,
            }
        )

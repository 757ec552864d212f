# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class SaleOrderLine(models.Model):
    """What was ordered; here: what vendors send straight to the customer."""

    _inherit = "sale.order.line"

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Demand follows what was approved where the goods are bought for it as well.

        Dropshipping counts the purchase lines of the order line and asks nobody else;
        whether that comes before or after our own rule is a matter of which apps are
        installed, so the sum is made here.
        """
        if self.approval_mode != "explicit" or not self._is_bought_for_customer():
            return super()._get_qty_procurement(
                previous_product_uom_qty=previous_product_uom_qty
            )
        # who confirms or approves an order need not see purchases
        bought = sum(
            line.product_uom_id._compute_quantity(
                line.product_qty, self.product_uom_id, rounding_method="HALF-UP"
            )
            for line in self.sudo().purchase_line_ids
            if line.state != "cancel"
        )
        return bought + self._get_unapproved_qty()

    def _is_bought_for_customer(self):
        """Whether purchase lines say how much of this line is on its way."""
        self.ensure_one()
        purchase_lines_sudo = self.sudo().purchase_line_ids
        return self.product_id == purchase_lines_sudo.product_id and any(
            line._is_dropshipped() and line.state != "cancel"
            for line in purchase_lines_sudo
        )

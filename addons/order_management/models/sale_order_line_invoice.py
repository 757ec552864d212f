# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models


class SaleOrderLine(models.Model):
    """A line; here: no more is invoiced than was approved, or has left.

    What was invoiced before a cut makes the quantity to invoice negative, as in Odoo
    when less is ordered: the next final invoice credits it.
    """

    # split by concern
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    @api.depends("approval_mode", "approved_qty", "net_shipped_qty")
    def _compute_qty_to_invoice(self):
        result = super()._compute_qty_to_invoice()
        for line in self:
            if shift := line._get_policy_shift():
                line.qty_to_invoice += shift
            if line._is_invoicing_capped():
                line.qty_to_invoice = line._cap_qty_to_invoice(line.qty_to_invoice)
        return result

    @api.depends("approved_qty", "cut_reason")
    def _compute_invoice_status(self):
        result = super()._compute_invoice_status()
        for line in self:
            # a cut line is through when all that was approved is invoiced
            if (
                line.invoice_status == "no"
                and line.approval_mode in ("explicit", "follow")
                and line.state == "sale"
                and line.cut_reason
                and line.product_uom_id.compare(line.qty_invoiced, line.approved_qty)
                >= 0
            ):
                line.invoice_status = "invoiced"
        return result

    @api.depends("approved_qty")
    def _compute_untaxed_amount_to_invoice(self):
        result = super()._compute_untaxed_amount_to_invoice()
        for line in self:
            if excess := line._get_excess_qty():
                unit = line.price_subtotal / line.product_uom_qty
                line.untaxed_amount_to_invoice -= unit * excess
        return result

    @api.depends("approved_qty")
    def _compute_amount_to_invoice(self):
        result = super()._compute_amount_to_invoice()
        for line in self:
            if excess := line._get_excess_qty():
                unit = line.price_total / line.product_uom_qty
                line.amount_to_invoice -= unit * excess
        return result

    def _is_invoicing_capped(self):
        """Whether the line's quantities decide what may be invoiced of it.

        Down payments, fees of delivery and re-invoiced expenses are no quantities that
        somebody approves.
        """
        self.ensure_one()
        return (
            (self.approval_mode or "none") != "none"
            and self.state == "sale"
            and not self.display_type
            and not self.is_downpayment
            and not self.is_delivery
            and not self.is_expense
            and self.product_uom_qty >= 0
        )

    def _get_excess_qty(self):
        """What Odoo would invoice by the ordered quantity and must not be."""
        self.ensure_one()
        if (
            not self._is_invoicing_capped()
            or not self.product_uom_qty
            or self._get_invoice_basis() != "order"
        ):
            return 0.0
        return max(self.product_uom_qty - self.approved_qty, 0.0)

    def _cap_qty_to_invoice(self, quantity):
        """Hold a quantity to invoice to what was approved, or has left.

        :param quantity: by Odoo's reckoning, in the line's unit
        """
        self.ensure_one()
        if self.product_id.type == "combo":
            # goes along with its items
            return min(quantity, max(self.approved_qty - self.qty_invoiced, 0.0))
        if self._get_invoice_basis() == "order":
            return quantity - max(self.product_uom_qty - self.approved_qty, 0.0)
        if self.qty_delivered_method == "stock_move":
            limit = self.net_shipped_qty
        elif self.approval_mode == "explicit":
            limit = self.approved_qty
        else:
            return quantity
        # goods that came back without a credit stay invoiced
        return min(quantity, max(limit - self.qty_invoiced, 0.0))

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

#: what changes a customer's figures; lines change them through `order_line`
_FIGURES = {"state", "partner_id", "order_line", "currency_id", "date_order", "user_id"}


class SaleOrder(models.Model):
    """Orders tell the customer's figures that they have changed."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._mark_customers()
        return orders

    def write(self, vals):
        marks = not _FIGURES.isdisjoint(vals)
        if marks and "partner_id" in vals:
            self._mark_customers()
        result = super().write(vals)
        if marks:
            self._mark_customers()
        return result

    def unlink(self):
        self._mark_customers()
        return super().unlink()

    def _mark_customers(self):
        snapshots = self.env["customer.snapshot"]
        for company, orders in self.grouped("company_id").items():
            snapshots._mark_dirty(orders.partner_id, company)

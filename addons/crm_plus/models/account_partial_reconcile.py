# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class AccountPartialReconcile(models.Model):
    """Payments change what a customer owes."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._mark_customers()
        return partials

    def unlink(self):
        self._mark_customers()
        return super().unlink()

    def _mark_customers(self):
        snapshots = self.env["customer.snapshot"]
        lines = self.debit_move_id | self.credit_move_id
        for company, items in lines.grouped("company_id").items():
            snapshots._mark_dirty(items.partner_id, company)

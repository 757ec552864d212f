# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

_FIGURES = {"partner_id", "stage_id", "active", "probability", "source_id"}


class CrmLead(models.Model):
    """Leads tell the customer's figures that they have changed."""

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._mark_customers()
        return leads

    def write(self, vals):
        marks = not _FIGURES.isdisjoint(vals)
        if "partner_id" in vals:
            self._mark_customers()
        result = super().write(vals)
        if marks:
            self._mark_customers()
        return result

    def unlink(self):
        self._mark_customers()
        return super().unlink()

    def _mark_customers(self):
        if partners := self.partner_id:
            companies = self.company_id or self.env.company
            self.env["customer.snapshot"]._mark_dirty(partners, companies)

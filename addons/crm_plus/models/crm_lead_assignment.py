# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """Leads are given out by rules, whatever their age, and their clock runs."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "customer.assignment.mixin"]

    @api.model
    def _get_assignment_open_domain(self):
        return Domain("active", "=", True) & Domain("won_status", "=", "pending")

    @api.model
    def _get_assignment_territory(self, rule):
        """Override: a lead has an address of its own."""
        domain = Domain.TRUE
        if rule.country_ids:
            domain &= Domain("country_id", "in", rule.country_ids.ids)
        if rule.state_ids:
            domain &= Domain("state_id", "in", rule.state_ids.ids)
        prefixes = rule._get_zip_prefixes()
        if prefixes:
            domain &= Domain.OR(
                Domain("zip", "=like", f"{prefix}%") for prefix in prefixes
            )
        return domain

    def _get_assignment_language(self):
        return self.lang_id.code or self.partner_id.lang

    def _get_assignment_skills(self):
        return self.tag_ids

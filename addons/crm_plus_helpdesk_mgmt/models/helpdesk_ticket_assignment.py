# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    """Tickets are given out by rules, and the clock of the first answer runs."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "customer.assignment.mixin"]

    @api.model
    def _get_assignment_open_domain(self):
        return Domain("active", "=", True) & Domain("stage_id.closed", "=", False)

    @api.model
    def _get_assignment_territory(self, rule):
        domain = super()._get_assignment_territory(rule)
        if rule.ticket_team_id:
            domain &= Domain("team_id", "=", rule.ticket_team_id.id)
        return domain

    def _get_assignment_skills(self):
        return self.category_id

    def _get_assignment_users(self):
        """A team's tickets go to its members: of others Odoo takes them away."""
        if self.team_id:
            return self.team_id._get_assignee_candidates()
        return super()._get_assignment_users()

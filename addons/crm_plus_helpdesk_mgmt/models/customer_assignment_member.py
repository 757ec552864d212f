# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class CustomerAssignmentMember(models.Model):
    """A person of a rule; here: which tickets they know about."""

    _inherit = "customer.assignment.member"

    ticket_category_ids = fields.Many2many(
        "helpdesk.ticket.category", string="Knows Categories"
    )

    def _get_skills(self, model):
        if model == "helpdesk.ticket":
            return self.ticket_category_ids
        return super()._get_skills(model)

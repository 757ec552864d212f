# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class CustomerAssignmentRule(models.Model):
    """Tickets are given out by the same rules as leads."""

    _inherit = "customer.assignment.rule"

    ticket_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        "Team of Tickets",
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Only this team's tickets; empty: those of every team.",
    )

    @api.model
    def _selection_model(self):
        return [
            *super()._selection_model(),
            ("helpdesk.ticket", self.env._("Tickets")),
        ]

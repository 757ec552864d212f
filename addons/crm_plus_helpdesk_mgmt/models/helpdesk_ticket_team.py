# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..words import say


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    reopen_days = fields.Integer(
        string="Reopen Within",
        default=7,
        help="Days after closing in which an answer of the customer reopens a ticket. "
        "A later one starts a new ticket that refers to the old one.",
    )
    auto_answer = fields.Boolean(
        string="Automatic First Answer",
        help="Tell customers at once that their request has arrived, with its number "
        "and articles that may help. Automatic mails are never answered.",
    )
    auto_answer_text = fields.Html(
        translate=True,
        help="Stands below the greeting, for example your opening hours.",
    )

    @api.constrains("reopen_days")
    def _check_reopen_days(self):
        if any(team.reopen_days < 0 for team in self):
            raise ValidationError(
                self.env._("The days to reopen a ticket cannot be negative.")
            )

    @api.constrains("user_ids")
    def _check_members_are_employees(self):
        """A member may be given tickets, and reads those of all customers."""
        strangers = self.sudo().user_ids.filtered("share")
        if strangers:
            raise ValidationError(
                self.env._(
                    "%(users)s are portal users and cannot be members of a team.",
                    users=", ".join(strangers.mapped("name")),
                )
            )

    def _retrieve_dashboard(self):
        """Override of `helpdesk_mgmt`: in the user's language."""
        tiles = super()._retrieve_dashboard()
        return [{**tile, "name": say(self.env, tile["name"])} for tile in tiles]

    def _get_assignee_candidates(self):
        """Members who may be given a ticket, also by the rules of assignment."""
        return self.user_ids.filtered(lambda user: user.active and not user.share)

    def _get_working_stage(self):
        """Where a ticket goes that is worked on again."""
        stages = self._get_applicable_stages().filtered(
            lambda stage: not stage.closed and not stage.waiting
        )
        return stages.filtered(lambda stage: not stage.unattended)[:1] or stages[:1]

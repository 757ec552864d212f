# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.safe_eval import safe_eval


class HelpdeskSla(models.Model):
    _inherit = "helpdesk.sla"

    target_type = fields.Selection(
        [
            ("answer", "First Answer"),
            ("stage", "Stage Reached"),
            ("close", "Ticket Closed"),
        ],
        string="Target",
        default="stage",
        required=True,
        help="The first answer is the first message of an employee that the customer "
        "gets; automatic answers do not count.",
    )
    minutes = fields.Integer()
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
        help="Empty: tickets of every priority.",
    )
    segment_ids = fields.Many2many(
        "customer.segment",
        string="Segments",
        help="Empty: all customers. Else those in one of these segments when the "
        "ticket comes.",
    )
    warning_percent = fields.Integer(
        string="Warn At",
        default=75,
        help="Share of the time after which the assignee is warned; 0: no warning.",
    )
    breach_priority = fields.Boolean(
        string="Raise Priority",
        help="A ticket that misses this deadline becomes very high priority.",
    )
    breach_user_id = fields.Many2one(
        "res.users",
        string="Tell When Missed",
        domain=[("share", "=", False)],
        help="Who gets an activity when the deadline is missed. Empty: the leader of "
        "the team.",
    )

    @api.constrains("days", "hours", "minutes", "warning_percent")
    def _check_amounts(self):
        for sla in self:
            if min(sla.days, sla.hours, sla.minutes) < 0:
                raise ValidationError(
                    self.env._("The time of %(policy)s is negative.", policy=sla.name)
                )
            if not 0 <= sla.warning_percent < 100:
                raise ValidationError(
                    self.env._("Warn at 0 (never) to 99 percent of the time.")
                )

    @api.constrains("target_type", "stage_id")
    def _check_target_stage(self):
        for sla in self:
            if sla.target_type == "stage" and not sla.stage_id:
                raise ValidationError(
                    self.env._(
                        "Say which stage tickets have to reach under %(policy)s.",
                        policy=sla.name,
                    )
                )

    @api.constrains("domain")
    def _check_domain(self):
        for sla in self:
            if sla._search_tickets(limit=1) is None:
                raise ValidationError(
                    self.env._(
                        "The filter of %(policy)s does not work: choose it again.",
                        policy=sla.name,
                    )
                )

    def _search_tickets(self, **kwargs):
        """Tickets of the filter, None where it is broken."""
        try:
            domain = safe_eval(self.domain or "[]")
            return self.env["helpdesk.ticket"].search(domain, **kwargs)
        except (ValueError, TypeError, KeyError, SyntaxError):
            return None

    @api.model
    def _get_policies(self):
        """All that are in force: a dozen, whatever the number of tickets."""
        return self.search([("active", "=", True)], order="id")

    def _applies_to(self, ticket):
        """Whether ``ticket`` falls under this policy."""
        self.ensure_one()
        if self.company_id and self.company_id != ticket.company_id:
            return False
        if self.priority and self.priority != ticket.priority:
            return False
        limits = (
            (self.team_ids, ticket.team_id),
            (self.category_ids, ticket.category_id),
            (self.tag_ids, ticket.tag_ids),
        )
        if self.segment_ids and not self.segment_ids & self._get_segments(ticket):
            return False
        if any(allowed and not allowed & given for allowed, given in limits):
            return False
        return self._filter_matches(ticket)

    def _get_segments(self, ticket):
        """Segments of the customer in the company of ``ticket``."""
        # segments are for salespeople to see; promises hold for whoever asks, and the
        # mail gateway works in another company
        companies = ticket.company_id.ids
        ticket = ticket.sudo().with_context(allowed_company_ids=companies)
        return ticket.partner_id.segment_ids

    def _filter_matches(self, ticket):
        if not self.domain or self.domain == "[]":
            return True
        try:
            return bool(ticket.filtered_domain(safe_eval(self.domain)))
        except (ValueError, TypeError, KeyError, SyntaxError):
            return False  # a field is gone since; its form says so when saved

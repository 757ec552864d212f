# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import WorkClock, replay


class HelpdeskTicketSla(models.Model):
    """Deadlines from the ticket's history, where OCA's add up as time goes by."""

    _inherit = "helpdesk.ticket.sla"

    # what was promised stays when the policy changes
    hours = fields.Float(compute="_compute_hours")
    expected_stage_id = fields.Many2one(compute="_compute_hours")
    # a default would keep the computed value away from new rows
    state = fields.Selection(default=None)
    consumed_time = fields.Float(
        compute="_compute_sla_data",
        store=True,
        default=None,
        help="Working hours used up to the last change of stage.",
    )
    deadline = fields.Datetime(compute="_compute_sla_data", index="btree_not_null")
    warning_at = fields.Datetime(
        compute="_compute_sla_data", store=True, index="btree_not_null"
    )
    warned = fields.Boolean(readonly=True)
    breached = fields.Boolean(
        readonly=True, help="What was to be done about the missed deadline is done."
    )

    @api.depends("sla_id")
    def _compute_hours(self):
        for record in self:
            sla = record.sla_id
            calendar = record._get_calendar()
            day = calendar.hours_per_day or 24
            record.hours = sla.days * day + sla.hours + sla.minutes / 60
            record.expected_stage_id = sla.stage_id

    # the team's calendar is what a replay is made with
    @api.depends(
        "sla_id",
        "hours",
        "ticket_id.log_ids",
        "ticket_id.create_date",
        "ticket_id.team_id",
    )
    def _compute_sla_data(self):
        """Override of `helpdesk_mgmt_sla`: replay the history of each ticket."""
        now = fields.Datetime.now()
        rows = self.env["helpdesk.ticket.log"]._by_ticket(self.ticket_id)
        clocks = self._get_clocks()
        for record in self:
            start = record.ticket_id.create_date or now
            sla = record.sla_id
            segments = rows[record.ticket_id.id]._get_segments(sla, start)
            outcome = replay(
                clocks[record._get_calendar()],
                segments,
                record.hours * 3600,
                now,
                sla.warning_percent / 100,
            )
            warns = sla.warning_percent and outcome.warning
            record.state = outcome.state
            record.deadline = outcome.deadline
            record.consumed_time = outcome.worked / 3600
            record.warning_at = outcome.warning if warns else False
            record.last_state_date = segments[-1].start

    def _compute_deadline(self):
        """Override of `helpdesk_mgmt_sla`: with the rest, from the history."""
        self._compute_sla_data()

    def _stage_recompute(self):
        """Override of `helpdesk_mgmt_sla`: nothing is counted up."""

    def _get_calendar(self):
        self.ensure_one()
        ticket = self.ticket_id
        calendar = ticket.team_id.resource_calendar_id
        return calendar or ticket.company_id.resource_calendar_id

    def _get_clocks(self):
        """A clock for each calendar, from the oldest ticket that needs it on."""
        starts = {}
        now = fields.Datetime.now()
        for record in self:
            start = record.ticket_id.create_date or now
            calendar = record._get_calendar()
            starts[calendar] = min(start, starts.get(calendar, start))
        return {
            calendar: WorkClock(calendar._get_service_intervals, start)
            for calendar, start in starts.items()
        }

    @api.depends("state", "deadline")
    def _compute_expired(self):
        """Override of `helpdesk_mgmt_sla`, which fails without a deadline."""
        now = fields.Datetime.now()
        for record in self:
            record.expired = record.state == "expired" or bool(
                record.state == "in_progress"
                and record.deadline
                and record.deadline < now
            )

    def _search_expired(self, operator, value):
        """Override of `helpdesk_mgmt_sla`, whose search knows "=" only."""
        if operator != "in":
            return NotImplemented
        expired = Domain("state", "=", "expired") | (
            Domain("state", "=", "in_progress")
            & Domain("deadline", "<", fields.Datetime.now())
        )
        return expired if True in value else ~expired

    @api.depends("state", "deadline")
    def _compute_color(self):
        """Override of `helpdesk_mgmt_sla`: grey on hold, red once missed."""
        colors = {"accomplished": 10, "in_progress": 3}
        for record in self:
            record.color = 1 if record.expired else colors.get(record.state, 0)

    def _refresh_states(self):
        """Write down which deadlines have passed by now."""
        self.env.add_to_compute(self._fields["state"], self)
        self.env.add_to_compute(self._fields["deadline"], self)
        self.flush_recordset(["state", "deadline"])
        # what depends on them: the ticket's own deadline
        self.modified(["state", "deadline"])

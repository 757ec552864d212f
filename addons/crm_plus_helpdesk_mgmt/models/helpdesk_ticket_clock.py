# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

#: deadlines that one step of the scheduled action looks at
_BATCH = 200
#: what decides which policies a ticket falls under
_POLICY_FIELDS = {"team_id", "priority", "category_id", "tag_ids", "partner_id"}


class HelpdeskTicket(models.Model):
    """Deadlines: which ones hold, the next one, what to do about them."""

    _inherit = "helpdesk.ticket"

    # stored, so that lists can be sorted by what is due first
    sla_deadline = fields.Datetime(
        compute="_compute_sla_deadline", store=True, index="btree_not_null"
    )
    sla_state = fields.Selection(
        [
            ("running", "In Time"),
            ("hold", "On Hold"),
            ("missed", "Missed"),
            ("kept", "Kept"),
        ],
        string="Deadlines",
        compute="_compute_sla_deadline",
        store=True,
    )

    @api.depends("ticket_sla_ids.state", "ticket_sla_ids.deadline")
    def _compute_sla_deadline(self):
        for ticket in self:
            slas = ticket.ticket_sla_ids
            running = slas.filtered(lambda sla: sla.state == "in_progress")
            ticket.sla_deadline = min(
                (sla.deadline for sla in running if sla.deadline), default=False
            )
            ticket.sla_state = self._get_sla_state(set(slas.mapped("state")))

    def _get_sla_state(self, states):
        names = (
            ("expired", "missed"),
            ("in_progress", "running"),
            ("on_hold", "hold"),
            ("accomplished", "kept"),
        )
        return next((name for state, name in names if state in states), False)

    @api.depends("ticket_sla_ids.expired")
    def _compute_sla_data(self):
        """Override of `helpdesk_mgmt_sla`, whose deadline is a field of its own."""
        for ticket in self:
            ticket.sla_expired = any(ticket.ticket_sla_ids.mapped("expired"))

    def _search_sla_expired(self, operator, value):
        """Override of `helpdesk_mgmt_sla`: not expired is "no deadline missed"."""
        if operator != "in":
            return NotImplemented
        expired = Domain("ticket_sla_ids", "any", [("expired", "=", True)])
        return expired if True in value else ~expired

    def _get_sla(self):
        """Override of `helpdesk_mgmt_sla`: priorities and companies count, too."""
        policies = self.env["helpdesk.sla"].sudo()._get_policies()
        return policies.filtered(
            lambda sla: any(sla._applies_to(ticket) for ticket in self)
        )

    def set_sla(self):
        """Override of `helpdesk_mgmt_sla`: all tickets at once, and only changes.

        A deadline that holds before and after keeps its row, and with it whether
        somebody was warned. A missed one stays, whatever the ticket becomes.
        """
        # callable from outside: customers who read a ticket change no promises
        self.browse().check_access("write")
        served = self.filtered("team_id.use_sla")
        policies = self.env["helpdesk.sla"].sudo()
        policies = policies._get_policies() if served else policies
        gone, missing = self.env["helpdesk.ticket.sla"].sudo(), []
        for ticket in self.sudo():
            wanted = policies.browse()
            if ticket in served.sudo():
                wanted = policies.filtered(lambda sla, t=ticket: sla._applies_to(t))
            rows = ticket.ticket_sla_ids
            gone |= rows.filtered(
                lambda row, w=wanted: row.sla_id not in w and not row.expired
            )
            for sla in wanted - rows.sla_id:
                missing.append({"ticket_id": ticket.id, "sla_id": sla.id})
        gone.unlink()
        gone.create(missing)

    def _compute_sla_fits(self):
        """Override of `helpdesk_mgmt_sla`: a missed deadline stays, and fits."""
        for ticket in self:
            wanted, rows = ticket._get_sla(), ticket.ticket_sla_ids
            missed = rows.filtered("expired").sla_id
            ticket.sla_fits = wanted <= rows.sla_id <= (wanted | missed)

    def refresh_sla(self):
        """Override of `helpdesk_mgmt_sla`: the same for the button."""
        self.set_sla()

    def write(self, vals):
        result = super().write(vals)
        if _POLICY_FIELDS & vals.keys():
            self.filtered(lambda ticket: not ticket.closed).set_sla()
        return result

    @api.model
    def _cron_check_deadlines(self):
        """Warn of deadlines that come near, and act on those that are missed.

        Each deadline is acted on once, and the work is done in steps.
        """
        cron = self.env["ir.cron"]
        for step in (self._warn_of_deadlines, self._act_on_missed):
            while done := step():
                if not cron._commit_progress(done):
                    return

    def _warn_of_deadlines(self):
        now = fields.Datetime.now()
        near = self.env["helpdesk.ticket.sla"].search(
            [
                ("state", "=", "in_progress"),
                ("warned", "=", False),
                ("warning_at", "<=", now),
                ("deadline", ">", now),
            ],
            limit=_BATCH,
        )
        near.warned = True
        for row in near:
            ticket = row.ticket_id
            ticket._plan_deadline_activity(
                ticket.user_id or ticket.team_id.user_id,
                self.env._("Deadline comes near: %(policy)s", policy=row.name),
                row.deadline,
            )
        return len(near)

    def _act_on_missed(self):
        found = self.env["helpdesk.ticket.sla"].search(
            [("expired", "=", True), ("breached", "=", False)], limit=_BATCH
        )
        found._refresh_states()
        # a holiday entered meanwhile may have moved the deadline
        missed = found.filtered("expired")
        missed.breached = True
        for row in missed.filtered(lambda sla: not sla.ticket_id.closed):
            row.ticket_id._handle_missed_deadline(row)
        return len(found)

    def _handle_missed_deadline(self, row):
        """What is done about a missed deadline; a hook for more."""
        self.ensure_one()
        policy = row.sla_id
        if policy.breach_priority and self.priority != "3":
            self.priority = "3"
        self._plan_deadline_activity(
            policy.breach_user_id or self.team_id.user_id or self.user_id,
            self.env._("Deadline missed: %(policy)s", policy=policy.name),
            row.deadline,
        )

    def _plan_deadline_activity(self, user, summary, deadline):
        """Nobody in charge: nothing is planned, the list of tickets still shows it."""
        if user:
            ticket = self.with_context(tz=user.tz)
            at = deadline or fields.Datetime.now()
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=fields.Datetime.context_timestamp(ticket, at).date(),
                summary=summary,
                user_id=user.id,
            )

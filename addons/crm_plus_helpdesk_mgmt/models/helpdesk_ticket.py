# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import plaintext2html


class HelpdeskTicket(models.Model):
    """Tickets of customers: who may have them, and what happened to them."""

    _inherit = "helpdesk.ticket"
    # lets the mail gateway stop senders who write again and again
    _primary_email = "partner_email"

    log_ids = fields.One2many("helpdesk.ticket.log", "ticket_id", readonly=True)
    previous_id = fields.Many2one(
        "helpdesk.ticket",
        string="Follows",
        copy=False,
        index="btree_not_null",
        help="The ticket that this one was split from, or goes on with.",
    )
    next_ids = fields.One2many("helpdesk.ticket", "previous_id", "Followed By")
    next_count = fields.Integer(compute="_compute_next_count")

    @api.depends("name", "number")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for ticket in self:
            # a number comes with saving: until then it would be "/ - False"
            if not (ticket.id or ticket._origin):
                ticket.display_name = ticket.name or self.env._("New Ticket")
        return result

    @api.depends("next_ids")
    def _compute_next_count(self):
        for ticket in self:
            ticket.next_count = len(ticket.next_ids)

    @api.constrains("user_id")
    def _check_assignee_is_employee(self):
        """Whoever is given a ticket reads what colleagues write about the customer."""
        for ticket in self:
            if ticket.user_id.sudo().share:
                raise ValidationError(
                    self.env._(
                        "%(user)s is a portal user and cannot be given tickets.",
                        user=ticket.user_id.sudo().name,
                    )
                )

    @api.model
    def default_get(self, fields):
        """Override of `helpdesk_mgmt`: who asks is not who answers."""
        defaults = super().default_get(fields)
        user = self.env["res.users"].browse(defaults.get("user_id")).sudo()
        if user and (user.share or not user.active):
            defaults["user_id"] = False
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        self.env["helpdesk.ticket.log"].sudo()._log_stages(tickets)
        return tickets

    def write(self, vals):
        """Keep the history of stages; a contact who no longer asks gets no answers."""
        stages = {ticket.id: ticket.stage_id.id for ticket in self}
        partners = {ticket.id: ticket.partner_id for ticket in self}
        result = super().write(vals)
        self._after_stage_change(stages)
        if "partner_id" in vals:
            self._forget_former_contacts(partners)
        return result

    def _after_stage_change(self, stages):
        moved = self.filtered(lambda ticket: ticket.stage_id.id != stages[ticket.id])
        if not moved:
            return
        self.env["helpdesk.ticket.log"].sudo()._log_stages(moved)
        reopened = moved.filtered(lambda ticket: not ticket.closed)
        reopened.filtered("closed_date").closed_date = False

    def _forget_former_contacts(self, partners):
        """A corrected contact must not get what is answered to the right one."""
        for ticket in self:
            former = partners[ticket.id]
            family = ticket.partner_id.commercial_partner_id
            if former and former.partner_share and former != ticket.partner_id:
                if former.commercial_partner_id != family:
                    ticket.message_unsubscribe(former.ids)

    def action_view_previous(self):
        """Open the ticket that this one follows."""
        self.ensure_one()
        return self.previous_id._get_records_action()

    def action_view_next(self):
        """Open the tickets that follow this one."""
        self.ensure_one()
        return self.next_ids._get_records_action(name=self.env._("Followed By"))

    def action_split(self):
        """Ask what should become a ticket of its own."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Split"),
            "res_model": "helpdesk.ticket.split",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def action_macro(self):
        """Choose a prepared answer for these tickets."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Prepared Answer"),
            "res_model": "helpdesk.macro.apply",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_ids": self.ids},
        }

    def rating_apply(self, rate, *args, **kwargs):
        """An unhappy customer is worth a call by the leader of the team."""
        rating = super().rating_apply(rate, *args, **kwargs)
        if rate < 3:
            self._plan_unhappy_call(kwargs.get("feedback"))
        return rating

    def _plan_unhappy_call(self, feedback):
        # the customer who rates has no right to plan anything
        for ticket in self.sudo():
            leader = ticket.team_id.user_id or ticket.user_id
            if not leader:
                continue
            # the text comes from a page without login
            note = plaintext2html(feedback or "")
            call = "mail.mail_activity_data_call"
            if planned := ticket.activity_search([call], user_id=leader.id):
                planned[:1].note = note  # a rating can be sent again and again
                continue
            ticket.activity_schedule(
                call,
                summary=self.env._("Unhappy customer"),
                note=note,
                user_id=leader.id,
            )

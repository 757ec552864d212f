# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class HelpdeskMacroApply(models.TransientModel):
    _name = "helpdesk.macro.apply"
    _description = "Give a Prepared Answer"

    ticket_ids = fields.Many2many("helpdesk.ticket", string="Tickets", required=True)
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    macro_id = fields.Many2one("helpdesk.macro", string="Answer", required=True)
    body = fields.Html(
        compute="_compute_body",
        store=True,
        readonly=False,
        sanitize_overridable=False,
    )
    is_note = fields.Boolean(related="macro_id.is_note")

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_ids)

    @api.depends("macro_id", "ticket_ids")
    def _compute_body(self):
        """One ticket: the text as it will be sent. Several: as it is written."""
        for wizard in self:
            macro, tickets = wizard.macro_id, wizard.ticket_ids
            if macro and len(tickets) == 1:
                wizard.body = macro._get_body(tickets._origin)
            else:
                wizard.body = macro.body

    def action_apply(self):
        """Answer all tickets.

        :raises UserError: when the answer does not fit one of them
        """
        self.ensure_one()
        single = len(self.ticket_ids) == 1
        self.macro_id._apply(self.ticket_ids, self.body if single else None)
        return {"type": "ir.actions.act_window_close"}

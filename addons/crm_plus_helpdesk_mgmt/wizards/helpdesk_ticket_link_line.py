# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class HelpdeskTicketLinkLine(models.TransientModel):
    _name = "helpdesk.ticket.link.line"
    _description = "Order or Invoice to Link"

    link_id = fields.Many2one("helpdesk.ticket.link", required=True, ondelete="cascade")
    field_name = fields.Char(required=True)
    document_id = fields.Integer(required=True)
    kind = fields.Char()
    name = fields.Char()
    date = fields.Date()
    amount = fields.Monetary(string="Total")
    currency_id = fields.Many2one("res.currency")
    status = fields.Char()

    def action_choose(self):
        """Put this document on the ticket. It was found among the customer's own."""
        self.ensure_one()
        ticket = self.link_id.ticket_id
        ticket.check_access("write")
        # the right to write a ticket is enough to say what it is about
        ticket.sudo()[self.field_name] = self.document_id
        return {"type": "ir.actions.act_window_close"}

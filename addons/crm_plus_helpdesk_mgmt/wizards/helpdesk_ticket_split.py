# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError


class HelpdeskTicketSplit(models.TransientModel):
    _name = "helpdesk.ticket.split"
    _description = "Split a Ticket"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade")
    name = fields.Char(string="Title", required=True)
    team_id = fields.Many2one("helpdesk.ticket.team")
    description = fields.Html()
    message_ids = fields.Many2many(
        "mail.message",
        string="Messages to Move",
        domain="[('model', '=', 'helpdesk.ticket'), ('res_id', '=', ticket_id), "
        "('message_type', 'in', ('comment', 'email'))]",
        help="They leave this ticket. Its followers follow the new one, too.",
    )

    def action_split(self):
        """Make a ticket of what was chosen.

        :raises UserError: for messages of another ticket
        """
        self.ensure_one()
        source = self.ticket_id
        source.check_access("write")
        messages = self.message_ids
        if any(
            message.model != source._name or message.res_id != source.id
            for message in messages
        ):
            raise UserError(self.env._("Only messages of this ticket can be moved."))
        ticket = source.create(self._prepare_ticket_vals())
        ticket.message_subscribe(source.message_partner_ids.ids)
        # an agent may not write messages of others; that they are this ticket's is
        # checked above
        messages.sudo().write({"res_id": ticket.id, "parent_id": False})
        messages.sudo().attachment_ids.filtered(
            lambda file: file.res_model == source._name
        ).write({"res_id": ticket.id})
        source.message_post(
            body=Markup("%s %s") % (self.env._("Split off:"), ticket._get_html_link()),
            subtype_xmlid="mail.mt_note",
        )
        return ticket._get_records_action()

    def _prepare_ticket_vals(self):
        source = self.ticket_id
        first = self.message_ids.sorted("id")[:1]
        return {
            "name": self.name,
            "description": self.description or first.body or self.name,
            "team_id": (self.team_id or source.team_id).id,
            "company_id": source.company_id.id,
            "partner_id": source.partner_id.id,
            "partner_name": source.partner_name,
            "partner_email": source.partner_email,
            "priority": source.priority,
            "category_id": source.category_id.id,
            "channel_id": source.channel_id.id,
            "sale_order_id": source.sale_order_id.id,
            "invoice_id": source.invoice_id.id,
            "user_id": False,
            "previous_id": source.id,
        }

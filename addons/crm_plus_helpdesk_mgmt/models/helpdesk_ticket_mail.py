# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models, tools

_CHANNEL_MAIL = "helpdesk_mgmt.helpdesk_ticket_channel_email"


class HelpdeskTicket(models.Model):
    """What a message does to a ticket: first answers, customers who come back."""

    _inherit = "helpdesk.ticket"

    @api.model
    def message_new(self, msg, custom_values=None):
        """Override of `helpdesk_mgmt`: who writes is the customer, not the assignee."""
        values = {"user_id": False, **(custom_values or {})}
        name, email = tools.parse_contact_from_email(msg.get("from") or "")
        values.setdefault("partner_name", name or email)
        channel = self.env.ref(_CHANNEL_MAIL, raise_if_not_found=False)
        if channel:
            values.setdefault("channel_id", channel.id)
        return super().message_new(msg, custom_values=values)

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if len(self) == 1:
            self._on_message(message)
        return result

    def _on_message(self, message):
        # customers have no right to what their messages bring about
        ticket = self.sudo()
        if message.message_type == "email" and self._is_first(message):
            ticket._send_first_answer()
        elif self.env.context.get("helpdesk_automatic_mail"):
            return  # "out of office", of an employee too, is no answer
        elif self._is_conversation(message):
            if self._is_from_employee(message):
                ticket._on_answer(message)
            else:
                ticket._on_customer_message(message)

    def _is_first(self, message):
        """Whether ``message`` is the mail that made this ticket."""
        return message.subtype_id == self._creation_subtype()

    def _is_conversation(self, message):
        """Whether customer and employees both read ``message``."""
        return (
            message.message_type in ("comment", "email")
            and not message.is_internal
            and not message.subtype_id.internal
            and not self._is_first(message)
        )

    def _is_from_employee(self, message):
        author = message.sudo().author_id
        return bool(author) and not author.partner_share and author != self.partner_id

    def _on_answer(self, message):
        """The customer was answered: the clock of the first answer stops."""
        rows = self.env["helpdesk.ticket.log"]
        if not rows.search_count(
            [("ticket_id", "=", self.id), ("kind", "=", "answer")], limit=1
        ):
            user = message.author_id.user_ids[:1]
            rows.create({"ticket_id": self.id, "kind": "answer", "user_id": user.id})

    def _on_customer_message(self, message):
        """A customer who writes brings a ticket back to work, or starts the next."""
        if not self.closed:
            if self.stage_id.waiting:
                self.stage_id = self.team_id._get_working_stage()
        elif self._can_reopen():
            self._reopen()
        else:
            self._follow_up(message)

    def _can_reopen(self):
        """Whether the customer may reopen this ticket now."""
        self.ensure_one()
        days = self.team_id.reopen_days if self.team_id else 7
        since = self.closed_date or self.last_stage_update or self.write_date
        return bool(
            self.closed
            and not self.duplicate_id
            and since >= fields.Datetime.now() - timedelta(days=days)
        )

    def _reopen(self):
        stage = self.team_id._get_working_stage()
        if stage:
            self.stage_id = stage

    def _follow_up(self, message):
        """The closed ticket stays closed; the message starts one that refers to it."""
        following = self.search([("previous_id", "=", self.id)], order="id desc")
        if still_open := following.filtered(lambda ticket: not ticket.closed)[:1]:
            still_open.message_post(
                body=message.body,
                author_id=message.author_id.id,
                message_type="comment",
                # not a note: agents are told, and the customer reads it
                subtype_xmlid="mail.mt_comment",
            )
            still_open._copy_attachments(message)
            return still_open
        ticket = self.create(self._prepare_follow_up_vals(message))
        ticket.message_subscribe(message.author_id.ids)
        ticket._copy_attachments(message)
        self.message_post(
            body=Markup("%s %s")
            % (self.env._("This goes on as ticket"), ticket._get_html_link()),
            subtype_xmlid="mail.mt_note",
        )
        return ticket

    def _copy_attachments(self, message):
        """What came with ``message`` is read here, too."""
        place = {"res_model": self._name, "res_id": self.id, "access_token": False}
        message.sudo().attachment_ids.copy(place)

    def _prepare_follow_up_vals(self, message):
        return {
            "name": self.name,
            "description": message.body or self.name,
            "partner_id": self.partner_id.id,
            "partner_name": self.partner_name,
            "partner_email": self.partner_email,
            "team_id": self.team_id.id,
            "category_id": self.category_id.id,
            "company_id": self.company_id.id,
            "sale_order_id": self.sale_order_id.id,
            "invoice_id": self.invoice_id.id,
            "channel_id": self.channel_id.id,
            "user_id": False,
            "previous_id": self.id,
        }

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import models
from odoo.tools import html2plaintext

_COMMAND = "/ticket"
#: letters of a title
_TITLE = 200


class DiscussChannel(models.Model):
    """A chat that becomes a ticket."""

    _inherit = "discuss.channel"

    def execute_command_ticket(self, **kwargs):
        """Make a ticket of this chat: ``/ticket what it is about``.

        :raises AccessError: nobody of the service desk
        """
        self.ensure_one()
        self.env["helpdesk.ticket"].check_access("create")
        title = html2plaintext(kwargs["body"]).strip().removeprefix(_COMMAND).strip()
        if title:
            ticket = self._convert_to_ticket(title)
            text = self.env._("Created a new ticket: %s", ticket._get_html_link())
        else:
            text = self.env._(
                "Create a new ticket with: %s",
                Markup("<pre>%s <i>%s</i></pre>")
                % (_COMMAND, self.env._("what it is about")),
            )
        self.env.user._bus_send_transient_message(self, text)

    def _convert_to_ticket(self, title, **values):
        """:return: a ticket of the visitor, with what was said so far"""
        self.ensure_one()
        history = self._get_channel_history()
        return self.env["helpdesk.ticket"].create(
            {
                "name": title[:_TITLE],
                "description": history or title,
                "origin_channel_id": self.id,
                "channel_id": self.env.ref(
                    "crm_plus_helpdesk_mgmt_im_livechat.helpdesk_ticket_channel_chat"
                ).id,
                **self._prepare_ticket_customer(),
                **values,
            }
        )

    def _prepare_ticket_customer(self):
        """Who asks: the customer who is signed in; of others just the name."""
        members = self.with_context(active_test=False).sudo().channel_member_ids
        guests = members.guest_id
        customers = members.partner_id.filtered(
            lambda partner: partner.partner_share and not partner.is_public
        )
        # several people: nobody knows which of them asks
        if guests or len(customers) != 1:
            return {"partner_name": guests[:1].name or False}
        return {
            "partner_id": customers.id,
            "partner_name": customers.name,
            "partner_email": customers.email,
        }

    def _get_ticket_title(self, message):
        """:return: the first line of what somebody wrote"""
        lines = html2plaintext(message.body or "").strip().splitlines()
        return lines[0][:_TITLE] if lines else ""

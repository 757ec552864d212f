# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ChatbotScriptStep(models.Model):
    """A step of a chatbot; here: it writes a ticket with what the visitor said."""

    _inherit = "chatbot.script.step"

    step_type = fields.Selection(
        selection_add=[("create_ticket", "Create Ticket")],
        ondelete={"create_ticket": "cascade"},
    )
    ticket_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        "Service Team",
        ondelete="set null",
        index="btree_not_null",
        help="Who gets the tickets of this step.",
    )

    def _process_step(self, discuss_channel):
        posted_message = super()._process_step(discuss_channel)
        if self.step_type == "create_ticket":
            self._process_step_create_ticket(discuss_channel)
        return posted_message

    def _process_step_create_ticket(self, discuss_channel):
        """Write a ticket from the chat, with the e-mail that was asked for."""
        customer = self._chatbot_prepare_customer_values(
            discuss_channel, create_partner=False, update_partner=True
        )
        message = self._find_first_user_free_input(discuss_channel)
        title = self.env._("Chat: %(script)s", script=self.chatbot_script_id.title)
        if message:
            title = discuss_channel._get_ticket_title(message) or title
        values = {
            "description": customer["description"]
            + discuss_channel._get_channel_history()
            or title
        }
        if self.ticket_team_id:
            values["team_id"] = self.ticket_team_id.id
        if customer["email"]:
            values["partner_email"] = customer["email"]
        # sudo: a visitor without an account has no rights, the script's author decided
        return discuss_channel.sudo()._convert_to_ticket(title, user_id=False, **values)

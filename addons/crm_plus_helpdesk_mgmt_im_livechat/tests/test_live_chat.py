# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestLiveChat(TransactionCase):
    """CP-5: tickets from chats, by an agent and by a chatbot."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "im_livechat.im_livechat_group_user,helpdesk_mgmt.group_helpdesk_user"
        cls.agent = new_test_user(cls.env, "chat_agent", groups, name="Ann")
        cls.seller = new_test_user(
            cls.env, "chat_only", "im_livechat.im_livechat_group_user"
        )
        cls.customer = new_test_user(
            cls.env, "chat_customer", "base.group_portal", email="kim@chat.example"
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Chats", "user_ids": [Command.set(cls.agent.ids)]}
        )
        cls.desk = cls.env["im_livechat.channel"].create(
            {"name": "Desk", "user_ids": [Command.set(cls.agent.ids)]}
        )

    def _chat(self, *others, guest=None):
        members = [
            Command.create(
                {"partner_id": user.partner_id.id, "livechat_member_type": kind}
            )
            for user, kind in ((self.agent, "agent"), *others)
        ]
        if guest:
            visitor = self.env["mail.guest"].create({"name": guest})
            members.append(
                Command.create(
                    {"guest_id": visitor.id, "livechat_member_type": "visitor"}
                )
            )
        return self.env["discuss.channel"].create(
            {
                "name": "Chat",
                "channel_type": "livechat",
                "livechat_channel_id": self.desk.id,
                "livechat_operator_id": self.agent.partner_id.id,
                "channel_member_ids": members,
            }
        )

    def _command(self, chat, text, user=None):
        before = self.env["helpdesk.ticket"].search([])
        chat.with_user(user or self.agent).execute_command_ticket(body=text)
        return self.env["helpdesk.ticket"].search([]) - before

    def test_a_customer_who_is_signed_in(self):
        chat = self._chat((self.customer, "visitor"))
        chat.message_post(
            body="My pump <leaks>",
            author_id=self.customer.partner_id.id,
            message_type="comment",
        )
        ticket = self._command(chat, "/ticket The pump leaks")
        self.assertEqual(ticket.name, "The pump leaks")
        self.assertEqual(ticket.partner_id, self.customer.partner_id)
        self.assertEqual(ticket.partner_email, "kim@chat.example")
        self.assertIn("My pump", ticket.description)
        self.assertEqual(ticket.channel_id.name, "Live Chat")
        self.assertEqual(ticket.origin_channel_id, chat)

    def test_a_stranger_is_nobody_s_contact(self):
        chat = self._chat(guest="Visitor #3")
        ticket = self._command(chat, "/ticket Where is my parcel?")
        self.assertFalse(ticket.partner_id)
        self.assertEqual(ticket.partner_name, "Visitor #3")

    def test_without_a_title_it_explains(self):
        self.assertFalse(self._command(self._chat(guest="V"), "/ticket  "))

    def test_html_in_the_title_is_text(self):
        title = "/ticket <b>Pump</b> <script>x()</script>"
        ticket = self._command(self._chat(guest="V"), title)
        self.assertNotIn("<", ticket.name)

    def test_only_the_service_desk(self):
        chat = self._chat((self.seller, "agent"), guest="V")
        with self.assertRaises(AccessError):
            self._command(chat, "/ticket Mine", self.seller)

    def test_a_chatbot_writes_a_ticket(self):
        script = self.env["chatbot.script"].create(
            {
                "title": "Helper",
                "script_step_ids": [
                    Command.create(
                        {"step_type": "question_email", "message": "Your e-mail?"}
                    ),
                    Command.create(
                        {"step_type": "free_input_single", "message": "Your wish?"}
                    ),
                    Command.create(
                        {
                            "step_type": "create_ticket",
                            "message": "Thanks",
                            "ticket_team_id": self.team.id,
                        }
                    ),
                ],
            }
        )
        email, wish, step = script.script_step_ids
        chat = self._chat(guest="Visitor")
        chat.chatbot_current_step_id = email
        for part, answer in ((email, "vi@chat.example"), (wish, "A new <i>lid</i>")):
            message = chat.message_post(body=answer, message_type="comment")
            self.env["chatbot.message"].create(
                {
                    "discuss_channel_id": chat.id,
                    "mail_message_id": message.id,
                    "script_step_id": part.id,
                    "user_raw_answer": answer,
                }
            )
        public = self.env.ref("base.public_user")
        ticket = (
            step.with_user(public)
            .sudo()
            ._process_step_create_ticket(chat.with_user(public).sudo())
        )
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.partner_email, "vi@chat.example")
        self.assertIn("lid", ticket.name)

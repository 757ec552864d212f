# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from ast import literal_eval
from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.mail.tests.common import MailCase

from .common import ServiceCase

MAIL = """From: {sender}
To: {to}
Subject: {subject}
Message-Id: <{number}@example.com>
{headers}Content-Type: text/plain; charset=utf-8

{body}
"""


@tagged("post_install", "-at_install")
class TestMail(ServiceCase, MailCase):
    """Tickets from mails, and what answers do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        cls.team.alias_id.alias_domain_id = cls.mail_alias_domain
        cls.address = cls.team.alias_id.display_name

    def setUp(self):
        super().setUp()
        self.number = 0

    def _receive(self, sender="Kim <kim@example.com>", subject="Help", **vals):
        self.number += 1
        headers = "".join(f"{k}: {v}\n" for k, v in vals.pop("headers", {}).items())
        text = MAIL.format(
            sender=sender,
            to=self.address,
            subject=subject,
            number=f"m{self.number}",
            headers=headers,
            body=vals.get("body", "It is broken"),
        )
        with (
            self.mock_mail_gateway(),
            mute_logger("odoo.addons.mail.models.mail_thread"),
        ):
            res_id = self.env["mail.thread"].message_process(False, text)
        return self.env["helpdesk.ticket"].browse(res_id or [])

    def test_a_mail_becomes_a_ticket_of_nobody_yet(self):
        """A portal user who writes is the customer, never the assignee."""
        self.env.company.helpdesk_mgmt_ticket_auto_assign = True
        ticket = self._receive()
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        self.assertFalse(ticket.user_id)
        self.assertEqual(
            ticket.channel_id,
            self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email"),
        )
        stranger = self._receive("Jo <jo@example.net>")
        self.assertEqual(stranger.partner_name, "Jo")
        self.assertFalse(stranger.partner_id)

    def test_a_portal_user_cannot_be_given_tickets(self):
        ticket = self._ticket()
        with self.assertRaises(ValidationError):
            ticket.write({"team_id": False, "user_id": self.portal.id})
        with self.assertRaises(ValidationError):
            self.team.user_ids |= self.portal

    def test_the_first_answer_goes_to_the_sender_once(self):
        self.team.auto_answer = True
        ticket = self._receive()
        answer = ticket.message_ids.filtered(lambda m: m.message_type == "auto_comment")
        self.assertEqual(len(answer), 1)
        self.assertIn(ticket.number, answer.body)
        sent = [mail for mail in self._mails if ticket.number in mail["body"]]
        self.assertEqual(
            [mail["email_to"] for mail in sent], [['"Kim" <kim@example.com>']]
        )
        self.assertEqual(sent[0]["headers"]["Auto-Submitted"], "auto-replied")
        self.assertFalse(ticket.log_ids.filtered(lambda row: row.kind == "answer"))
        ticket._send_first_answer()
        self.assertEqual(len(ticket.message_ids & answer), 1)

    def test_a_stranger_without_a_contact_is_answered_too(self):
        self.team.auto_answer = True
        ticket = self._receive("Jo <jo@example.net>")
        answer = ticket.message_ids.filtered(lambda m: m.message_type == "auto_comment")
        self.assertEqual(answer.outgoing_email_to, "jo@example.net")

    def test_automatic_mails_make_no_ticket(self):
        self.team.auto_answer = True
        for headers in (
            {"Auto-Submitted": "auto-replied"},
            {"Auto-Submitted": "auto-generated (vacation)"},
            {"Precedence": "bulk"},
            {"X-Autoreply": "yes"},
        ):
            self.assertFalse(self._receive(headers=headers), headers)
        self.assertTrue(self._receive(headers={"Auto-Submitted": "no"}))

    def test_two_robots_do_not_talk_for_ever(self):
        """A robot without honest headers stops at Odoo's limit for each sender."""
        self.team.auto_answer = True
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 7)
        tickets = self.env["helpdesk.ticket"]
        for number in range(12):
            tickets |= self._receive("Bot <bot@example.net>", f"Re: {number}")
        self.assertEqual(len(tickets), 7)
        self.assertEqual(len(tickets.filtered("auto_answered_at")), 5)

    def test_an_address_that_refuses_holds_back_no_other(self):
        """Of many answers one cannot be delivered: it says so, all others arrive."""
        people = self.env["res.partner"].create(
            [
                {"name": f"Person {number}", "email": f"person{number}@example.net"}
                for number in range(8)
            ]
        )
        tickets = self.env["helpdesk.ticket"].union(
            *(
                self._ticket(partner_id=person.id, partner_email=False)
                for person in people
            )
        )
        macro = self.env["helpdesk.macro"].create(
            {"name": "Late", "body": "<p>Sorry</p>", "stage_id": self.wait.id}
        )
        refused = people[3].email
        with self.mock_mail_gateway(), mute_logger("odoo.addons.mail.models.mail_mail"):
            send = self.send_email_mocked.side_effect

            def refuse_one(server, message, *args, **kwargs):
                if refused in message["To"]:
                    raise MailDeliveryException("550 no such mailbox")
                return send(server, message, *args, **kwargs)

            self.send_email_mocked.side_effect = refuse_one
            macro.with_user(self.agent)._apply(tickets)
        self.assertEqual(tickets.stage_id, self.wait)
        states = {
            ticket.partner_id.email: ticket.message_ids.notification_ids.filtered(
                lambda row, ticket=ticket: row.res_partner_id == ticket.partner_id
            ).mapped("notification_status")
            for ticket in tickets
        }
        self.assertEqual(states.pop(refused), ["exception"])
        self.assertEqual(list(states.values()), [["sent"]] * 7)

    def test_a_ticket_from_a_call(self):
        """Taken down while the customer talks: nobody mails that it has arrived."""
        self.team.auto_answer = True
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_plus_helpdesk_mgmt.helpdesk_ticket_call_action"
        )
        tickets = self.env["helpdesk.ticket"].with_context(
            **literal_eval(action["context"])
        )
        started = tickets.with_user(self.agent).new({})
        self.assertEqual(started.display_name, "New Ticket")
        ticket = tickets.with_user(self.agent).create(
            {
                "name": "Kettle leaks",
                "description": "Since Monday",
                "team_id": self.team.id,
                "partner_id": self.portal.partner_id.id,
            }
        )
        self.assertEqual(
            ticket.channel_id,
            self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone"),
        )
        self.assertEqual(ticket.display_name, f"{ticket.number} - Kettle leaks")
        self.assertFalse(ticket.auto_answered_at)

    def _reply(self, ticket, **vals):
        first = ticket.message_ids.filtered(lambda m: m.message_id)[-1:]
        headers = {"In-Reply-To": first.message_id, **vals.pop("headers", {})}
        return self._receive(headers=headers, **vals)

    def test_an_answer_brings_a_waiting_ticket_back(self):
        ticket = self._receive()
        ticket.stage_id = self.wait
        self._reply(ticket, headers={"Auto-Submitted": "auto-replied"})
        self.assertEqual(ticket.stage_id, self.wait)
        self.assertEqual(self._reply(ticket), ticket)
        self.assertEqual(ticket.stage_id, self.work)

    def test_out_of_office_of_an_employee_is_no_answer(self):
        ticket = self._receive()
        self.agent.email = "ann@example.com"
        for headers, answers in (({"Auto-Submitted": "auto-replied"}, 0), ({}, 1)):
            self._reply(ticket, sender="Ann <ann@example.com>", headers=headers)
            rows = ticket.log_ids.filtered(lambda row: row.kind == "answer")
            self.assertEqual(len(rows), answers)

    def test_reopened_within_a_week_and_followed_up_later(self):
        ticket = self._receive()
        ticket.stage_id = self.done
        self._reply(ticket)
        self.assertEqual(ticket.stage_id, self.work)
        self.assertFalse(ticket.closed_date)
        ticket.stage_id = self.done
        ticket.closed_date = fields.Datetime.now() - timedelta(days=8)
        self._reply(ticket, body="It is back")
        self.assertEqual(ticket.stage_id, self.done)
        following = ticket.next_ids
        self.assertIn("It is back", following.description)
        self.assertEqual(following.partner_id, self.portal.partner_id)
        self._reply(ticket, body="And again")
        self.assertEqual(ticket.next_ids, following)
        self.assertIn("And again", following.message_ids[0].body)
        self.assertFalse(following.message_ids[0].subtype_id.internal)

    def test_a_follow_up_has_the_files_too(self):
        ticket = self._ticket()
        ticket.stage_id = self.done
        ticket.closed_date = fields.Datetime.now() - timedelta(days=8)
        for name in ("a.txt", "b.txt"):
            ticket.message_post(
                body="It is back",
                author_id=self.portal.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                attachments=[(name, b"picture")],
            )
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "helpdesk.ticket"),
                ("res_id", "=", ticket.next_ids.id),
            ]
        )
        self.assertEqual(set(files.mapped("name")), {"a.txt", "b.txt"})

    def test_a_corrected_contact_is_answered_instead_of_the_former_one(self):
        ticket = self._receive()
        ticket.message_subscribe(self.portal.partner_id.ids)
        ticket.write(
            {"partner_id": self.other.partner_id.id, "partner_email": "lee@example.com"}
        )
        self.assertNotIn(self.portal.partner_id, ticket.message_partner_ids)
        macro = self.env["helpdesk.macro"].create({"name": "M", "body": "<p>Hi</p>"})
        with self.mock_mail_gateway():
            macro.with_user(self.agent)._apply(ticket)
        sent = [mail["email_to"] for mail in self._mails]
        self.assertEqual(sent, [[self.other.partner_id.email_formatted]])

    def test_an_unhappy_customer_is_called(self):
        ticket = self._receive()
        ticket.user_id = self.agent
        token = ticket._rating_get_access_token()
        for feedback in ("Too slow", "Too slow <a href='http://example.com'>x</a>"):
            ticket.rating_apply(1, token=token, feedback=feedback)
        self.assertEqual(len(ticket.activity_ids), 1)
        self.assertEqual(ticket.activity_ids.user_id, self.leader)
        self.assertIn("Too slow &lt;a", ticket.activity_ids.note)

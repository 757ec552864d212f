# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestMacro(ServiceCase):
    """Prepared answers, splitting and merging."""

    def _macro(self, **vals):
        return self.env["helpdesk.macro"].create(
            {
                "name": "Hello",
                "body": "<p>Dear {customer}, {number}: {title}</p>",
                **vals,
            }
        )

    def test_one_answer_for_many_with_words_of_each(self):
        macro = self._macro(stage_id=self.wait.id, assign="me", priority="2")
        tickets = self._ticket(name="<b>One</b>") | self._ticket(
            name="Two", partner_id=self.other.partner_id.id, partner_email=False
        )
        self.env["helpdesk.macro.apply"].with_user(self.agent).create(
            {"ticket_ids": tickets.ids, "macro_id": macro.id}
        ).action_apply()
        for ticket in tickets:
            answer = ticket.message_ids.filtered(lambda m: m.message_type == "comment")
            self.assertEqual(answer.partner_ids, ticket.partner_id)
            self.assertIn(ticket.number, answer.body)
            self.assertIn(ticket.partner_id.name, answer.body)
            self.assertEqual(ticket.stage_id, self.wait)
            self.assertEqual((ticket.user_id, ticket.priority), (self.agent, "2"))
        self.assertIn("&lt;b&gt;One", tickets[0].message_ids[0].body)

    def test_the_text_can_be_changed_for_one(self):
        ticket = self._ticket()
        form = Form(
            self.env["helpdesk.macro.apply"].with_context(default_ticket_ids=ticket.ids)
        )
        form.macro_id = self._macro()
        self.assertIn(ticket.number, form.body)
        form.body = "<p>Something else</p>"
        form.save().action_apply()
        self.assertIn("Something else", ticket.message_ids[0].body)

    def test_all_or_none(self):
        foreign = self.env["helpdesk.ticket.team"].create({"name": "Elsewhere"})
        macro = self._macro(stage_id=self.wait.id)
        tickets = self._ticket() | self._ticket(team_id=foreign.id, user_id=False)
        with self.assertRaisesRegex(UserError, "does not use the stage"):
            macro._apply(tickets)
        self.assertEqual(tickets[0].stage_id, self.new)

    def test_unknown_words_are_refused_when_saved(self):
        with self.assertRaisesRegex(ValidationError, "{margin}"):
            self._macro(body="<p>{margin}</p>")

    def test_split_takes_messages_along(self):
        ticket = self._ticket()
        kept, moved = (
            ticket.message_post(body=text, message_type="comment")
            for text in ("first", "second")
        )
        action = (
            self.env["helpdesk.ticket.split"]
            .with_user(self.agent)
            .create({"ticket_id": ticket.id, "name": "Part", "message_ids": moved.ids})
            .action_split()
        )
        part = self.env["helpdesk.ticket"].browse(action["res_id"])
        self.assertEqual(
            (part.previous_id, part.partner_id), (ticket, ticket.partner_id)
        )
        self.assertIn(moved, part.message_ids)
        self.assertIn(kept, ticket.message_ids)
        self.assertIn("second", part.description)

    def test_split_moves_no_message_of_another_ticket(self):
        ticket, other = self._ticket(), self._ticket()
        message = other.message_post(body="x", message_type="comment")
        with self.assertRaises(UserError):
            self.env["helpdesk.ticket.split"].create(
                {"ticket_id": ticket.id, "name": "P", "message_ids": message.ids}
            ).action_split()

    def _merge(self, tickets):
        wizard = self.env["helpdesk.ticket.merge"]
        return wizard.with_context(active_ids=tickets.ids).create({}).merge_tickets()

    def test_merge_remembers_where_tickets_went(self):
        tickets = self._ticket() | self._ticket()
        self._merge(tickets)
        self.assertFalse(tickets[1].active)
        self.assertEqual(tickets[1].duplicate_id, tickets[0])

    def test_merge_tells_both_tickets_with_a_link(self):
        first, second = self._ticket(), self._ticket(name="A <b>lamp")
        self._merge(first | second)
        texts = ["".join(t.message_ids.mapped("body")) for t in (first, second)]
        self.assertIn("Merged into this ticket", texts[0])
        self.assertIn(f">{second.number}</a>", texts[0])
        self.assertNotIn("This ticket was merged", texts[0])
        self.assertIn("This ticket was merged into", texts[1])
        self.assertIn(f">{first.number}</a>", texts[1])
        self.assertIn("A &lt;b&gt;lamp: ", first.description)

    def test_tickets_of_two_customers_are_not_merged(self):
        theirs = self._ticket(partner_id=self.other.partner_id.id)
        mine = self._ticket() | self._ticket()
        with self.assertRaisesRegex(UserError, "several customers"):
            self._merge(mine | theirs)
        # nor into a ticket that was not selected
        wizard = self.env["helpdesk.ticket.merge"].with_context(active_ids=mine.ids)
        with self.assertRaisesRegex(UserError, "several customers"):
            wizard.create({"dst_ticket_id": theirs.id}).merge_tickets()

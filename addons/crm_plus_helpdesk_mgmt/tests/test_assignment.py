# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestTicketAssignment(ServiceCase):
    """CP-4: tickets find their people by territory, skill, language and load."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.assignment.rule"].search([]).active = False
        cls.bob = new_test_user(
            cls.env, "bob_agent", "helpdesk_mgmt.group_helpdesk_user"
        )
        cls.team.user_ids = [Command.set((cls.agent | cls.bob).ids)]
        cls.rule = cls._rule()

    @classmethod
    def _rule(cls, **vals):
        return cls.env["customer.assignment.rule"].create(
            {
                "name": "Tickets",
                "model": "helpdesk.ticket",
                "at_work_only": False,
                "owner_first": False,
                "member_ids": [
                    Command.create({"user_id": user.id}) for user in cls.agent | cls.bob
                ],
                **vals,
            }
        )

    def _waiting(self, number=1, **vals):
        return self.env["helpdesk.ticket"].concat(
            *(self._ticket(user_id=False, **vals) for _number in range(number))
        )

    def _of(self, user):
        return self.rule.member_ids.filtered(lambda member: member.user_id == user)

    def test_in_turn_and_logged(self):
        tickets = self._waiting(4)
        self.env["helpdesk.ticket"]._cron_assign()
        self.assertEqual(len(tickets.filtered(lambda t: t.user_id == self.bob)), 2)
        self.assertEqual(len(tickets.filtered(lambda t: t.user_id == self.agent)), 2)
        self.assertEqual(tickets.assignment_rule_id, self.rule)
        log = self.env["customer.assignment.log"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "in", tickets.ids)]
        )
        self.assertEqual(len(log), 4)

    def test_only_members_of_the_ticket_s_team(self):
        """Odoo would take it away from everybody else."""
        self.team.user_ids = [Command.set(self.bob.ids)]
        tickets = self._waiting(3)
        tickets._assign()
        self.assertEqual(tickets.user_id, self.bob)

    def test_a_rule_of_one_team(self):
        other = self.team.copy({"name": "Repairs", "alias_name": False})
        self.rule.ticket_team_id = other
        ticket = self._waiting()
        ticket._assign()
        self.assertFalse(ticket.user_id)
        self.rule.ticket_team_id = self.team
        ticket._assign()
        self.assertTrue(ticket.user_id)

    def test_skill_is_the_category(self):
        category = self.env["helpdesk.ticket.category"].create({"name": "Pumps"})
        self.rule.match_skills = True
        self._of(self.bob).ticket_category_ids = category
        tickets = self._waiting(3, category_id=category.id)
        tickets._assign()
        self.assertEqual(tickets.user_id, self.bob)

    def test_language_and_least_open(self):
        lang = self.env["res.lang"]._activate_lang("vi_VN")
        self.rule.write({"match_language": True, "mode": "load"})
        self._of(self.agent).lang_ids = lang
        self.portal.partner_id.lang = "vi_VN"
        ticket = self._waiting()
        ticket._assign()
        self.assertEqual(ticket.user_id, self.agent)
        self.rule.match_language = False
        self._ticket(user_id=self.agent.id)
        ticket = self._waiting()
        ticket._assign()
        self.assertEqual(ticket.user_id, self.bob)

    def test_closed_tickets_wait_for_nobody(self):
        ticket = self._waiting(stage_id=self.done.id)
        self.env["helpdesk.ticket"]._cron_assign()
        self.assertFalse(ticket.user_id)

    def test_first_answer_stops_the_clock_and_silence_hands_back(self):
        self.rule.write({"response_hours": 1, "handback_hours": 1})
        answered, silent = self._waiting(2)
        (answered | silent)._assign()
        first = silent.user_id
        self.assertEqual(answered.response_state, "waiting")
        answered.with_user(answered.user_id).message_post(
            body="We look at it",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(answered.response_state, "in_time")
        answered.first_response_hours = 0.5
        self.env.flush_all()
        rows = self.env["customer.contact.report"].search(
            [
                ("user_id", "=", answered.user_id.id),
                ("kind", "in", ("mail", "response")),
            ]
        )
        self.assertEqual(
            sorted(rows.mapped(lambda r: (r.kind, r.contact_count, r.response_hours))),
            [("mail", 1, 0.0), ("response", 0, 0.5)],
        )
        silent.handback_at = fields.Datetime.now() - timedelta(minutes=1)
        self.env["helpdesk.ticket"]._cron_assign()
        self.assertTrue(silent.user_id and silent.user_id != first)
        self.assertFalse(answered.handback_at)

    def test_an_automatic_answer_is_no_answer(self):
        self.rule.response_hours = 1
        self.team.auto_answer = True
        ticket = self._waiting()
        ticket._assign()
        ticket._send_first_answer()
        self.assertTrue(ticket.auto_answered_at)
        self.assertFalse(ticket.first_response_at)

    def test_who_may_make_rules(self):
        """Leaders of the desk make rules of tickets, and see those only."""
        leads = self._rule(model="crm.lead", name="Leads")
        rules = self.env["customer.assignment.rule"].with_user(self.leader)
        self.assertIn(self.rule, rules.search([]))
        self.assertNotIn(leads, rules.search([]))
        self.rule.with_user(self.leader).name = "Mine"
        with self.assertRaises(AccessError):
            leads.with_user(self.leader).name = "Mine"
        with self.assertRaises(AccessError):
            self.rule.with_user(self.agent).read(["name"])
        seller = new_test_user(self.env, "rule_seller", "sales_team.group_sale_manager")
        self.assertIn(leads, rules.with_user(seller).search([]))

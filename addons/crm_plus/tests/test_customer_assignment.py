# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .hygiene_common import HygieneCommon


@tagged("post_install", "-at_install")
class TestCustomerAssignment(HygieneCommon):
    """CP-4: who gets which lead, the clock of the first response, hand-back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.assignment.rule"].search([]).active = False
        cls.env["crm.lead"].search([("user_id", "=", False)]).active = False
        cls.users = cls.env["res.users"].union(
            *[
                new_test_user(cls.env, f"seller_{n}", "sales_team.group_sale_salesman")
                for n in range(3)
            ]
        )
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Week", "tz": "UTC", "company_id": cls.env.company.id}
        )
        cls.env.company.resource_calendar_id = cls.calendar
        cls.rule = cls._create_rule()

    @classmethod
    def _create_rule(cls, users=None, **values):
        users = cls.users if users is None else users
        return cls.env["customer.assignment.rule"].create(
            {
                "name": "Rule",
                "at_work_only": False,
                "member_ids": [Command.create({"user_id": user.id}) for user in users],
                **values,
            }
        )

    @classmethod
    def _create_leads(cls, number, **values):
        return cls.env["crm.lead"].create(
            [{"name": f"Lead {n}", "user_id": False, **values} for n in range(number)]
        )

    def _counts(self, leads):
        return [
            len(leads.filtered(lambda x, u=user: x.user_id == u)) for user in self.users
        ]

    def test_in_turn_by_weight(self):
        self.rule.member_ids[0].weight = 2
        leads = self._create_leads(8)
        leads._assign_waiting()
        self.assertEqual(self._counts(leads), [4, 2, 2])
        self.assertEqual(self.rule.member_ids.mapped("assigned_total"), [4, 2, 2])
        more = self._create_leads(4)
        more._assign_waiting()
        self.assertEqual(self._counts(more), [2, 1, 1])

    def test_people_of_another_company_stop_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "stranger",
            "sales_team.group_sale_salesman",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.rule.member_ids[0].user_id = stranger
        leads = self._create_leads(2, company_id=self.env.company.id)
        leads._assign_waiting()
        self.assertEqual(leads.user_id, self.users[1:])

    def test_daily_cap_waits_and_falls_to_the_next_rule(self):
        self.rule.member_ids.daily_cap = 1
        leads = self._create_leads(5)
        leads._assign_waiting()
        self.assertEqual(self._counts(leads), [1, 1, 1])
        self.assertEqual(len(leads.filtered(lambda lead: not lead.user_id)), 2)
        self._create_rule(self.users[0], sequence=99)
        leads._assign_waiting()
        self.assertEqual(self._counts(leads), [3, 1, 1])

    def test_cap_begins_anew_every_day(self):
        self.rule.member_ids.daily_cap = 1
        self._create_leads(3)._assign_waiting()
        self.rule.member_ids.counted_on = fields.Date.today() - timedelta(days=1)
        leads = self._create_leads(3)
        leads._assign_waiting()
        self.assertEqual(self._counts(leads), [1, 1, 1])

    @freeze_time("2026-03-10 18:30:00")
    def test_the_day_is_that_of_the_company(self):
        """Half past six in the evening in Greenwich is the next morning in Hanoi."""
        self.env.company.resource_calendar_id.tz = "Asia/Ho_Chi_Minh"
        self.rule.member_ids.daily_cap = 1
        self._create_leads(3)._assign_waiting()
        days = set(self.rule.member_ids.mapped("counted_on"))
        self.assertEqual(days, {fields.Date.to_date("2026-03-11")})

    def test_least_open(self):
        self.rule.mode = "load"
        self._create_leads(3, user_id=self.users[0].id)
        leads = self._create_leads(4)
        leads._assign_waiting()
        self.assertEqual(self._counts(leads), [0, 2, 2])

    def test_territory_language_skill_owner(self):
        tag = self.env["crm.tag"].create({"name": "Solar"})
        french = self.env["res.lang"]._activate_lang("fr_FR")
        self.rule.write(
            {
                "country_ids": [Command.set(self.country.ids)],
                "zip_prefixes": "70, 71",
                "match_language": True,
                "match_skills": True,
            }
        )
        self.rule.member_ids[1].skill_ids = tag
        self.rule.member_ids[2].lang_ids = french
        here = {"country_id": self.country.id, "zip": "70001"}
        abroad = self._create_leads(1, country_id=self.env.ref("base.fr").id)
        elsewhere = self._create_leads(1, country_id=self.country.id, zip="10000")
        skilled = self._create_leads(1, tag_ids=tag.ids, **here)
        speaks = self._create_leads(1, lang_id=french.id, **here)
        owned = self._create_partner("Owned", user_id=self.users[2].id, zip="70002")
        owners = self._create_leads(1, partner_id=owned.id)
        self.env["crm.lead"]._assign_waiting()
        self.assertFalse(abroad.user_id or elsewhere.user_id)
        self.assertEqual(skilled.user_id, self.users[1])
        self.assertEqual(speaks.user_id, self.users[2])
        self.assertEqual(owners.user_id, self.users[2])
        log = self.env["customer.assignment.log"].search([("res_id", "=", owners.id)])
        self.assertEqual((log.reason, log.user_id), ("owner", self.users[2]))

    def test_old_leads_too(self):
        old = self._create_leads(1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2020-01-01' WHERE id = %s", [old.id]
        )
        self.env["crm.lead"]._cron_assign()
        self.assertTrue(old.user_id)

    def test_only_people_at_work(self):
        self.rule.at_work_only = True
        leads = self._create_leads(2)
        with freeze_time("2026-03-02 23:00:00"):  # a Monday night
            leads._assign_waiting()
        self.assertFalse(leads.user_id)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": "2026-03-03 00:00:00",
                "date_to": "2026-03-03 23:00:00",
            }
        )
        with freeze_time("2026-03-03 09:00:00"):
            leads._assign_waiting()
        self.assertFalse(leads.user_id)
        with freeze_time("2026-03-04 09:00:00"):
            leads._assign_waiting()
        self.assertEqual(len(leads.user_id), 2)

    def test_clock_runs_in_working_hours(self):
        self.rule.write({"response_hours": 2, "handback_hours": 4})
        lead = self._create_leads(1)
        with freeze_time("2026-03-06 16:00:00"):  # Friday; the week ends at 17
            lead._assign_waiting()
            self.assertEqual(lead.response_deadline, datetime(2026, 3, 9, 9, 0))
            self.assertEqual(lead.response_state, "waiting")
        with freeze_time("2026-03-09 08:30:00"):
            lead.with_user(lead.user_id).message_post(
                body="A note", message_type="comment", subtype_xmlid="mail.mt_note"
            )
            self.assertFalse(lead.first_response_at)
            lead.with_user(lead.user_id).message_post(
                body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            self.assertEqual(lead.response_state, "in_time")
        self.assertAlmostEqual(lead.first_response_hours, 1.5)
        self.assertFalse(lead.handback_at)
        found = self.env["crm.lead"].search(
            [("response_state", "=", "in_time"), ("id", "=", lead.id)]
        )
        self.assertEqual(found, lead)

    def test_an_answer_from_a_mail_program_is_a_response(self):
        self.rule.response_hours = 2
        lead = self._create_leads(1)
        lead._assign_waiting()
        mail = {"message_type": "email", "subtype_xmlid": "mail.mt_comment"}
        customer = self._create_partner("Hoa", email="hoa@answer.vn")
        lead.message_post(body="Are you there?", author_id=customer.id, **mail)
        self.assertFalse(lead.first_response_at)
        lead.message_post(body="Yes", author_id=lead.user_id.partner_id.id, **mail)
        self.assertTrue(lead.first_response_at)

    def test_hand_back_until_everybody_tried(self):
        self.rule.handback_hours = 1
        lead = self._create_leads(1)
        seen = []
        for day in range(2, 6):
            with freeze_time(f"2026-03-0{day} 09:00:00"):
                self.env["crm.lead"]._cron_assign()
                seen.append(lead.user_id)
        self.assertEqual(len(self.env["res.users"].union(*seen[:3])), 3)
        self.assertEqual(seen[3], seen[2])
        self.assertFalse(lead.handback_at)
        reasons = self.env["customer.assignment.log"].search(
            [("res_id", "=", lead.id), ("res_model", "=", "crm.lead")], order="id"
        )
        self.assertEqual(
            reasons.mapped("reason"), ["turn", "handback", "handback", "nobody"]
        )

    def test_hand_back_waits_for_people_to_be_at_work(self):
        """Four working hours from one o'clock end when everybody goes home."""
        self.rule.write({"handback_hours": 4, "at_work_only": True})
        lead = self._create_leads(1)
        with freeze_time("2026-03-02 13:00:00"):
            lead._assign_waiting()
        first = lead.user_id
        with freeze_time("2026-03-02 17:03:00"):
            self.env["crm.lead"]._cron_assign()
        self.assertEqual(lead.user_id, first)
        self.assertTrue(lead.handback_at)
        with freeze_time("2026-03-03 09:00:00"):
            self.env["crm.lead"]._cron_assign()
        self.assertNotEqual(lead.user_id, first)

    def test_given_by_hand_is_not_taken_back(self):
        self.rule.handback_hours = 1
        lead = self._create_leads(1)
        with freeze_time("2026-03-02 09:00:00"):
            lead._assign_waiting()
        lead.user_id = self.manager
        with freeze_time("2026-03-04 09:00:00"):
            self.env["crm.lead"]._cron_assign()
        self.assertEqual(lead.user_id, self.manager)

    def test_a_meeting_is_a_response(self):
        self.rule.handback_hours = 1
        lead = self._create_leads(1)
        lead._assign_waiting()
        self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": fields.Datetime.now(),
                "stop": fields.Datetime.now() + timedelta(hours=1),
                "opportunity_id": lead.id,
            }
        )
        self.assertTrue(lead.first_response_at)

    def test_bad_conditions_and_rights(self):
        with self.assertRaises(ValidationError):
            self.rule.domain = "[('nothing', '=', 1)]"
        with self.assertRaises(AccessError):
            self.rule.with_user(self.salesman).write({"name": "Mine"})
        with self.assertRaises(AccessError):
            self.rule.with_user(self.salesman).action_assign_now()
        with self.assertRaises(AccessError):
            self.env["customer.assignment.log"].with_user(self.salesman).search([])

    def test_a_rule_that_broke_stops_no_other(self):
        """What it names is gone: it is passed over, and its owner is told once."""
        other = self._create_rule(self.users[2], sequence=99)
        domain = self.rule.domain
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_assignment_rule SET domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", self.rule.id],
        )
        self.env.invalidate_all()
        for _time in range(2):
            leads = self._create_leads(2)
            leads._assign_waiting()
            self.assertEqual(leads.assignment_rule_id, other)
        self.assertIn("gone", self.rule.error)
        self.assertEqual(len(self.rule.activity_ids), 1)
        self.assertFalse(other.error or other.activity_ids)
        self.rule.domain = domain
        self.assertFalse(self.rule.error or self.rule.activity_ids)
        leads = self._create_leads(2)
        leads._assign_waiting()
        self.assertEqual(leads.assignment_rule_id, self.rule)

    def test_queries_do_not_grow(self):
        def count(number):
            self._create_leads(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.lead"]._assign_waiting()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.rule.team_id = self.env["crm.team"].create({"name": "Team"})
        count(3)
        self.assertEqual(count(60), count(3))

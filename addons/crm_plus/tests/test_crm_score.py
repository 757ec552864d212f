# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .hygiene_common import HygieneCommon


@tagged("post_install", "-at_install")
class TestCrmScore(HygieneCommon):
    """CP-4: fit without decay, engagement with it, caps, grades, versions, test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.score.version"].search([]).write({"state": "retired"})
        cls.version = cls.env["crm.score.version"].create({"name": "Test"})
        cls.fit = cls._create_group("Fit", "fit", 50)
        cls.talk = cls._create_group("Talk", "engagement", 60)
        cls.big = cls._create_rule(
            "Big", cls.fit, 40, domain="[('expected_revenue', '>=', 1000)]"
        )
        cls.meeting = cls._create_rule("Met", cls.talk, 40, event="meeting")
        cls.lead = cls._create_lead("Lead")

    @classmethod
    def _create_group(cls, name, kind, cap):
        return cls.env["crm.score.group"].create(
            {"version_id": cls.version.id, "name": name, "kind": kind, "cap": cap}
        )

    @classmethod
    def _create_rule(cls, name, group, points, **values):
        return cls.env["crm.score.rule"].create(
            {
                "version_id": cls.version.id,
                "group_id": group.id,
                "name": name,
                "points": points,
                **values,
            }
        )

    @classmethod
    def _create_lead(cls, name, **values):
        return cls.env["crm.lead"].create(
            {"name": name, "type": "opportunity", "expected_revenue": 2000, **values}
        )

    def _meet(self, lead, days):
        start = fields.Datetime.now() - timedelta(days=days)
        return self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": start,
                "stop": start + timedelta(hours=1),
                "opportunity_id": lead.id,
            }
        )

    def test_fit_and_decay(self):
        self._meet(self.lead, days=30)
        self.version.action_activate()
        self.assertEqual((self.lead.score_fit, self.lead.score_engagement), (40, 20))
        self.assertEqual(self.lead.score_grade, "B2")
        self.assertEqual(self.lead.score_total, 30)
        self.assertIn("Big", self.lead.score_reasons)
        self.assertEqual(
            self.lead.score_why, [[self.big.id, 40], [self.meeting.id, 20]]
        )

    def test_caps_and_negative_points(self):
        self._create_rule("Also", self.fit, 30, domain="[('name', '=', 'Lead')]")
        for days in (0, 1, 2):
            self._meet(self.lead, days)
        self.version.action_activate()
        self.assertEqual((self.lead.score_fit, self.lead.score_engagement), (50, 60))
        self._create_rule("Bad", self.fit, -200, domain="[('name', '=', 'Lead')]")
        self.lead.action_score_now()
        self.assertEqual(self.lead.score_fit, 0)

    def test_only_what_the_customer_wrote_is_engagement(self):
        self._create_rule("Wrote", self.talk, 10, event="mail")
        ours = self.salesman.partner_id
        self.lead.message_post(body="Offer", message_type="email", author_id=ours.id)
        self.version.action_activate()
        self.assertEqual(self.lead.score_engagement, 0)
        theirs = self._create_partner("Hoa")
        self.lead.message_post(body="Yes", message_type="email", author_id=theirs.id)
        self.lead.action_score_now()
        self.assertEqual(self.lead.score_engagement, 10)

    def test_rule_on_the_contact(self):
        self._create_rule(
            "Hanoi",
            self.fit,
            5,
            target="res.partner",
            domain="[('city', '=', 'Hà Nội')]",
        )
        self.lead.partner_id = self._create_partner("Hoa", city="Hà Nội")
        self.version.action_activate()
        self.assertEqual(self.lead.score_fit, 45)

    def test_a_bad_condition(self):
        with self.assertRaises(ValidationError):
            self._create_rule("Bad", self.fit, 1, domain="[('nothing', '=', 1)]")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_score_rule SET domain = '[(''gone'', ''='', 1)]' WHERE id = %s",
            [self.big.id],
        )
        self.env.invalidate_all()
        self._meet(self.lead, 0)
        self.version.action_activate()
        self.assertTrue(self.big.error)
        self.assertEqual(len(self.version.activity_ids), 1, "the owner is told")
        self.assertIn("gone", self.version.error)
        self.assertEqual((self.lead.score_fit, self.lead.score_engagement), (0, 40))

    def test_versions(self):
        self.version.action_activate()
        copied = self.env["crm.score.version"].browse(
            self.version.action_new_version()["res_id"]
        )
        self.assertEqual(copied.rule_ids.group_id.version_id, copied)
        self.assertEqual(copied.rule_ids.mapped("points"), [40, 40])
        copied.rule_ids.filtered("domain").points = 10
        self.assertEqual(self.lead.score_fit, 40)
        copied.action_activate()
        self.assertEqual((copied.state, self.version.state), ("active", "retired"))
        self.assertEqual(self.lead.score_version_id, copied)
        with self.assertRaises(UserError):
            copied.unlink()

    def test_backtest_tells_good_rules_from_none(self):
        with self.assertRaises(UserError):
            self.version.action_backtest()
        won_stage = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        leads = [
            self._create_lead(f"{n}", expected_revenue=2000 if n < 6 else 10)
            for n in range(12)
        ]
        for lead in leads[:6]:
            lead.stage_id = won_stage
        for lead in leads[6:]:
            lead.action_set_lost()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = now() - interval '30 days'"
            " WHERE id IN %s",
            [tuple(lead.id for lead in leads)],
        )
        self.env["crm.lead"].with_context(active_test=False).search(
            [("won_status", "!=", "pending"), ("id", "not in", [x.id for x in leads])]
        ).write({"date_closed": "2000-01-01"})
        self.version.action_backtest()
        self.assertEqual((self.version.test_won, self.version.test_lost), (6, 6))
        self.assertEqual(self.version.auc_fit, 1.0)
        self.assertEqual(self.version.auc_engagement, 0.5)
        self.assertTrue(0.0 <= self.version.auc_odoo <= 1.0)

    def test_closed_leads_and_rights(self):
        closed = self._create_lead("Closed")
        closed.action_set_lost()
        self.version.action_activate()
        self.assertFalse(closed.score_grade)
        with self.assertRaises(AccessError):
            self.big.with_user(self.salesman).write({"points": 99})
        self.lead.user_id = self.salesman
        self.assertIn("Big", self.lead.with_user(self.salesman).score_reasons)

    def test_queries_do_not_grow(self):
        self.version.action_activate()

        def count(number):
            self.env["crm.lead"].create(
                [
                    {
                        "name": f"{number}-{n}",
                        "expected_revenue": 2000,
                        "user_id": False,
                    }
                    for n in range(number)
                ]
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["crm.lead"]._refresh_scores()
            return self.env.cr.sql_log_count - before

        count(2)  # fills caches
        self.assertEqual(count(1), count(200))

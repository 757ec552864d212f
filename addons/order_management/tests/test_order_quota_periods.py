# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .quota_common import QuotaCase


@tagged("post_install", "-at_install")
class TestOrderQuotaPeriods(QuotaCase):
    """OM-11: periods made at once or one after the other, rests carried over."""

    def _month(self, **values):
        return self._create_quota(
            period_type="month",
            **{"date_from": "2026-01-01", "date_to": "2026-01-31", **values},
        )

    def _roll(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "order_management.ir_cron_open_quota_periods"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_year_at_once(self):
        january = self._month()
        made = january.action_generate(11)
        self.assertEqual(len(made), 11)
        self.assertEqual(set(made.mapped("state")), {"active"})
        self.assertEqual(set(made.mapped("limit_qty")), {100})
        labels = (january + made).mapped("period_label")
        self.assertEqual(labels, [f"2026-{month:02}" for month in range(1, 13)])
        # again: those that exist are taken
        self.assertEqual(january.action_generate(11), made)
        with self.assertRaisesRegex(UserError, "season"):
            self._create_quota(product_scope="all").action_generate(1)

    def test_all_lengths(self):
        for period_type, start, end, label in (
            ("day", date(2026, 1, 5), date(2026, 1, 6), "2026-01-06"),
            ("week", date(2026, 1, 5), date(2026, 1, 18), "2026-W03"),
            ("quarter", date(2026, 1, 1), date(2026, 6, 30), "2026-Q2"),
            ("year", date(2026, 1, 1), date(2027, 12, 31), "2027"),
        ):
            quota = self.env["order.quota"].create(
                {
                    "name": period_type,
                    "company_id": self.company.id,
                    "period_type": period_type,
                    "date_from": start,
                }
            )
            following = quota.action_generate(1, activate=False)
            self.assertEqual(following.date_to, end)
            self.assertEqual(following.period_label, label)
            self.assertEqual(following.state, "draft")

    def test_cron_opens_and_carries_over(self):
        quota = self._month(renew=True, carry_over_percent=50, give_back="return")
        self.move_model._apply_moves(
            [
                {
                    "quota_id": quota.id,
                    "kind": "consume",
                    "delta_consumed": 60,
                    "key": "carry-test",
                }
            ]
        )
        with freeze_time("2026-02-01 10:00:00"):
            self._roll()
            following = quota.next_ids
            # half of 40
            self.assertEqual(following.limit_qty, 120)
            self.assertEqual(quota.limit_qty, 80)
            self.assertEqual(following.state, "active")
            self.assertEqual(following.give_back, "return")
            self.assertTrue(following.renew)
            kinds = following.move_ids.mapped("kind")
            self.assertEqual(kinds, ["carry_over"])
            self._roll()
            self.assertEqual(following.limit_qty, 120)
        with freeze_time("2026-03-01 10:00:00"):
            self._roll()
            # what was carried in is not part of the limit of the next period
            self.assertEqual(following.next_ids.limit_qty, 100 + 60)

    def test_day_ends_where_the_company_is(self):
        self.company.partner_id.tz = "America/Los_Angeles"
        quota = self._month(renew=True, carry_over_percent=100)
        with freeze_time("2026-01-29 07:59:00"):
            self._roll()
            self.assertFalse(quota.next_ids)
        with freeze_time("2026-02-01 07:59:00"):
            self._roll()
            self.assertEqual(quota.limit_qty, 100)
        with freeze_time("2026-02-01 08:01:00"):
            self._roll()
            self.assertEqual(quota.limit_qty, 0)

    def test_no_order_falls_between_two_periods(self):
        quota = self._month(renew=True, carry_over_percent=100)
        with freeze_time("2026-01-30 12:00:00"):
            self._roll()
            following = quota.next_ids
            self.assertEqual((following.state, following.limit_qty), ("active", 100))
            self._roll()
            self.assertEqual(quota.next_ids, following)

    def test_one_problem_stops_nobody(self):
        whole = self._create_quota(
            limit=200,
            product_scope="all",
            period_type="year",
            date_from="2026-01-01",
            date_to="2026-12-31",
        )
        stuck = self._month(renew=True, parent_id=whole.id)
        whole.action_generate(1)
        stuck.copy({"parent_id": whole.id, "name": "Other"})
        fine = self._create_quota(
            product_id=self.other_product.id,
            period_type="month",
            date_from="2026-01-01",
            date_to="2026-01-31",
            renew=True,
        )
        with freeze_time("2026-02-01 10:00:00"):
            self._roll()
        self.assertFalse(stuck.next_ids)
        self.assertIn("100 too much", str(stuck.activity_ids.note))
        self.assertTrue(fine.next_ids)

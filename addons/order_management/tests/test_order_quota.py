# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common import OrderManagementCommon


@tagged("post_install", "-at_install")
class TestOrderQuota(OrderManagementCommon):
    """OM-11: limits whose counters always equal the sums of their moves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move_model = cls.env["order.quota.move"]
        cls.quota = cls._create_quota()
        cls.quota.action_activate()

    @classmethod
    def _create_quota(cls, **values):
        return cls.env["order.quota"].create(
            {
                "name": "Coffee, July",
                "company_id": cls.company.id,
                "date_from": "2026-07-01",
                "limit_qty": 100,
                **values,
            }
        )

    def _apply(self, kind, held=0.0, consumed=0.0, key=None, quota=None, **values):
        return self.move_model._apply_moves(
            [
                {
                    "quota_id": (quota or self.quota).id,
                    "kind": kind,
                    "delta_held": held,
                    "delta_consumed": consumed,
                    "key": key or f"{kind}-{held}-{consumed}",
                    **values,
                }
            ]
        )

    def _assertCounters(self, held, consumed, quota=None):
        """The counters, in the database and as sums of the moves."""
        quota = quota or self.quota
        self.env.invalidate_all()
        self.assertEqual((quota.held_qty, quota.consumed_qty), (held, consumed))
        self.assertEqual(quota.remaining_qty, quota.limit_qty - held - consumed)
        sums = self.move_model._read_group(
            [("quota_id", "=", quota.id)],
            aggregates=["delta_held:sum", "delta_consumed:sum"],
        )
        self.assertEqual([value or 0 for value in sums[0]], [held, consumed])

    def test_life_of_an_order(self):
        """OM-11: held on submission, consumed on confirmation, given back after."""
        order = self._create_order()
        move = self._apply("hold", held=60, order_id=order.id, reason="S1")
        self.assertEqual(move.user_id, self.env.user)
        self.assertEqual(move.company_id, self.company)
        self._assertCounters(60, 0)
        self._apply("consume", held=-60, consumed=60)
        self._assertCounters(0, 60)
        self._apply("give_back", consumed=-10)
        self._assertCounters(0, 50)
        self._apply("hold", held=50, key="second")
        self._apply("release", held=-50)
        self._assertCounters(0, 50)
        self.assertEqual(self.quota.move_count, 5)
        self.assertEqual(self.quota.used_percent, 50)

    def test_decimals_add_up(self):
        """Ten times a tenth is exactly one."""
        for number in range(10):
            self._apply("hold", held=0.1, key=f"tenth-{number}")
        self._assertCounters(1.0, 0)
        self._apply("release", held=-1.0)
        self._assertCounters(0, 0)

    def test_block_never_overrun(self):
        """OM-11: the error says how much is left."""
        self._apply("hold", held=60)
        with self.assertRaisesRegex(ValidationError, "60 asked for, 40 left of 100"):
            self._apply("hold", held=60, key="second")
        self._assertCounters(60, 0)
        self._apply("hold", held=40)
        self._assertCounters(100, 0)

    def test_block_in_one_batch(self):
        """Two moves of a batch count together."""
        vals = {"quota_id": self.quota.id, "kind": "hold", "delta_held": 60}
        with self.assertRaisesRegex(ValidationError, "120 asked for"):
            self.move_model._apply_moves([{**vals, "key": "a"}, {**vals, "key": "b"}])
        self.assertFalse(self.quota.move_ids)

    def test_database_has_the_last_word(self):
        for counter in ("held_qty", "consumed_qty"):
            with self.assertRefusedByDatabase("order_quota_limit_check"):
                self.env.cr.execute(
                    SQL(
                        "UPDATE order_quota SET %s = 101 WHERE id = %s",
                        SQL.identifier(counter),
                        self.quota.id,
                    )
                )
            with self.assertRefusedByDatabase("order_quota_counters_check"):
                self.env.cr.execute(
                    SQL(
                        "UPDATE order_quota SET %s = -1 WHERE id = %s",
                        SQL.identifier(counter),
                        self.quota.id,
                    )
                )
        self._apply("hold", held=60)
        with self.assertRefusedByDatabase("order_quota_limit_check"):
            self.env.cr.execute(
                SQL(
                    "UPDATE order_quota SET limit_qty = 59 WHERE id = %s", self.quota.id
                )
            )
        with self.assertRaisesRegex(ValidationError, "Take at least 60"):
            self.quota.limit_qty = 59

    def test_other_policies_may_overrun(self):
        for policy in ("approval", "warn"):
            quota = self._create_quota(policy=policy, name=policy)
            quota.period_type = "season"
            quota.date_to = date(2026, 8, 1 if policy == "warn" else 2)
            quota.action_activate()
            self._apply("hold", held=130, key=policy, quota=quota)
            self._assertCounters(130, 0, quota)
            self.assertEqual(quota.remaining_qty, -30)

    def test_never_below_zero(self):
        self._apply("hold", held=5)
        with self.assertRaisesRegex(ValidationError, "only 5 is counted"):
            self._apply("release", held=-6)
        with self.assertRaisesRegex(ValidationError, "only 0 is counted"):
            self._apply("give_back", consumed=-1)

    def test_same_key_counts_once(self):
        """OM-11: however often a message is repeated."""
        first = self._apply("hold", held=10, key="S1")
        self.assertEqual(self._apply("hold", held=10, key="S1"), first)
        vals = {"quota_id": self.quota.id, "kind": "hold", "delta_held": 7, "key": "S2"}
        moves = self.move_model._apply_moves([vals, dict(vals)])
        self.assertEqual(moves[0], moves[1])
        self._assertCounters(17, 0)
        with self.assertRaisesRegex(ValidationError, "used for another movement"):
            self._apply("hold", held=11, key="S1")

    def test_figures_fit_the_kind(self):
        for kind, held, consumed in (
            ("hold", -1, 0),
            ("hold", 1, 1),
            ("consume", 1, 1),
            ("release", 1, 0),
            ("give_back", 0, 1),
            ("adjust", 0, 0),
        ):
            self._apply("adjust", held=5, consumed=5, key=f"{kind}{held}{consumed}")
            with (
                self.subTest(kind=kind),
                self.assertRefusedByDatabase("order_quota_move_kind_check"),
            ):
                self._apply(kind, held, consumed)

    def test_only_active_quotas_count(self):
        draft = self._create_quota(name="Draft")
        with self.assertRaisesRegex(ValidationError, "is not active"):
            self._apply("hold", held=1, quota=draft)
        self._apply("hold", held=5, key="before")
        self.quota.action_close()
        with self.assertRaisesRegex(ValidationError, "is not active"):
            self._apply("hold", held=1)
        self._apply("release", held=-5)
        self._assertCounters(0, 0)

    def test_one_update_for_many(self):
        """The cost in queries does not grow with quotas and moves."""
        quotas = self.env["order.quota"]
        for day in range(1, 22):
            quotas |= self._create_quota(
                period_type="day", date_from=date(2026, 7, day)
            )
        quotas.action_activate()
        self.env.flush_all()
        counts = []
        # the first batch only fills the caches of the process
        for batch in (quotas[:1], quotas[1:2], quotas[2:]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.move_model._apply_moves(
                [
                    {
                        "quota_id": quota.id,
                        "kind": "hold",
                        "delta_held": 1,
                        "key": f"q{quota.id}",
                    }
                    for quota in reversed(batch)
                ]
            )
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_moves_are_history(self):
        move = self._apply("hold", held=5, reason="Hoa")
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            move.delta_held = 6
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            move.unlink()
        with self.assertRaisesRegex(UserError, "written by the system"):
            self.move_model.create(
                {"quota_id": self.quota.id, "kind": "hold", "delta_held": 1, "key": "x"}
            )
        for query in (
            SQL("UPDATE order_quota_move SET delta_held = 6 WHERE id = %s", move.id),
            SQL("DELETE FROM order_quota_move WHERE id = %s", move.id),
        ):
            with self.assertRefusedByDatabase():
                self.env.cr.execute(query)
        move.reason = False
        self.env.flush_all()

    def test_counters_are_not_written(self):
        for name in ("held_qty", "consumed_qty", "remaining_qty"):
            with self.assertRaisesRegex(UserError, "cannot be written"):
                self.quota.write({name: 0})
            with self.assertRaisesRegex(UserError, "cannot be written"):
                self._create_quota(**{name: 5})

    def test_meaning_is_fixed_once_counted(self):
        self.quota.partner_id = False
        self._apply("hold", held=5)
        with self.assertRaisesRegex(UserError, "what it counts is fixed"):
            self.quota.write({"scope_type": "channel", "channel_id": self.channel.id})
        self.quota.limit_qty = 50
        self._assertCounters(5, 0)
        with self.assertRaisesRegex(UserError, "stays as history"):
            self.quota.unlink()
        self.assertTrue(self._create_quota(name="Unused").unlink())

    def test_scope_is_complete(self):
        for values in (
            {"scope_type": "channel"},
            {"scope_type": "customer"},
            {"scope_type": "company", "partner_id": self.partner.id},
            {"scope_type": "channel", "partner_id": self.partner.id},
        ):
            with self.assertRefusedByDatabase("order_quota_scope_check"):
                self._create_quota(**values)
        with self.assertRefusedByDatabase("order_quota_product_scope_check"):
            self._create_quota(product_scope="product")

    def test_form_clears_the_old_scope(self):
        form = Form(self.env["order.quota"])
        form.name = "By form"
        form.scope_type = "customer"
        form.partner_id = self.partner
        form.scope_type = "channel"
        form.channel_id = self.channel
        quota = form.save()
        self.assertFalse(quota.partner_id)
        self.assertEqual(quota.scope_key, f"channel:{self.channel.id}")

    def test_one_active_quota_for_the_same(self):
        twin = self._create_quota(name="Twin")
        with self.assertRefusedByDatabase("order_quota_active_uniq"):
            twin.action_activate()
        twin.write({"scope_type": "channel", "channel_id": self.channel.id})
        twin.action_activate()
        self.quota.action_close()
        self.assertTrue(self._create_quota(name="Next").action_activate())

    def test_period_has_its_length(self):
        ends = {
            "day": date(2026, 1, 31),
            "week": date(2026, 2, 6),
            "month": date(2026, 2, 27),
            "quarter": date(2026, 4, 29),
            "year": date(2027, 1, 30),
        }
        for period_type, end in ends.items():
            quota = self._create_quota(period_type=period_type, date_from="2026-01-31")
            self.assertEqual(quota.date_to, end, period_type)
            with self.assertRaisesRegex(ValidationError, str(end)):
                quota.date_to = date(2028, 1, 1)
        season = self._create_quota(
            period_type="season", date_from="2026-01-31", date_to="2026-02-17"
        )
        self.assertEqual(season.date_to, date(2026, 2, 17))
        with self.assertRefusedByDatabase("order_quota_dates_check"):
            season.date_to = date(2026, 1, 30)

    def test_units(self):
        quota = self._create_quota(measure="amount")
        self.assertEqual(quota.currency_id, self.company.currency_id)
        self.assertFalse(quota.uom_id)
        with self.assertRefusedByDatabase("order_quota_measure_check"):
            quota.currency_id = False
        dozen = self.env.ref("uom.product_uom_dozen")
        product = self.env["product.product"].create(
            {"name": "Cups", "is_storable": True, "uom_id": dozen.id}
        )
        quota = self._create_quota(product_scope="product", product_id=product.id)
        self.assertEqual(quota.uom_id, dozen)

    def test_parts(self):
        """OM-11: a part lies inside the whole."""
        year = self._create_quota(period_type="year", date_from="2026-01-01")
        part = self._create_quota(parent_id=year.id)
        self.assertEqual(year.child_ids, part)
        for values in (
            {"date_from": "2027-01-01", "date_to": "2027-01-31"},
            {"measure": "orders"},
            {"company_id": self.other_company.id},
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                part.write(values)
        with self.assertRaisesRegex(ValidationError, "is a part of"):
            year.write({"date_from": "2026-08-01", "date_to": "2027-07-31"})
        twin = self._create_quota(parent_id=part.id)
        with self.assertRaisesRegex(ValidationError, "part of itself"):
            part.parent_id = twin

    def test_carry_over_is_a_share(self):
        with self.assertRefusedByDatabase("order_quota_carry_over_check"):
            self.quota.carry_over_percent = 101

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .wave_common import WaveCommon


@tagged("post_install", "-at_install")
class TestWaves(WaveCommon):
    """OM-16: deliveries that are ready go into waves by rules."""

    def test_build(self):
        """All that is ready, in waves of three; what is not ready waits."""
        deliveries = self._deliveries(7)
        missing = self._create_item("Nowhere", "8936001990156", "FL-NONE")
        waiting = self._deliver((missing, 1))
        waves = self.rule._build()
        self.assertEqual(
            [len(wave.picking_ids) for wave in waves.sorted("id")], [3, 3, 1]
        )
        self.assertEqual(waves.picking_ids, deliveries)
        self.assertEqual(set(waves.mapped("state")), {"in_progress"})
        self.assertTrue(all(waves.mapped("is_wave")))
        self.assertEqual(waves.wave_rule_id, self.rule)
        self.assertFalse(waiting.batch_id)
        self.assertFalse(self.rule._build())
        self.assertEqual(
            waves.sorted("id")[0].picking_ids.mapped("batch_sequence"), [1, 2, 3]
        )

    def test_kept_apart(self):
        """Carriers, single-line orders, urgent ones and days are kept apart."""
        fast, slow = self._create_carrier("Fast"), self._create_carrier("Slow")
        deliveries = self._deliveries(6)
        deliveries[:3].sudo().carrier_id = fast
        deliveries[3:].sudo().carrier_id = slow
        several = self._deliveries(2, (self.lamp, 1), (self.desk, 2))
        urgent = deliveries[0]
        urgent.sudo().priority = "1"
        self.rule.sudo().write({"line_scope": "single", "max_deliveries": 0})
        plan = self.rule._plan()
        self.assertEqual(
            [row["pickings"] for row in plan], [deliveries[:3], deliveries[3:]]
        )
        self.assertIn("Fast", plan[0]["label"])
        self.rule.sudo().group_by_priority = True
        plan = self.rule._plan()
        self.assertEqual([len(row["pickings"]) for row in plan], [1, 2, 3])
        self.assertEqual(plan[0]["pickings"], urgent)
        self.rule.sudo().is_urgent_only = True
        self.assertEqual([row["pickings"] for row in self.rule._plan()], [urgent])
        other = self._create_rule("Several", line_scope="several", sequence=20)
        plan = (self.rule + other)._plan()
        self.assertEqual([row["pickings"] for row in plan], [urgent, several])

    def test_due(self):
        """What was promised first goes first; what is not due yet waits."""
        now = fields.Datetime.now()
        late, today, later = deliveries = self._deliveries(3)
        for delivery, hours in ((late, -5), (today, 5), (later, 90)):
            delivery.sudo().move_ids.date_deadline = fields.Datetime.add(
                now, hours=hours
            )
            delivery.sudo().scheduled_date = fields.Datetime.add(now, hours=hours)
        self.rule.sudo().write({"due_hours": 12, "max_deliveries": 1})
        plan = self.rule._plan()
        self.assertEqual([row["pickings"] for row in plan], [late, today])
        self.rule.sudo().write(
            {"due_hours": 0, "max_deliveries": 0, "group_by_day": True}
        )
        self.assertGreaterEqual(len(self.rule._plan()), 2)
        self.assertEqual(sum(len(r["pickings"]) for r in self.rule._plan()), 3)
        self.assertEqual(len(deliveries), 3)

    def test_days_are_the_company_s(self):
        """A day begins at midnight where the company is."""
        self.company.partner_id.tz = "Asia/Ho_Chi_Minh"
        first, second = deliveries = self._deliveries(2)
        orders = deliveries.sudo().sale_id
        self.rule.sudo().write({"max_deliveries": 0, "group_by_day": True})
        first.sudo().sale_id.ship_by = "2030-01-01 16:30:00"
        second.sudo().sale_id.ship_by = "2030-01-01 17:30:00"
        self.assertEqual(len(self.rule._plan()), 2)
        orders.ship_by = "2030-01-01 17:30:00"
        [row] = self.rule._plan()
        self.assertIn("2030-01-02", row["label"])

    def test_zones(self):
        """One zone a wave; what comes from two is apart."""
        one, two = self.env["stock.location"].create(
            [{"name": name, "location_id": self.stock.id} for name in ("Z1", "Z2")]
        )
        shelf = self.env["stock.location"].create(
            {"name": "Z1-A", "location_id": one.id}
        )
        items = []
        for number, place in enumerate((shelf, two)):
            item = self._create_item(f"Zoned {number}", False, f"FL-Z{number}")
            self.env["stock.quant"]._update_available_quantity(item, place, 50)
            items.append(item)
        first = self._deliveries(2, (items[0], 1))
        second = self._deliveries(1, (items[1], 1))
        both = self._deliveries(1, (items[0], 1), (items[1], 1))
        self.rule.sudo().group_by_zone = True
        plan = self.rule._plan()
        self.assertEqual([row["pickings"] for row in plan], [first, second, both])
        self.assertIn("Z1", plan[0]["label"])
        self.rule.sudo().location_id = one
        self.assertEqual([row["pickings"] for row in self.rule._plan()], [first])

    def test_people(self):
        """New waves go to whoever has the fewest; without notes on each delivery."""
        second = new_test_user(
            self.env,
            "wave_second",
            groups="order_management.group_warehouse",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.rule.sudo().user_ids = self.picker + second
        deliveries = self._deliveries(9)
        notes = len(deliveries.message_ids)
        waves = self.rule._build()
        users = waves.sorted("id").mapped("user_id")
        self.assertEqual(users, self.picker + second)
        counts = [len(waves.filtered(lambda w, u=u: w.user_id == u)) for u in users]
        self.assertEqual(sorted(counts), [1, 2])
        for wave in waves:
            self.assertEqual(wave.picking_ids.user_id, wave.user_id)
        self.assertEqual(len(deliveries.message_ids), notes)
        stranger = new_test_user(
            self.env,
            "wave_stranger",
            groups="base.group_user",
            company_id=self.other_company.id,
            company_ids=[Command.set(self.other_company.ids)],
        )
        with self.assertRaises(ValidationError):
            self.rule.sudo().user_ids += stranger

    def test_capacity(self):
        """No more waves are open at once than the rule says."""
        self._deliveries(7)
        self.rule.sudo().max_open_waves = 2
        waves = self.rule._build()
        self.assertEqual(len(waves), 2)
        self.assertFalse(self.rule._build())
        waves[0].action_cancel()
        self.assertEqual(len(self.rule._build()), 1)

    def test_empty(self):
        """An untouched wave is emptied; one that was begun is not."""
        deliveries = self._deliveries(4)
        first, second = self.rule._build().sorted("id")
        self._scan(first.picking_ids, "FL-LAMP")
        with self.assertRaisesRegex(UserError, first.name):
            (first + second).action_empty_wave()
        second.action_empty_wave()
        self.assertEqual(second.state, "cancel")
        self.assertFalse(deliveries[3].batch_id)
        self.assertEqual(deliveries[3].state, "assigned")
        self.assertEqual(self.rule._build().picking_ids, deliveries[3])

    def test_automatic_batches(self):
        """What Odoo gathered by itself goes into waves, unless somebody has it."""
        self.out_type.auto_batch = True
        mine, free = self._deliveries(1), self._deliveries(1)
        self.assertEqual(mine.batch_id, free.batch_id)
        old = mine.batch_id.sudo()
        self.rule.sudo().takes_automatic = False
        self.assertFalse(self.rule._plan())
        self.rule.sudo().takes_automatic = True
        old.user_id = self.picker
        self.assertFalse(self.rule._plan())
        old.user_id = False
        wave = self.rule._build()
        self.assertEqual(wave.picking_ids, mine + free)
        self.assertEqual(old.state, "cancel")

    def test_preview(self):
        """The preview builds nothing; the button builds what it showed."""
        with self.assertRaisesRegex(UserError, "no rule"):
            self.rule.sudo().action_archive()
            self.env["stock.wave.build"].with_user(self.picker)._open()
        self.rule.sudo().action_unarchive()
        self._deliveries(4)
        action = self.rule.action_preview()
        build = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(build.line_ids.mapped("delivery_count"), [3, 1])
        self.assertEqual((build.delivery_count, build.left_count), (4, 0))
        self.assertFalse(self.rule.wave_ids)
        action = build.with_user(self.picker).action_build()
        self.assertEqual(len(self.rule.sudo().wave_ids), 2)
        self.assertEqual(action["domain"][0][2], self.rule.sudo().wave_ids.ids)
        every_wave = self.env.ref(
            "order_management_stock_picking_batch.stock_wave_action"
        )
        self.assertNotEqual(action["name"], every_wave.name, "one step back")
        with self.assertRaises(UserError):
            build.with_user(self.picker).action_build()

    def test_whoever_reserves(self):
        """A cashier has no right on batches, and reserves what was ordered."""
        self.out_type.auto_batch = True
        delivery = self._deliveries(1)
        self.assertTrue(delivery.batch_id)
        cashier = new_test_user(self.env, "cashier", groups="base.group_user")
        with self.assertRaises(AccessError):
            delivery.batch_id.with_user(cashier).check_access("read")
        delivery.move_line_ids.with_user(cashier)._auto_wave()
        self.assertEqual(delivery.state, "assigned")

    def test_order_in_a_wave_is_cancelled(self):
        """Who sells need not pick to cancel what is in a wave; it leaves the wave."""
        clerk = self._create_user("clerk")
        first, second, third = self._deliveries(3)
        wave = self.rule._build()
        orders = (first + second + third).sudo().sale_id.with_user(clerk)
        orders[0]._action_cancel()
        self.assertEqual(wave.sudo().picking_ids, second + third)
        self.assertEqual(orders[0].picking_ids.state, "cancel")
        orders[1:].action_cancel()
        self.assertEqual(wave.sudo().state, "cancel")
        with self.assertRaises(AccessError):
            wave.with_user(clerk).description = "Mine"

    def test_cron(self):
        """The job builds for rules that may, in their company."""
        self._deliveries(2)
        with self.enter_registry_test_mode():
            cron = self.env.ref(
                "order_management_stock_picking_batch.ir_cron_build_waves"
            )
            cron.method_direct_trigger()
            self.assertFalse(self.rule.sudo().wave_ids)
            self.rule.sudo().is_automatic = True
            cron.method_direct_trigger()
        self.rule.invalidate_recordset()
        self.assertEqual(self.rule.sudo().wave_ids.company_id, self.company)

    def test_other_company(self):
        """Deliveries of another company are nobody's business."""
        rule = self.rules.create(
            {"name": "Neighbour's", "company_id": self.other_company.id}
        )
        self._deliveries(2)
        self.assertFalse(rule._build())
        self.assertFalse(
            self.rules.with_user(self.picker).search([("id", "=", rule.id)])
        )

    def test_queries(self):
        """Many deliveries cost hardly more queries than few: nothing for each."""

        def count(number):
            self._deliveries(number)
            self.rule.sudo().max_deliveries = number
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            waves = self.rule._build()
            self.env.flush_all()
            self.assertEqual(len(waves), 1)
            return self.env.cr.sql_log_count - before

        few, many = count(3), count(40)
        self.assertLessEqual(many, few + 3)
        self.assertLess(many, 80)

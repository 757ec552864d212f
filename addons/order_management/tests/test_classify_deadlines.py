# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo.fields import Command, Datetime
from odoo.tests import freeze_time, new_test_user, tagged

from .import_common import ImportCommon
from .statements import fewest_statements

#: a Monday
NOW = "2026-03-02 10:00:00"


def _at(text):
    return Datetime.to_datetime(f"2026-{text}")


@tagged("post_install", "-at_install", "meets_others")
class TestClassifyDeadlines(ImportCommon):
    """OM-8: until when each step of an order may take, what is late, who is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.has_sla = True
        cls.reviewer = cls._create_user("reviewer")
        cls.manager = cls._create_user("manager")
        cls.leader = new_test_user(
            cls.env,
            "hub_late_leader",
            groups="order_management.group_clerk",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Late Team",
                "company_id": cls.company.id,
                "user_id": cls.leader.id,
            }
        )
        cls.channel.write({"user_id": cls.clerk.id, "team_id": cls.team.id})
        cls._add_stock(100, cls.lamp)

    def _make(self, external_id="A1", at=NOW, **values):
        """An imported order; it arrives at ``at``."""
        with freeze_time(at):
            order = self._import_order(external_id, **values)
            self.env.flush_all()
        # the database's own clock made the row
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = %s WHERE id = %s", [at, order.id]
        )
        order.invalidate_recordset(["create_date"])
        self.env["sale.order"]._refresh_sla([("id", "=", order.id)])
        return order

    def assertStep(self, order, step, deadline=False):
        self.assertEqual(order.sla_step, step)
        self.assertEqual(order.sla_deadline, deadline and _at(deadline))

    def test_through_the_steps(self):
        self.company.approval_mode = "explicit"
        order = self._make()
        self.assertStep(order, "review", "03-02 10:15:00")
        with freeze_time("2026-03-02 10:05:00"):
            order.action_submit()
        self.assertStep(order, "approve", "03-02 12:05:00")
        with freeze_time("2026-03-02 11:00:00"):
            order.action_approve()
        self.assertStep(order, "ship", "03-03 11:00:00")
        with freeze_time("2026-03-02 11:30:00"):
            order.action_confirm()
        self.assertStep(order, "ship", "03-03 11:00:00")
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self.assertStep(order, False)
        self.assertFalse(order.sla_state)

    def test_promise_is_the_deadline_of_shipping(self):
        order = self._make(shipping={"ship_by": "2026-03-02T16:00:00+00:00"})
        with freeze_time(NOW):
            order.action_confirm()
        self.assertStep(order, "ship", "03-02 16:00:00")
        order.ship_by = "2026-03-02 17:00:00"
        self.assertStep(order, "ship", "03-02 17:00:00")

    def test_refused_and_cancelled(self):
        self.company.approval_mode = "explicit"
        order = self._make()
        order.action_submit()
        with freeze_time("2026-03-02 11:00:00"):
            order.action_refuse("Too much")
        self.assertStep(order, "review", "03-02 11:15:00")
        self.assertIn("Too much", order.sla_why)
        order.action_cancel()
        self.assertStep(order, False)

    def test_own_quotations_have_time(self):
        self.assertStep(self._create_order(), False)

    def test_settings(self):
        """Of the company, of the channel, of working hours; off: nothing is left."""
        order = self._make(at="2026-03-02 16:50:00")
        self.company.sla_review_minutes = 30
        self.assertStep(order, "review", "03-02 17:20:00")
        office = self.env["resource.calendar"].create(
            {"name": "Office", "company_id": self.company.id, "tz": "UTC"}
        )
        # until 17:00, then from 8:00
        self.company.sla_calendar_id = office
        self.assertStep(order, "review", "03-03 08:20:00")
        self.channel.write({"has_own_sla": True, "sla_review_minutes": 5})
        self.assertStep(order, "review", "03-02 16:55:00")
        self.company.has_sla = False
        self.assertStep(order, False)
        self.assertFalse(order.sla_since)
        self.company.has_sla = True
        self.assertStep(order, "review", "03-02 16:55:00")

    def test_off_writes_nothing(self):
        self.company.has_sla = False
        order = self._make()
        order.action_confirm()
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT sla_step, sla_deadline FROM sale_order WHERE id = %s", [order.id]
        )
        self.assertEqual(self.env.cr.fetchone(), (None, None))

    def test_state_and_filters(self):
        order = self._make()
        for now, state in (
            ("10:00:00", "ok"),
            ("10:09:59", "ok"),
            ("10:10:00", "soon"),
            ("10:15:00", "late"),
            ("11:00:00", "late"),
        ):
            with freeze_time(f"2026-03-02 {now}"):
                order.invalidate_recordset(["sla_state"])
                self.assertEqual(order.sla_state, state, now)
                for other in ("ok", "soon", "late"):
                    found = order.search(
                        [("id", "=", order.id), ("sla_state", "=", other)]
                    )
                    self.assertEqual(bool(found), other == state, (now, other))
        self.assertFalse(
            order.search([("id", "=", order.id), ("sla_state", "=", False)])
        )

    def test_why_it_is_late(self):
        self.company.approval_mode = "explicit"
        order = self._make()
        self.assertEqual(order.sla_waiting_for, "clerk")
        order.action_submit()
        self.assertEqual(order.sla_waiting_for, "approval")
        self.assertTrue(order.sla_why)
        order.action_approve()
        order.invalidate_recordset()
        self.assertEqual(order.sla_waiting_for, "clerk")
        order.action_confirm()
        order.invalidate_recordset()
        self.assertEqual(order.sla_waiting_for, "warehouse")
        self.assertIn(order.picking_ids.name, order.sla_why)
        order.picking_ids.carrier_tracking_ref = "VN1"
        order.invalidate_recordset()
        self.assertEqual(order.sla_waiting_for, "carrier")
        short = self._make("A2", lines=[self._prepare_line("DESK", 3, "250.00")])
        short.action_submit()
        short.action_approve()
        short.action_confirm()
        short.invalidate_recordset()
        self.assertEqual(short.sla_waiting_for, "stock")
        self.assertIn("Desk", short.sla_why)

    def test_what_the_review_says(self):
        """Of a quotation the time counts from the hold; a note holds nobody up."""
        self.env["exception.rule"].search([("is_review", "=", True)]).active = False
        self.company.review_orders = True
        rule = self.env["exception.rule"].create(
            {
                "name": "Any amount",
                "is_review": True,
                "model": "sale.order",
                "exception_type": "by_method",
                "method": "_review_amount",
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        order = self._create_order()
        with freeze_time(NOW):
            order._review()
            self.env.flush_all()
        self.assertEqual(order.sla_step, "review")
        self.assertEqual(order.sla_since, Datetime.to_datetime(NOW))
        self.assertEqual(order.sla_waiting_for, "hold")
        rule.review_mode = "note"
        noted = self._make("N1")
        self.assertTrue(noted.review_note_text)
        self.assertEqual(noted.sla_waiting_for, "clerk")

    def _get_late_activities(self, order):
        kind = self.env.ref("order_management.mail_activity_type_late")
        return order.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def _tell(self, now):
        with freeze_time(now):
            self.env.flush_all()
            self.env["sale.order"]._end_late_activities()
            for who in ("owner", "leader"):
                self.env["sale.order"]._find_untold(who, 100)._escalate_late(who)
            self.env.invalidate_all()

    def test_told_once_each(self):
        order = self._make()
        self._tell("2026-03-02 10:14:00")
        self.assertFalse(self._get_late_activities(order))
        self._tell("2026-03-02 10:16:00")
        activity = self._get_late_activities(order)
        self.assertEqual(activity.user_id, self.clerk)
        self.assertIn(order.name, activity.summary)
        self._tell("2026-03-02 11:14:00")
        self.assertEqual(len(self._get_late_activities(order)), 1)
        self._tell("2026-03-02 11:16:00")
        self.assertEqual(
            set(self._get_late_activities(order).user_id), {self.clerk, self.leader}
        )
        self._tell("2026-03-02 15:00:00")
        self.assertEqual(len(self._get_late_activities(order)), 2)
        events = order.event_ids.filtered(lambda event: event.kind == "late")
        self.assertEqual(events.mapped("to_state"), ["review", "review"])
        # the next step is a new matter
        with freeze_time("2026-03-02 15:30:00"):
            order.action_confirm()
        self._tell("2026-03-02 15:31:00")
        self.assertFalse(self._get_late_activities(order))
        self._tell("2026-03-03 15:31:00")
        self.assertEqual(self._get_late_activities(order).user_id, self.clerk)

    def test_nobody_looks_after_it(self):
        self.channel.write({"user_id": False, "team_id": False})
        order = self._make()
        order.write({"user_id": False, "team_id": False})
        self._tell("2026-03-02 10:16:00")
        user = self._get_late_activities(order).user_id
        self.assertTrue(user.has_group("order_management.group_manager"))

    def test_cron(self):
        order = self._make()
        with self.enter_registry_test_mode():
            self.env.ref(
                "order_management.ir_cron_escalate_late"
            ).method_direct_trigger()
        self.assertTrue(self._get_late_activities(order))

    def test_number_of_queries(self):
        """Deadlines of 40 orders cost what those of 2 cost."""
        orders = self._import(
            *(self._prepare_order(f"Q{number}") for number in range(40))
        ).sale_order_id
        # reading ahead does not go by the rows, which are forgotten below
        orders = orders.browse(orders.ids)
        names = ("sla_step", "sla_since", "sla_deadline", "sla_soon_at")

        def work(some):
            self.env.flush_all()
            self.env.invalidate_all()
            for name in names:
                self.env.add_to_compute(some._fields[name], some)
            some.mapped("sla_deadline")
            some.mapped("sla_why")
            self.env.flush_all()

        few = fewest_statements(self.env.cr, lambda _number: work(orders[:2]))
        many = fewest_statements(self.env.cr, lambda _number: work(orders))
        self.assertLessEqual(many.total(), few.total(), many.describe(few))

    def test_late_first(self):
        first = self._make("A1", "2026-03-02 09:00:00")
        second = self._make("A2", "2026-03-02 08:00:00")
        action = self.env.ref("order_management.sale_order_action_late")
        self.assertEqual(action.path, "late-orders")
        found = self.env["sale.order"].search(
            [("sla_deadline", "!=", False), ("id", "in", (first | second).ids)],
            order="sla_deadline, id",
        )
        self.assertEqual(found.ids, [second.id, first.id])

    def test_soon_is_shorter_for_short_steps(self):
        order = self._make()
        self.assertEqual(order.sla_deadline - order.sla_soon_at, timedelta(minutes=5))
        with freeze_time(NOW):
            order.action_confirm()
        self.assertEqual(order.sla_deadline - order.sla_soon_at, timedelta(hours=1))

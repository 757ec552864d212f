# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import OrderManagementCommon


@tagged("post_install", "-at_install")
class TestOrderEvent(OrderManagementCommon):
    """Invariant 9: history is append-only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(sale_channel_id=cls.channel.id)

    def _sql(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *args))

    def test_one_event_a_record(self):
        """Events of a batch come in one insert, each with its own beginning."""
        orders = self.order | self._create_order()
        events = orders._log_event(
            "approval", {orders[0].id: "none", orders[1].id: "to_approve"}, "approved"
        )
        self.assertEqual(events.mapped("from_state"), ["none", "to_approve"])
        self.assertEqual(events.order_id, orders)
        self.assertEqual(events[0].channel_id, self.channel)
        self.assertEqual(events[0].res_name, self.order.display_name)
        self.assertEqual(self.order.event_count, 1)
        self.assertEqual(self.order.event_ids, events[0])
        self.assertEqual(
            self.env["order.event"].search(self.order.action_view_events()["domain"]),
            events[0],
        )

    def test_source(self):
        """It is known whether a person, the system or a channel acted."""
        clerk = self._create_user("clerk")
        event = self.order.with_user(clerk)._log_event("approval")
        self.assertEqual((event.source, event.user_id), ("user", clerk))
        event = self.order.with_user(clerk).sudo()._log_event("approval")
        self.assertEqual((event.source, event.user_id), ("user", clerk))
        self.assertEqual(self.order._log_event("approval").source, "system")
        order = self.order.with_context(order_management_source="channel")
        self.assertEqual(order._log_event("approval").source, "channel")
        order = self.order.with_context(order_management_source="nonsense")
        self.assertEqual(order._log_event("approval").source, "system")

    def test_python_refuses_changes(self):
        event = self.order._log_event("approval", reason="Because")
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            event.to_state = "approved"
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            event.reason = "Other words"
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            event.unlink()
        manager = self._create_user("manager")
        with self.assertRaises(UserError):
            event.with_user(manager).reason = False
        with self.assertRaisesRegex(UserError, "cannot be added by hand"):
            self.env["order.event"].with_user(manager).create(
                {"kind": "approval", "res_model": "sale.order", "res_id": 1}
            )

    def test_database_refuses_changes(self):
        """Invariant 9: not even a database client changes or deletes an event."""
        event = self.order._log_event("approval", reason="Because")
        table = SQL.identifier("order_event")
        for query in (
            SQL("UPDATE %s SET to_state = 'x' WHERE id = %s", table, event.id),
            SQL("UPDATE %s SET reason = 'x' WHERE id = %s", table, event.id),
            SQL("UPDATE %s SET user_id = 2, reason = NULL", table),
            SQL("DELETE FROM %s WHERE id = %s", table, event.id),
            SQL("TRUNCATE %s", table),
        ):
            with self.subTest(query=query.code), self.assertRefusedByDatabase():
                self.env.cr.execute(query)

    def test_words_may_be_blanked(self):
        """X-7: a privacy erase blanks words, never figures."""
        event = self.order._log_event("state", "a", "b", "Hoa called")
        event._erase_reason()
        self.env.invalidate_all()
        self.assertFalse(event.reason)
        self.assertEqual((event.from_state, event.to_state), ("a", "b"))

    def test_archive_job_may_delete(self):
        event = self.order._log_event("approval")
        self._sql("SET LOCAL order_management.archive = 'on'")
        self._sql("DELETE FROM order_event WHERE id = %s", event.id)
        self._sql("SET LOCAL order_management.archive = 'off'")
        self.assertFalse(event.exists())

    def test_history_outlives_the_order(self):
        event = self.order._log_event("approval")
        order_id = self.order.id
        self.order.unlink()
        self.env.invalidate_all()
        self.assertFalse(event.order_id)
        self.assertEqual(event.res_id, order_id)
        self.assertFalse(event.res_name)
        with self.assertRaisesRegex(UserError, "has been deleted"):
            event.action_open_record()

    def test_open_record(self):
        action = self.order._log_event("approval").action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("sale.order", self.order.id)
        )

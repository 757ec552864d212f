# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-18: customers hear what happened, once, in their language."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MockEmail

from .import_common import ImportCommon
from .track_common import TrackCase


@tagged("post_install", "-at_install")
class TestTrackMessages(TrackCase, MockEmail):
    def _send(self):
        """What the cron and Odoo's mail queue do, of this company's messages: demo
        data has some to send as well."""
        messages = self.env["order.message"]
        ours = ("company_id", "=", self.company.id)
        due = messages.search([*messages._get_due_domain(), ours])
        due._send()
        with self.mock_mail_gateway():
            due.mail_id.send()
        return due

    def test_confirmed_shipped_cancelled(self):
        order = self._make_order()
        self.assertEqual(self._get_messages(order).event, "received")
        picking = self._deliver(order, 4)
        shipped = self._get_messages(order, "shipped")
        self.assertEqual(shipped.key, picking.name)
        self._deliver(order)
        self.assertEqual(len(self._get_messages(order, "shipped")), 2, "a parcel each")
        other = self._make_order()
        other._action_cancel()
        self.assertEqual(len(self._get_messages(other, "cancelled")), 1)

    def test_quotation_is_silent(self):
        order = self._make_order(confirm=False)
        order._action_cancel()
        self.assertFalse(self._get_messages(order))

    def test_accepted_and_held_is_received(self):
        self.env["exception.rule"].search([("is_review", "=", True)]).active = False
        self.company.review_orders = True
        self.env["exception.rule"].create(
            {
                "name": "Everything",
                "is_review": True,
                "model": "sale.order",
                "exception_type": "by_domain",
                "domain": "[]",
            }
        )
        order = self._make_order(confirm=False)
        order._validate_order()
        self.assertEqual((order.state, order.review_state), ("draft", "held"))
        self.assertEqual(self._get_messages(order).event, "received")

    def _hold(self, **values):
        """An order that the review holds."""
        self.env["exception.rule"].search([("is_review", "=", True)]).active = False
        self.company.review_orders = True
        rule = self.env["exception.rule"].create(
            {
                "name": "Everything",
                "is_review": True,
                "model": "sale.order",
                "exception_type": "by_domain",
                "domain": "[]",
                **values,
            }
        )
        order = self._make_order(confirm=False)
        order._validate_order()
        self.assertEqual(order.review_state, "held")
        return rule, order

    def test_held_is_told_once_after_its_time(self):
        rule, order = self._hold()
        later = fields.Datetime.now() + timedelta(minutes=61)
        with freeze_time(later):
            self._run("ir_cron_tell_held")
            self.assertFalse(self._get_messages(order, "on_hold"), "not wished for")
        self.company.has_hold_messages = True
        self.company.hold_messages_since = order.review_hold_ids.held_at
        self._run("ir_cron_tell_held")
        self.assertFalse(self._get_messages(order, "on_hold"), "it may be released yet")
        rule.tells_customer = False
        with freeze_time(later):
            self._run("ir_cron_tell_held")
            self.assertFalse(self._get_messages(order, "on_hold"), "not to be known")
            rule.tells_customer = True
            for _time in range(2):
                self._run("ir_cron_tell_held")
            self.assertEqual(len(self._get_messages(order, "on_hold")), 1)

    def test_released_in_time_is_never_told(self):
        _rule, order = self._hold()
        self.company.has_hold_messages = True
        self.company.hold_messages_since = order.review_hold_ids.held_at
        order.review_hold_ids.action_release("Checked")
        with freeze_time(fields.Datetime.now() + timedelta(hours=3)):
            self._run("ir_cron_tell_held")
        self.assertFalse(self._get_messages(order, "on_hold"))

    def test_once(self):
        order = self._make_order()
        for _time in range(3):
            order._tell_customer("delayed", "2030-01-05")
        order._tell_customer("delayed", "2030-01-09")
        self.assertEqual(len(self._get_messages(order, "delayed")), 2)
        for _time in range(2):
            order._tell_customer("on_hold")
        self.assertEqual(len(self._get_messages(order, "on_hold")), 1)

    def test_off(self):
        self.company.has_customer_messages = False
        order = self._make_order()
        self._deliver(order)
        self.assertFalse(self._get_messages(order))

    def test_history_tests_and_older_orders_are_silent(self):
        order = self._make_order(confirm=False)
        order.is_channel_history = True
        order._tell_customer("received")
        order.is_channel_history = False
        order.is_channel_test = True
        order._tell_customer("received")
        order.is_channel_test = False
        order.date_order = fields.Datetime.now() - timedelta(days=30)
        order._tell_customer("received")
        self.assertFalse(self._get_messages(order))

    def test_switching_on_notes_when(self):
        company = self.env["res.company"].create(
            {"name": "Later", "logo": False, "has_customer_messages": True}
        )
        self.assertTrue(company.customer_messages_since)
        since = self.company.customer_messages_since
        self.company.has_customer_messages = True
        self.assertEqual(self.company.customer_messages_since, since, "on already")

    def test_channels(self):
        self.channel.channel_type = "api"
        self.assertEqual(self.channel.customer_messages, "channel")
        order = self._make_order(sale_channel_id=self.channel.id)
        self.assertFalse(self._get_messages(order))
        self.channel.message_rule_ids = [Command.create({"event": "shipped"})]
        self._deliver(order)
        self.assertEqual(self._get_messages(order).event, "shipped")
        self.channel.channel_type = "manual"
        self.channel.message_rule_ids = [
            Command.create({"event": "received", "by_email": False})
        ]
        other = self._make_order(sale_channel_id=self.channel.id)
        self.assertFalse(self._get_messages(other))

    def test_addresses(self):
        neighbour = self.env["res.company"].create({"name": "Nb", "logo": False})
        order = self._make_order(confirm=False)
        self.partner.company_id = neighbour
        order._tell_customer("received")
        [message] = self._get_messages(order)
        self.assertEqual(message.state, "skipped")
        self.assertIn("another company", message.error)
        self.partner.write({"company_id": False, "email": "no address"})
        order._tell_customer("shipped")
        self.assertIn("e-mail", self._get_messages(order, "shipped").error)
        self.partner.email = "an@buyer.example"
        message.action_send_again()
        self.assertEqual(message.state, "to_send")

    def test_mail(self):
        order = self._make_order()
        with self.mock_mail_gateway():
            messages = self.env["order.message"]
            due = messages.search([("order_id", "=", order.id)])
            due._send()
            mail = due.mail_id
            self.assertIn(order.name, mail.subject)
            self.assertIn("/order/track/", mail.body_html)
            self.assertEqual(mail.recipient_ids, self.partner)
            self.assertIn("shop@hub.example", mail.email_from)
            mail.send()
        self.assertEqual((due.state, bool(due.sent_at)), ("sent", True))
        with self.assertRaises(UserError):
            due.action_send_again()
        self.assertFalse(self._send(), "it is not sent twice")

    def test_every_template_renders(self):
        order = self._make_order()
        self._deliver(order)
        request = order._request("return", quantities={order.order_line.id: 1})
        messages = self.env["order.message"]
        events = [event for event, _label in messages._fields["event"].selection]
        for event in events:
            order._tell_customer(
                event,
                {"shipped": order.picking_ids.name, "request_answered": request.id}.get(
                    event
                ),
            )
        request.sudo().answer = "Of <course>"
        order.customer_message_ids._send()
        for message in order.customer_message_ids:
            self.assertTrue(message.mail_id, f"{message.event}: {message.error}")
            self.assertIn("/order/track/", message.mail_id.body_html)
        answered = self._get_messages(order, "request_answered").mail_id
        self.assertIn("Of &lt;course&gt;", answered.body_html)

    def test_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        template = self.env.ref("order_management.mail_template_received")
        template.with_context(lang="vi_VN").subject = "Đã nhận"
        self.partner.lang = "vi_VN"
        order = self._make_order()
        message = self._get_messages(order)
        message._send()
        self.assertEqual(message.mail_id.subject, "Đã nhận")

    def test_one_that_fails_stops_no_other(self):
        good, bad = self._make_order(), self._make_order()
        failing = self._get_messages(bad)
        send = type(failing)._send_by_email

        def fail(this, messages, template):
            if failing in messages:
                raise UserError(self.env._("No such mailbox"))
            return send(this, messages, template)

        with patch.object(type(failing), "_send_by_email", fail):
            (good | bad).customer_message_ids._send()
        self.assertTrue(self._get_messages(good).mail_id)
        self.assertEqual((failing.state, failing.attempt_count), ("failed", 1))
        self.assertIn("mailbox", failing.error)
        self.assertGreater(failing.next_at, fields.Datetime.now())
        self.assertNotIn(failing, failing.search(failing._get_due_domain()))

    def test_mail_server_that_is_down(self):
        order = self._make_order()
        message = self._get_messages(order)
        for attempt in range(1, 5):
            message._send()
            message.mail_id._postprocess_sent_message(
                [], [], failure_reason="Down", failure_type="mail_smtp"
            )
            self.assertEqual((message.state, message.error), ("failed", "Down"))
            self.assertEqual(message.attempt_count, attempt)
        self.assertFalse(message.next_at, "now it waits for somebody")
        self._as(message, "clerk").action_send_again()
        self.assertEqual((message.state, message.attempt_count), ("to_send", 0))

    def _run(self, cron):
        with self.enter_registry_test_mode():
            self.env.ref(f"order_management.{cron}").method_direct_trigger()
        self.env.invalidate_all()

    def test_late(self):
        order = self._make_order()
        soon = fields.Datetime.now() + timedelta(days=2)
        order.commitment_date = soon

        def tell():
            self._run("ir_cron_tell_late")

        domain = order._get_late_domain(self.company)
        self.assertNotIn(order, order.search(domain), "it is not even looked at")
        tell()
        self.assertFalse(self._get_messages(order, "delayed"))
        order.commitment_date = fields.Datetime.now() - timedelta(days=3)
        tell()
        tell()
        self.assertEqual(len(self._get_messages(order, "delayed")), 1)
        order.commitment_date = fields.Datetime.now() - timedelta(days=2)
        tell()
        self.assertEqual(len(self._get_messages(order, "delayed")), 2, "a new date")
        self._deliver(order)
        order.commitment_date = fields.Datetime.now() - timedelta(days=4)
        tell()
        self.assertEqual(len(self._get_messages(order, "delayed")), 2)

    def test_late_after_it_was_put_off(self):
        """That the new day passed, too, is news; no past day is told as expected."""
        order = self._make_order()
        day = fields.Datetime.now() + timedelta(days=2)
        order.commitment_date = day
        self.assertTrue(order._get_tracking_expected(order._get_parcels()))
        order._tell_customer("delayed", f"{day:%Y-%m-%d}")
        with freeze_time(day + timedelta(days=2)):
            self._run("ir_cron_tell_late")
            messages = self._get_messages(order, "delayed")
            self.assertEqual(len(messages), 2)
            self.assertFalse(messages[0]._get_expected())
            self.assertFalse(order._get_parcels()[0]["due"])

    def test_rights(self):
        order = self._make_order()
        message = self._get_messages(order)
        self.assertEqual(self._as(message, "clerk").event, "received")
        with self.assertRaises(AccessError):
            self._as(message, "clerk").write({"state": "sent"})
        with self.assertRaises(AccessError):
            self._as(message, "storekeeper").read(["event"])
        picking = self._as(order.picking_ids, "storekeeper")
        self._ship(picking)
        self.assertTrue(self._get_messages(order, "shipped"))

    def test_queries_do_not_grow(self):
        def count(number):
            orders = self.env["sale.order"].concat(
                *(self._make_order(confirm=False) for _n in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            orders._tell_customer("received")
            self.assertEqual(len(orders.customer_message_ids), number)
            return self.env.cr.sql_log_count - start

        count(1)
        few = count(2)
        self.assertLessEqual(count(25), few + 1)


@tagged("post_install", "-at_install")
class TestTrackImport(ImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.has_customer_messages = True
        cls.company.customer_messages_since = "2026-01-01"
        cls.channel.customer_messages = "hub"

    def _events(self, row):
        return row.sale_order_id.customer_message_ids.mapped("event")

    def test_imported_orders_are_received(self):
        row = self._import(self._prepare_order("A1"))
        self.assertEqual(self._events(row), ["received"])

    def test_history_is_silent(self):
        self.channel.shipped_policy = "history"
        row = self._import(self._prepare_order("A2", status="delivered"))
        self.assertTrue(row.sale_order_id.is_channel_history)
        self.assertEqual(self._events(row), [])

    def test_oversold_is_held(self):
        """SS-6: what oversold reserves nothing, until somebody has decided."""
        self.company.has_shortages = True
        self.channel.write(
            {"auto_submit": True, "auto_confirm": True, "holds_oversold": True}
        )
        self._add_stock(3, self.lamp)
        first = self._import(self._prepare_order("B1")).sale_order_id
        held = self._import(self._prepare_order("B2")).sale_order_id
        self.assertEqual((first.state, held.state), ("sale", "draft"))
        self.assertFalse(held.picking_ids)
        shortage = held.shortage_ids
        self.assertEqual(shortage.missing_qty, 1)
        self.assertEqual(shortage.product_id, self.lamp)
        self.assertFalse(first.shortage_ids)
        shortage._answer("wait")
        self.assertEqual(held.state, "sale")
        again = self._import(self._prepare_order("B3")).sale_order_id
        self.assertEqual(again.state, "draft")
        self._add_stock(20, self.lamp)
        self.env["order.shortage"]._solve_over(self.company)
        self.assertEqual(again.state, "sale")
        self.assertEqual(set(again.shortage_ids.mapped("state")), {"solved"})

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-18: customers hear by text message, once, in their language, where wanted."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.order_management.tests.track_common import TrackCase
from odoo.addons.sms.tests.common import MockSMS


@tagged("post_install", "-at_install")
class TestOrderMessageSms(TrackCase, MockSMS):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner.write(
            {"phone": "0912 345 678", "country_id": cls.env.ref("base.vn").id}
        )

    def _want(self, event="received", **values):
        self.channel.message_rule_ids = [
            Command.create({"event": event, "by_sms": True, **values})
        ]

    def _order(self, **values):
        return self._make_order(sale_channel_id=self.channel.id, **values)

    def _get_sms(self, order):
        return order.customer_message_ids.filtered(lambda m: m.medium == "sms")

    def _send(self, **provider):
        messages = self.env["order.message"]
        # not those of demo data
        ours = ("company_id", "=", self.company.id)
        due = messages.search([*messages._get_due_domain(), ours])
        due._send()
        with self.mockSMSGateway(**provider):
            due.sms_id.send()
        return due

    def test_nothing_until_it_is_wanted(self):
        self.assertFalse(self._get_sms(self._order()))

    def test_once_with_the_link(self):
        self._want()
        order = self._order()
        message = self._get_sms(order)
        self.assertEqual(len(message), 1)
        order._tell_customer("received")
        self.assertEqual(self._get_sms(order), message, "at most once")
        self.assertEqual(len(order.customer_message_ids), 2, "beside the e-mail")
        message._send()
        self.assertEqual(message.sms_id.number, "+84912345678")
        self.assertIn(order.name, message.sms_id.body)
        self.assertIn("/order/track/", message.sms_id.body)
        messages = self.env["order.message"]
        self.assertNotIn(message, messages.search(messages._get_due_domain()))
        with self.mockSMSGateway():
            message.sms_id.send()
        self.assertEqual((message.state, bool(message.sent_at)), ("sent", True))

    def test_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        self.partner.lang = "vi_VN"
        template = self.env.ref("order_management.mail_template_received")
        template.with_context(lang="vi_VN").subject = "Đã nhận đơn"
        self._want()
        message = self._get_sms(self._order())
        message._send()
        self.assertTrue(message.sms_id.body.startswith("Đã nhận đơn http"))
        rule = self.channel.message_rule_ids
        rule.sms_text = "We have it"
        rule.with_context(lang="vi_VN").sms_text = "Shop đã nhận"
        message = self._get_sms(self._order())
        message._send()
        self.assertTrue(message.sms_id.body.startswith("Shop đã nhận http"))

    def test_who_cannot_be_reached(self):
        self._want()
        self.partner.phone = "12"
        message = self._get_sms(self._order())
        self.assertEqual(message.state, "skipped")
        self.assertIn("valid phone", message.error)
        self.partner.phone = "0912 345 678"
        message.action_send_again()
        message._send()
        self.assertTrue(message.sms_id)
        self.env["phone.blacklist"].add("+84912345678")
        message = self._get_sms(self._order())
        self.assertEqual(message.state, "skipped")

    def test_tried_again_and_given_up(self):
        self._want()
        message = self._get_sms(self._order())
        self._send(nbr_t_error={"+84912345678": "credit"})
        self.assertEqual((message.state, message.attempt_count), ("failed", 1))
        self.assertFalse(message.sms_id, "made anew, not beside the first")
        message.next_at = message.create_date
        self._send(nbr_t_error={"+84912345678": "wrong_number_format"})
        self.assertEqual(message.state, "skipped")
        other = self._get_sms(self._order())
        other._send()
        other.sms_id.action_set_canceled()
        self.assertEqual(other.state, "skipped")

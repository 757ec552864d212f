# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""X-6: whatever people type stays text, wherever others read it."""

from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..controllers import tracking
from ..tools.throttle import Throttle
from .track_common import TrackCase

_TAG = '<b id="evil">'
EVIL = f"{_TAG}5 < 6</b><script>alert(1)</script><img src=x onerror=alert(1)>"


@tagged("post_install", "-at_install")
class TestHostileTexts(TrackCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner.name = f"Buyer {EVIL}"
        cls.product.name = f"Bolt {EVIL}"
        cls.channel.name = f"Shop {EVIL}"
        cls.company.has_shortages = True
        carrier = cls.env["product.product"].create({"name": "Post", "type": "service"})
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": f"Post {EVIL}",
                "product_id": carrier.id,
                "tracking_url": "https://track.example.com/<shipmenttrackingnumber>",
            }
        )
        cls.reason = cls.env.ref("order_management.channel_return_reason_mind")

    def setUp(self):
        super().setUp()
        for name in ("_bad_links", "_forms"):
            patcher = patch.object(tracking, name, Throttle(200, 60))
            patcher.start()
            self.addCleanup(patcher.stop)

    def assertText(self, html, where):
        """Nobody's markup, and the text is there."""
        html = str(html or "")
        for tag in ("<b id=", "<script>alert", "<img src=x"):
            self.assertNotIn(tag, html, where)

    def _assert_quiet(self, records):
        """What people read about these records in lists of messages and tasks."""
        for record in records:
            for message in record.sudo().message_ids:
                self.assertText(message.body, f"{record}: message")
            for activity in record.sudo().activity_ids:
                self.assertText(activity.note, f"{record}: {activity.summary}")

    def _assert_mails(self, order):
        messages = order.customer_message_ids.filtered(lambda m: not m.mail_id)
        messages._send()
        for message in messages:
            mail = message.mail_id
            self.assertTrue(mail, message.error)
            self.assertText(mail.body_html, message.event)
            self.assertIn("&lt;b id=", mail.body_html, message.event)

    def _see_page(self, order):
        self.env.flush_all()
        page = self.url_open(f"/order/track/{order._get_tracking_token()}")
        self.assertEqual(page.status_code, 200)
        self.assertText(page.text, "page")
        self.assertIn("&lt;b id=", page.text)
        return page.text

    def _order(self, **values):
        return self._make_order(
            sale_channel_id=self.channel.id, carrier_id=self.carrier.id, **values
        )

    def test_from_the_shop_to_the_refund(self):
        order = self._order(client_order_ref=EVIL)
        request = order._request_of_parts("change", EVIL)
        request.answer = EVIL
        request.action_refuse()
        picking = order.picking_ids
        picking.carrier_tracking_ref = 'T1"><b id="evil">'
        self._deliver(order)
        for state in ("failed", "delivered"):
            picking._record_by_hand(state, fields.Datetime.now(), EVIL, EVIL)
        wish = order._request_of_parts(
            "return",
            EVIL,
            {order.order_line.id: 2},
            reason_id=self.reason.id,
        )
        record = wish.return_id
        self.assertTrue(record)
        record.decision_note = EVIL
        record.action_refuse()
        again = order._request_of_parts(
            "return", EVIL, {order.order_line.id: 2}, reason_id=self.reason.id
        ).return_id
        again.action_approve()
        again.action_receive()
        self._see_page(order)
        self._assert_mails(order)
        self._assert_quiet(order | wish.order_id)
        self._assert_quiet(picking)
        for one in (request | wish, record | again):
            self._assert_quiet(one)

    def test_cancelled(self):
        order = self._order()
        request = order._request_of_parts("cancel", EVIL)
        self.assertTrue(request.activity_ids)
        self._assert_quiet(request)
        request.answer = EVIL
        request.action_accept()
        self._see_page(order)
        self._assert_mails(order)
        self._assert_quiet(order | request.order_id)

    def test_reasons_of_ours(self):
        """Reasons that reviewers and warehouses write."""
        self.company.approval_mode = "explicit"
        order = self._order(confirm=False)
        self._as(order, "clerk").action_submit()
        self._as(order, "reviewer").action_refuse(EVIL)
        other = self._order(confirm=False)
        self._as(other, "clerk").action_submit()
        self._as(other.order_line, "reviewer").write(
            {"approved_qty": 4, "cut_reason": EVIL}
        )
        self._as(other, "reviewer").action_approve()
        other.action_confirm()
        self._deliver(other, 2)
        self._as(other, "reviewer").action_short_close(EVIL)
        self._see_page(other)
        self._assert_quiet(order | other)
        self._assert_quiet(other.picking_ids)

    def test_shortage(self):
        goods = self._make_product(f"Rare {EVIL}", 0)
        order = self._order_of((goods, 3), sale_channel_id=self.channel.id)
        self.assertTrue(order.shortage_ids)
        self._see_page(order)
        self._assert_mails(order)
        self._assert_quiet(order | order.shortage_ids.order_id)
        self._assert_quiet(order.shortage_ids)

    def test_paper(self):
        """What is printed of parcels."""
        order = self._order()
        picking = self._deliver(order)
        reports = self.env["ir.actions.report"]
        for name in (
            "action_report_parcel_slip",
            "commercial_invoice_report",
            "pick_list_report",
        ):
            html, _kind = reports._render_qweb_html(
                f"order_management.{name}", picking.ids
            )
            self.assertText(html.decode(), name)
            self.assertIn("&lt;b id=", html.decode(), name)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-18: to its customer an order that was split is one order."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..controllers import tracking
from ..tools.throttle import Throttle
from .track_common import PHOTO, TrackCase


@tagged("post_install", "-at_install")
class TestTrackParts(TrackCase, HttpCase):
    def setUp(self):
        super().setUp()
        for name in ("_bad_links", "_forms"):
            patcher = patch.object(tracking, name, Throttle(200, 60))
            patcher.start()
            self.addCleanup(patcher.stop)

    def _split_order(self):
        """An order and the part that was taken out of it."""
        lamp, table = self._make_product("Lamp"), self._make_product("Table")
        order = self._order_of((lamp, 4), (table, 2))
        line = order.order_line.filtered(lambda ln: ln.product_id == table)
        part = order._split([{line: 2}], "test")
        return order, part

    def _open(self, order, tail="", **kwargs):
        url = f"/order/track/{order._get_tracking_token()}{tail}"
        self.env.flush_all()
        return self.url_open(url, **kwargs)

    def test_each_link_shows_all_parts(self):
        order, part = self._split_order()
        self._deliver(part)
        for one in order | part:
            page = self._open(one)
            self.assertEqual(page.text.count("data-parcel="), 2)
            self.assertIn("Lamp", page.text)
            self.assertIn("Table", page.text)
            self.assertIn(f"Order {order.name}", page.text.replace("\n", " "))
            self.assertNotIn(part.name, page.text)
            slip = self._open(one, f"/slip/{part.picking_ids.id}")
            self.assertEqual(slip.status_code, 200)
        steps = {s["name"]: s["state"] for s in part._get_tracking_values()["steps"]}
        self.assertEqual(steps["shipped"], "todo", "a part of it is here still")

    def test_another_customers_part_stays_hidden(self):
        order, part = self._split_order()
        for one in order | part:
            self._deliver(one)
        part.partner_id = self.env["res.partner"].create({"name": "Somebody Else"})
        self.assertEqual(order._get_tracking_parts(), order)
        self.assertEqual(part._get_tracking_parts(), part)
        self.assertNotIn("Table", self._open(order).text)
        with self.assertRaisesRegex(UserError, "not part of this order"):
            order._request_of_parts("return", quantities={part.order_line.id: 1})

    def test_return_goes_to_its_part(self):
        order, part = self._split_order()
        for one in order | part:
            self._deliver(one)
        lines = (order | part).order_line
        order._request_of_parts("return", quantities={line.id: 1 for line in lines})
        for one in order | part:
            returned = one.customer_request_ids.return_id.line_ids
            self.assertEqual(returned.sale_line_id, one.order_line)

    def test_cancelled_part_by_part(self):
        order, part = self._split_order()
        part._action_cancel()
        [message] = self._get_messages(part)
        self.assertEqual(message.event, "cancelled_part")
        self.assertFalse(self._get_messages(order, "cancelled"))
        message._send()
        mail = message.mail_id
        self.assertIn("Table", mail.body_html)
        self.assertNotIn("Lamp", mail.body_html)
        self.assertIn(order.name, mail.subject)
        self.assertNotIn("Table", self._open(order).text)
        self.assertIn("Lamp", self._open(part).text, "what still comes")
        order._action_cancel()
        self.assertEqual(len(self._get_messages(order, "cancelled")), 1)
        self.assertFalse(self._get_messages(part, "cancelled"))
        self.assertIn("was cancelled", self._open(part).text)

    def test_cancelled_at_once(self):
        order, part = self._split_order()
        (order | part)._action_cancel()
        self.assertEqual(len(self._get_messages(order, "cancelled")), 1)
        self.assertFalse(self._get_messages(part))

    def test_photo_is_asked_for_and_the_rest_kept(self):
        self.env["channel.return.policy"].create(
            {
                "name": "Terms",
                "company_id": self.company.id,
                "needs_reason": False,
                "needs_photo": True,
            }
        )
        order = self._make_order()
        self._deliver(order)
        line = order.order_line
        self.assertIn('data-photo="needed"', self._open(order).text)
        wish = {"kind": "return", "text": "Broken glass", f"qty_{line.id}": "2"}
        for tail in ("/request", "/return"):
            page = self._open(order, tail, data=wish)
            self.assertEqual(page.status_code, 422)
        self.assertIn("Add a photo", page.text)
        self.assertIn("Broken glass", page.text)
        self.assertIn('value="2"', page.text)
        self.assertFalse(order.customer_request_ids)
        photos = {"photos": ("broken.png", PHOTO, "image/png")}
        page = self._open(order, "/return", data=wish, files=photos)
        self.assertEqual(page.status_code, 200)
        order.invalidate_recordset()
        self.assertEqual(len(order.customer_request_ids.return_id.photo_ids), 1)

    def test_settings_open_at_the_hub(self):
        action = self.env.ref("order_management.res_config_settings_action")
        self.assertIn("'module': 'order_management'", action.context.replace('"', "'"))
        arch = self.env["res.config.settings"].get_view(view_type="form")["arch"]
        self.assertIn('name="order_management"', arch)

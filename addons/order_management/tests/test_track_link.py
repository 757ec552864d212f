# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-18: what the signed link opens, and what it shows."""

import base64
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import hash_sign

from .track_common import TrackCase


@tagged("post_install", "-at_install")
class TestTrackLink(TrackCase):
    def _find(self, token):
        return self.env["sale.order"]._find_by_tracking_token(token)

    def test_link_opens_its_order_alone(self):
        order, other = self._make_order(), self._make_order()
        self.assertEqual(self._find(order._get_tracking_token()), order)
        self.assertEqual(self._find(other._get_tracking_token()), other)
        self.assertIn("/order/track/", order._get_tracking_url())

    def test_tampered_links_open_nothing(self):
        order, other = self._make_order(), self._make_order()
        token = order._get_tracking_token()
        raw = base64.urlsafe_b64decode(token + "===")
        mine, theirs = f"[{order.id}".encode(), f"[{other.id}".encode()
        forged = base64.urlsafe_b64encode(raw.replace(mine, theirs)).decode()
        later = bytearray(raw)
        later[6] ^= 1  # the end of its life
        longer = base64.urlsafe_b64encode(bytes(later)).decode()
        for wrong in (
            "",
            "x",
            "é" * 20,
            "\ud800",
            token[:-4],
            token + "A" * 400,
            forged.rstrip("="),
            longer.rstrip("="),
            str(order.id),
            order.access_token or "none",
        ):
            self.assertFalse(self._find(wrong), wrong[:40])

    def test_signature_for_something_else_opens_nothing(self):
        order = self._make_order()
        env = self.env["sale.order"].sudo().env
        for scope in ("order_management.other", "sale.order"):
            self.assertFalse(self._find(hash_sign(env, scope, [order.id, ""])))

    def test_revoked(self):
        order = self._make_order()
        token = order._get_tracking_token()
        self._as(order, "clerk").action_revoke_tracking()
        self.assertFalse(self._find(token))
        self.assertEqual(self._find(order._get_tracking_token()), order)

    def test_ends_after_the_last_delivery(self):
        order = self._make_order()
        token = order._get_tracking_token()
        self._deliver(order)
        self.assertTrue(self._find(token))
        order.picking_ids.date_done = fields.Datetime.now() - timedelta(days=91)
        self.assertFalse(self._find(token))
        self.company.tracking_days = 120
        self.assertTrue(self._find(token))

    def test_ends_in_any_case(self):
        order = self._make_order()
        token = order._get_tracking_token()
        with freeze_time(fields.Datetime.now() + timedelta(days=366)):
            self.assertFalse(self._find(token))

    def test_test_order_is_nobodys(self):
        order = self._make_order(confirm=False)
        order.is_channel_test = True
        self.assertFalse(self._find(order._get_tracking_token()))


@tagged("post_install", "-at_install")
class TestTrackValues(TrackCase):
    def _steps(self, order):
        values = order._get_tracking_values()
        return {step["name"]: step["state"] for step in values["steps"]}

    def test_timeline(self):
        order = self._make_order(confirm=False)
        self.assertEqual(self._steps(order)["received"], "done")
        self.assertEqual(self._steps(order)["approved"], "current")
        order.action_confirm()
        self.assertEqual(self._steps(order)["approved"], "done")
        self.assertEqual(self._steps(order)["packed"], "current")
        self._deliver(order, 4)
        steps = self._steps(order)
        self.assertNotEqual(steps["shipped"], "done", "a part of it waits")
        self._deliver(order)
        self.assertEqual(self._steps(order)["shipped"], "done")

    def test_parcels(self):
        order = self._make_order()
        first = self._deliver(order, 4)
        first.carrier_id = self.env["delivery.carrier"].create(
            {
                "name": "Nhanh",
                "product_id": self.env["product.product"]
                .create({"name": "Freight", "type": "service"})
                .id,
                "tracking_url": "https://carrier.example/<shipmenttrackingnumber>",
            }
        )
        first.carrier_tracking_ref = "VN1"
        shipped, rest = order._get_tracking_values()["parcels"]
        self.assertEqual(shipped["links"], [("VN1", "https://carrier.example/VN1")])
        self.assertEqual(shipped["state"], "shipped")
        self.assertEqual(shipped["lines"][0][0], "Bolt")
        self.assertTrue(shipped["lines"][0][1].startswith("4 "))
        self.assertEqual(rest["state"], "preparing")
        first.carrier_id.tracking_url = "javascript:alert(1)//"
        first.invalidate_recordset(["carrier_tracking_url"])
        shipped = order._get_tracking_values()["parcels"][0]
        self.assertEqual(shipped["links"], [("VN1", None)])

    def test_goods_that_come_back_are_no_parcel(self):
        order = self._make_order()
        self._return(self._deliver(order), 2)
        self.assertEqual(len(order._get_tracking_values()["parcels"]), 1)

    def test_nothing_private(self):
        order = self._make_order()
        order.order_line.price_unit = 7654.21
        text = str(order._get_tracking_values())
        for secret in ("Nguyễn Huệ", "0912345678", "buyer.example", "7654", "7,654"):
            self.assertNotIn(secret, text)
        self.assertIn("Huế", text)

    def test_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        self.product.with_context(lang="vi_VN").name = "Bu lông"
        values = self._make_order().with_context(lang="vi_VN")._get_tracking_values()
        self.assertEqual(values["items"][0]["name"], "Bu lông")

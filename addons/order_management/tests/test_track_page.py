# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-18: the customer follows an order with a signed link, and asks for things."""

import base64
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import hash_sign, mute_logger

from ..controllers import tracking
from ..tools.throttle import Throttle
from .statements import collect_statements
from .track_common import PHOTO, TrackCase


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


@tagged("post_install", "-at_install")
class TestTrackRequest(TrackCase):
    def assertAsked(self, order, kind, **values):
        request = order._request(kind, **values)
        self.assertEqual(request.order_id, order)
        return request

    def test_change(self):
        order = self._make_order()
        request = self.assertAsked(order, "change", text=" Ring twice\x00 ")
        self.assertEqual((request.state, request.text), ("new", "Ring twice"))
        self.assertEqual(request.activity_ids.user_id, order._get_request_user())
        request = self._as(request, "clerk")
        request.answer = "We will"
        request.action_accept()
        self.assertFalse(request.activity_ids)
        self.assertEqual(len(self._get_messages(order, "request_answered")), 1)
        self.assertEqual(
            order._get_tracking_values()["requests"][0]["answer"], "We will"
        )
        request.action_done()
        self.assertEqual(request.state, "done")
        self.assertEqual(len(self._get_messages(order, "request_answered")), 1)

    def test_accepted_and_refused_after_all(self):
        order = self._make_order()
        request = self._as(self.assertAsked(order, "change", text="Blue"), "clerk")
        request.action_accept()
        request.answer = "Blue is sold out"
        request.action_refuse()
        messages = self._get_messages(order, "request_answered")
        self.assertEqual(len(messages), 2)
        for message in messages:
            self.assertEqual(message._get_answer().id, request.id)

    def test_words_are_needed_to_change_and_to_refuse(self):
        order = self._make_order()
        with self.assertRefused("change", error=UserError):
            order._request("change", text="  ")
        request = self.assertAsked(order, "cancel")
        with self.assertRefused("answer"):
            self._as(request, "clerk").action_refuse()
        request.answer = "It has left"
        self._as(request, "clerk").action_refuse()
        self.assertEqual(request.state, "refused")

    def test_sent_twice_is_asked_once(self):
        order = self._make_order()
        nonce = "a" * 32
        first = order._request("change", "Ring", nonce=nonce)
        again = order._request("change", "Ring", nonce=nonce)
        self.assertEqual(first, again)
        self.assertEqual(len(order.customer_request_ids), 1)

    def test_limits(self):
        order = self._make_order()
        with self.assertRefused("2000"):
            order._request("change", "x" * 2001)
        for number in range(3):
            order._request("change", f"Wish {number}")
        with self.assertRefused("earlier"):
            order._request("change", "One more")
        order.customer_request_ids.sudo()._transition("done")
        self.assertAsked(order, "change", text="One more")

    def test_lines_of_others_and_bad_quantities(self):
        order, other = self._make_order(), self._make_order()
        self._deliver(order)
        for quantities in (
            {other.order_line.id: 1},
            {-5: 1},
            {order.order_line.id: -1},
            {order.order_line.id: 11},
            {order.order_line.id: float("nan")},
            {order.order_line.id: float("inf")},
            {},
        ):
            with self.assertRefused():
                order._request("return", quantities=quantities)
        self.assertFalse(order.customer_request_ids)

    def test_return(self):
        order = self._make_order()
        with self.assertRefused("not possible"):
            order._request("return", quantities={order.order_line.id: 1})
        self._deliver(order, 6)
        request = order._request("return", quantities={order.order_line.id: 2})
        self.assertEqual(request.line_ids.quantity, 2)

    def test_return_with_the_reason_that_its_policy_wants(self):
        order = self._make_order()
        self._deliver(order)
        self.env["channel.return.policy"].create(
            {"name": "With a reason", "company_id": self.company.id}
        )
        quantities = {order.order_line.id: 4}
        for reason in (None, "", "-1", "9" * 40, "x"):
            with self.assertRefused("choose a reason"):
                order._request("return", quantities=quantities, reason_id=reason)
        [reason, *_others] = order._get_tracking_values()["reasons"]
        request = order._request(
            "return", quantities=quantities, reason_id=str(reason["id"])
        )
        self.assertEqual(request.return_id.line_ids.reason_id.id, reason["id"])
        most = [line["most"] for line in order._get_tracking_returnable()]
        self.assertEqual(most, [6], "four of ten are on their way")
        with self.assertRefused("at most 6"):
            order._request("return", quantities={order.order_line.id: 7})

    def test_what_came_back_is_not_open_again(self):
        order = self._make_order()
        delivery = self._deliver(order)
        wizard = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        wizard.product_return_moves.quantity = 4
        back = wizard._create_return()
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 6)
        [item] = order._get_tracking_items()
        self.assertTrue(item["is_shipped"])
        self.assertFalse(item["expected"])
        self.assertEqual(order._get_allowed_requests(), ["return"])

    def test_unknown_kind(self):
        order = self._make_order()
        for kind in (None, "", "delete", "<b>"):
            with self.assertRefused("not possible"):
                order._request(kind, "x")

    def test_return_of_which_the_policy_wants_a_photo(self):
        """Without one it is refused, and nothing is kept."""
        policy = self.env["channel.return.policy"].create(
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
        self.assertTrue(order._get_tracking_returnable()[0]["needs_photo"])
        with self.assertRefused("Add a photo"):
            order._request("return", "Broken", quantities={line.id: 2})
        self.assertFalse(order.customer_request_ids)
        request = order._request(
            "return", "Broken", quantities={line.id: 2}, photos=[("a.png", PHOTO)]
        )
        self.assertEqual(request.state, "done")
        self.assertEqual(len(request.return_id.photo_ids), 1)
        policy.is_returnable = False
        with self.assertRefused("cannot be returned"):
            order._request("return", quantities={line.id: 1})

    def test_cancel_is_asked(self):
        order = self._make_order(sale_channel_id=self.channel.id)
        request = self.assertAsked(order, "cancel")
        self.assertEqual((order.state, request.state), ("sale", "new"))
        self._as(request, "clerk").action_accept()
        self.assertEqual((order.state, request.state), ("cancel", "done"))

    def test_cancel_is_allowed(self):
        self.channel.cancel_policy = "allow"
        order = self._make_order(sale_channel_id=self.channel.id)
        request = self.assertAsked(order, "cancel")
        self.assertEqual((order.state, request.state), ("cancel", "done"))
        self.assertEqual(len(self._get_messages(order, "cancelled")), 1)

    def test_cancel_of_what_is_paid(self):
        """Cancelled at once, and somebody of ours is told to give the money back."""
        self.channel.cancel_policy = "allow"
        self.product.write({"list_price": 10, "taxes_id": False})
        order = self._make_order(sale_channel_id=self.channel.id)
        order.user_id = False
        provider = self.env["payment.provider"].create(
            {"name": "Test", "company_id": self.company.id}
        )
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": 40,
                "currency_id": order.currency_id.id,
                "partner_id": self.partner.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "done",
            }
        )
        order.invalidate_recordset(["amount_paid"])
        visitor = self.env.ref("base.public_user")
        order.with_user(visitor).sudo()._request("cancel")
        self.assertEqual(order.state, "cancel")
        kind = self.env.ref("order_management.mail_activity_type_refund")
        activity = order.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        self.assertIn("40", activity.summary)
        self.assertFalse(activity.user_id.share)
        free = self._make_order(sale_channel_id=self.channel.id)
        free._request("cancel")
        self.assertNotIn(kind, free.activity_ids.activity_type_id)

    def test_cancel_of_what_is_picked_is_asked(self):
        self.channel.cancel_policy = "allow"
        order = self._make_order(sale_channel_id=self.channel.id)
        order.picking_ids.move_ids.picked = True
        request = self.assertAsked(order, "cancel")
        self.assertEqual((order.state, request.state), ("sale", "new"))
        self._deliver(order)
        with self.assertRefused("have left"):
            self._as(request, "clerk").action_accept()
        self.assertEqual((order.state, request.state), ("sale", "new"))


@tagged("post_install", "-at_install")
class TestTrackRoute(TrackCase, HttpCase):
    def setUp(self):
        super().setUp()
        for name in ("_bad_links", "_forms"):
            patcher = patch.object(tracking, name, Throttle(200, 60))
            patcher.start()
            self.addCleanup(patcher.stop)

    def _open(self, order, tail="", **kwargs):
        url = f"/order/track/{order._get_tracking_token()}{tail}"
        self.env.flush_all()
        return self.url_open(url, **kwargs)

    def _nonce(self, page):
        return re.search(r'name="nonce" value="([0-9a-f]{32})"', page.text).group(1)

    def test_page(self):
        order = self._make_order()
        page = self._open(order)
        self.assertEqual(page.status_code, 200)
        self.assertIn(order.name, page.text)
        self.assertIn("Bolt", page.text)
        self.assertIn("no-store", page.headers["Cache-Control"])
        self.assertIn("noindex", page.headers["X-Robots-Tag"])
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertNotIn("session_id", page.headers.get("Set-Cookie", ""))
        self.assertNotIn("<script", page.text)
        for secret in ("Nguyễn Huệ", "0912345678", "buyer.example"):
            self.assertNotIn(secret, page.text)

    def test_wrong_links_look_alike(self):
        order = self._make_order()
        token = order._get_tracking_token()
        order.sudo().tracking_salt = "gone"
        self.env.flush_all()
        pages = [
            self.url_open(f"/order/track/{wrong}")
            for wrong in (token, "nonsense", token[:-3] + "AAA")
        ]
        self.assertEqual({page.status_code for page in pages}, {404})
        self.assertEqual(len({page.text for page in pages}), 1)
        self.assertIn("no-store", pages[0].headers["Cache-Control"])
        slip = self.url_open(f"/order/track/{token}/slip/1")
        self.assertEqual(slip.status_code, 404)

    def test_languages(self):
        for code in ("vi_VN", "zh_CN"):
            self.env["res.lang"]._activate_lang(code)
        self.partner.lang = "vi_VN"
        order = self._make_order()
        self.assertIn('lang="vi-VN"', self._open(order).text)
        self.assertIn('<html lang="zh-CN"', self._open(order, "?lang=zh_CN").text)
        self.assertIn('<html lang="vi-VN"', self._open(order, "?lang=../xx").text)

    def test_ask_and_ask_again(self):
        order = self._make_order()
        nonce = self._nonce(self._open(order))
        text = "<script>alert(1)</script> Ring & wait"
        for _time in range(2):
            page = self._open(
                order,
                "/request",
                data={"kind": "change", "text": text, "nonce": nonce},
            )
            self.assertEqual(page.status_code, 200, "led to the page itself")
        order.invalidate_recordset()
        self.assertEqual(order.customer_request_ids.text, text)
        self.assertNotIn("<script", page.text)

    def test_refused_keeps_the_text(self):
        order = self._make_order()
        text = "</textarea><script>x" + "y" * 2000
        page = self._open(order, "/request", data={"kind": "change", "text": text})
        self.assertEqual(page.status_code, 422)
        self.assertIn("2000", page.text)
        self.assertIn("&lt;/textarea&gt;&lt;script&gt;x", page.text)
        self.assertNotIn("<script", page.text)
        self.assertFalse(order.customer_request_ids)

    def test_files_are_no_texts(self):
        order = self._make_order()
        for name in ("kind", "text", "nonce", "lang", "qty_1"):
            page = self._open(
                order,
                "/request",
                data={"kind": "change"} if name != "kind" else {},
                files={name: ("x.txt", b"cancel")},
            )
            self.assertEqual(page.status_code, 422, name)
        self.assertFalse(order.customer_request_ids)
        page = self._open(
            order, "/request", data={"kind": "change", "text": "x" * 300_000}
        )
        self.assertEqual(page.status_code, 413)
        self.assertFalse(order.customer_request_ids)

    def test_line_of_another_order(self):
        order, other = self._make_order(), self._make_order()
        self._deliver(order)
        name = f"qty_{other.order_line.id}"
        for value in ("1", "one", "nan", "-1", "1e999"):
            page = self._open(order, "/request", data={"kind": "return", name: value})
            self.assertEqual(page.status_code, 422)
        page = self._open(
            order,
            "/request",
            data={"kind": "return", f"qty_{order.order_line.id}": "2"},
        )
        self.assertEqual(page.status_code, 200)
        order.invalidate_recordset()
        self.assertEqual(order.customer_request_ids.line_ids.quantity, 2)

    def test_slip_of_a_parcel_of_this_order(self):
        order, other = self._make_order(), self._make_order()
        mine, theirs = self._deliver(order), self._deliver(other)
        waiting = self._make_order().picking_ids
        for picking in (theirs, waiting):
            page = self._open(order, f"/slip/{picking.id}")
            self.assertEqual(page.status_code, 404)
        report = type(self.env["ir.actions.report"])
        with patch.object(
            report, "_render_qweb_pdf", lambda *args, **kwargs: (b"%PDF", "pdf")
        ):
            page = self._open(order, f"/slip/{mine.id}")
        self.assertEqual(page.content, b"%PDF")
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "order_management.action_report_parcel_slip", mine.ids
        )
        self.assertIn("Bolt", html.decode())
        self.assertNotIn("Nguyễn Huệ", html.decode())

    def test_throttled(self):
        order = self._make_order()
        with patch.object(tracking, "_forms", Throttle(1, 60)):
            for status in (200, 422):
                page = self._open(
                    order, "/request", data={"kind": "change", "text": f"{status}"}
                )
                self.assertEqual(page.status_code, status)

    def test_queries(self):
        """At most fifteen for five parcels and thirty lines, and no more for more."""
        needs = [(self._make_product(f"Part {n}"), 10) for n in range(30)]
        order = self._order_of(*needs)
        for _parcel in range(4):
            self._deliver(order, 1)
        self.assertEqual(len(order.picking_ids), 5)
        token = order._get_tracking_token()
        self.env.flush_all()

        def count():
            self.env.invalidate_all()
            with collect_statements(self.env.cr) as seen:
                page = self.url_open(f"/order/track/{token}")
            self.assertEqual(page.text.count("data-parcel="), 5)
            return [
                text
                for text in seen.elements()
                if not text.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
            ]

        count()  # caches of templates, languages and rights
        statements = count()
        self.assertLessEqual(len(statements), 15, "\n".join(statements))

    def test_portal(self):
        user = self.env["res.users"].create(
            {
                "name": "An",
                "login": "track_portal",
                "password": "track_portal",
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        order = self._make_order()
        self.env.flush_all()
        self.authenticate(user.login, user.login)
        page = self.url_open(f"/my/orders/{order.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn('id="order_tracking"', page.text)
        self.assertIn("/order/track/", page.text)

    def test_portal_reads_nothing_internal(self):
        """Portal users read their orders and transfers by RPC as well."""
        user = new_test_user(
            self.env,
            "track_reader",
            groups="base.group_portal",
            partner_id=self.partner.id,
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        order = self._make_order()
        order.carrier_choice = order.picking_ids.carrier_choice = "Others cost less"
        for record, name in (
            (order, "carrier_choice"),
            (order, "sourcing_trace"),
            (order, "sourcing_summary"),
            (order.picking_ids, "billed_cost"),
            (order.picking_ids, "carrier_choice"),
        ):
            theirs = record.with_user(user)
            self.assertTrue(theirs.read(["name"])[0]["name"])
            self.assertNotIn(name, theirs.fields_get())
            with self.assertRaises(AccessError):
                theirs.read([name])
            clerk = self._as(record, "clerk")
            self.assertIn(name, clerk.read([name])[0])
        with self.assertRaises(AccessError):
            order.with_user(user).search([("carrier_choice", "ilike", "less")])

    @mute_logger("odoo.http")
    def test_only_the_methods_that_are_meant(self):
        order = self._make_order()
        token = order._get_tracking_token()
        self.env.flush_all()
        response = self.url_open(f"/order/track/{token}/request?kind=cancel")
        self.assertIn(response.status_code, (404, 405))
        self.assertEqual(order.state, "sale")

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-18: the page that the signed link opens, and the portal."""

import re
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..controllers import tracking
from ..tools.throttle import Throttle
from .statements import collect_statements
from .track_common import TrackCase


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

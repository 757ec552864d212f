# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""DS-2: the portal under attack: others' ids, forged forms, odd values."""

import json
import re
import sys

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase

_CONTROLLERS = "odoo.addons.distribution.controllers."
_HUGE = "9" * 5000


def _get_routes():
    """``[(address, methods, routing)]`` of every route that this addon adds."""
    routes = []
    for name, module in sorted(sys.modules.items()):
        if not name.startswith(_CONTROLLERS):
            continue
        for cls in vars(module).values():
            if isinstance(cls, type) and cls.__module__ == name:
                for method in vars(cls).values():
                    if routing := getattr(method, "original_routing", None):
                        methods = routing.get("methods") or ["GET", "POST"]
                        routes += [(url, methods, routing) for url in routing["routes"]]
    return routes


def _expand(url, ids):
    """The addresses of a route, with these ids; ``<any(a,b):x>`` is each of them.

    :raises KeyError: a route has a new kind of id: add a record to `setUpClass`
    """
    url = re.sub(r"<int:(\w+)>", lambda match: str(ids[match[1]]), url)
    choice = re.search(r"<any\(([^)]*)\):\w+>", url)
    if not choice:
        return [url]
    return [url.replace(choice[0], word) for word in choice[1].split(",")]


@tagged("post_install", "-at_install", "meets_others")
class TestPortalAttack(PortalCase, HttpCase):
    """`cls.dealer` owns one record of each kind; `cls.stranger` is a neighbour."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls._create_portal_user("owner", cls.dealer)
        cls.statement = cls.env["distribution.statement"].create(
            {
                "partner_id": cls.dealer.partner_id.id,
                "company_id": cls.company.id,
                "date_from": "2026-01-01",
                "date_to": "2026-01-31",
            }
        )
        cls.statement.action_mark_sent()
        claims = cls.env["distribution.claim"].with_user(cls.owner).sudo()
        cls.claim = claims._portal_create(
            cls.dealer, {"kind": "damaged", "description": "Broken", "amount": "12"}
        ).with_env(cls.env)
        cls.order = cls.env["distribution.order"].create(
            {
                "buyer_id": cls.outlet.id,
                "company_id": cls.company.id,
                "line_ids": [(0, 0, {"product_id": cls.product.id, "product_qty": 10})],
            }
        )
        cls.order.action_send()
        cls.report = cls.env["distribution.report"].create(
            {
                "name": "sales.xlsx",
                "member_id": cls.dealer.id,
                "company_id": cls.company.id,
                "kind": "sell_out",
                "date_from": "2026-01-01",
                "file": "eA==",
            }
        )
        cls.report.sudo().reject_file = "eA=="
        cls.ids = {
            "statement_id": cls.statement.id,
            "claim_id": cls.claim.id,
            "order_id": cls.order.id,
            "report_id": cls.report.id,
        }

    def _login(self, user):
        self.authenticate(user.login, user.login)
        page = self.url_open("/my/claims/new").text
        self.token = page.split('name="csrf_token" value="')[1].split('"')[0]

    def _get_state(self):
        self.env.invalidate_all()
        members = self.dealer | self.neighbour
        return (
            self.statement.state,
            self.claim.state,
            self.order.state,
            self.order.line_ids.mapped("confirmed_qty"),
            *(
                self.env[model].search_count([("member_id", "in", members.ids)])
                for model in ("distribution.claim", "distribution.report")
            ),
        )

    def _get_addresses(self, ids, method):
        """Addresses with an id that take ``method``."""
        return [
            address
            for url, methods, routing in _get_routes()
            if "<int:" in url and method in methods and routing["type"] == "http"
            for address in _expand(url, ids)
        ]

    # --- ids ---
    def test_neighbour_is_refused_everywhere(self):
        """No route is left out: they are read from the controllers themselves."""
        pages = self._get_addresses(self.ids, "GET")
        answers = self._get_addresses(self.ids, "POST")
        self.assertGreaterEqual(len(pages), 5)
        self.assertGreaterEqual(len(answers), 5)
        before = self._get_state()
        self._login(self.stranger)
        for page in pages:
            with self.subTest(page=page):
                self.assertEqual(self.url_open(page).status_code, 404)
        for page in answers:
            data = {"csrf_token": self.token, "reason": "Mine", "why": "Mine"}
            with self.subTest(form=page):
                self.assertEqual(self.url_open(page, data=data).status_code, 404)
        self.assertEqual(self._get_state(), before)
        self._login(self.owner)
        for page in pages:
            if not page.endswith("/pdf"):
                with self.subTest(own=page):
                    self.assertEqual(self.url_open(page).status_code, 200)

    def test_ids_that_are_none(self):
        self._login(self.owner)
        for number in (0, 2**31, 10**30):
            for page in self._get_addresses(dict.fromkeys(self.ids, number), "GET"):
                with self.subTest(page=page):
                    self.assertEqual(self.url_open(page).status_code, 404)

    # --- forms of other sites ---
    def test_forms_need_their_token(self):
        before = self._get_state()
        self._login(self.owner)
        forms = self._get_addresses(self.ids, "POST")
        forms += [
            url
            for url, methods, routing in _get_routes()
            if "<" not in url and methods == ["POST"] and routing["type"] == "http"
        ]
        self.assertIn("/my/stock-reports/new", forms)
        values = {"kind": "damaged", "description": "x", "amount": "5", "reason": "x"}
        for form in forms:
            for token in ({}, {"csrf_token": "0" * 40 + "o9999999999"}):
                with self.subTest(form=form, token=token), mute_logger("odoo.http"):
                    answer = self.url_open(form, data={**values, **token})
                    self.assertEqual(answer.status_code, 400)
        self.assertEqual(self._get_state(), before)

    def test_links_change_nothing(self):
        """What changes something is sent by a form, never by a link."""
        before = self._get_state()
        self._login(self.owner)
        pages = set(self._get_addresses(self.ids, "GET"))
        for form in set(self._get_addresses(self.ids, "POST")) - pages:
            with self.subTest(form=form):
                self.assertIn(self.url_open(form).status_code, (404, 405))
        self.assertEqual(self._get_state(), before)

    # --- odd values in the order form ---
    def _ask(self, url, **params):
        response = self.url_open(
            url,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    def _assertToldOff(self, url, **params):
        """Refused in words, not by a failure of the server."""
        with self.subTest(url=url, **{key: repr(params[key])[:60] for key in params}):
            with mute_logger("odoo.http"):
                answer = self._ask(url, **params)
            self.assertIn("error", answer)
            self.assertIn(
                answer["error"]["data"]["name"],
                (
                    "odoo.exceptions.UserError",
                    "odoo.exceptions.ValidationError",
                    "werkzeug.exceptions.NotFound",
                ),
            )

    def test_odd_orders(self):
        self._login(self.buyer)
        good = {"product_id": self.rare.id, "quantity": 1}
        odd = [
            {"quantity": quantity}
            for quantity in (
                *(-1, 0, 1e-9, 1e308, 10**400, float("nan"), float("inf")),
                *("1", True, None, [1], {"a": 1}),
            )
        ]
        odd += [
            {"product_id": product}
            for product in (2**70, -5, 0, True, None, "1", [self.rare.id], 1.5)
        ]
        odd += [{"uom_id": uom} for uom in (2**70, -1, True, "x", [1], 1.5)]
        for url in ("quote", "send"):
            for vals in odd:
                lines = [{**good, **vals}]
                params = {"lines": lines}
                if url == "send":
                    params = {"values": params}
                self._assertToldOff(f"/my/dealer/order/{url}", **params)
        values = {"lines": [good]}
        for shipping in (2**70, -1, True, "x", self.neighbour.partner_id.id):
            self._assertToldOff(
                "/my/dealer/order/send", values={**values, "shipping_id": shipping}
            )
        for supplier in (2**70, -1, "1", [1], {"a": 1}, self.neighbour.id):
            self._assertToldOff(
                "/my/dealer/order/send", values=values, supplier_id=supplier
            )
        orders = self.env["sale.order"].search(
            [("partner_id", "=", self.big.partner_id.id)]
        )
        self.assertFalse(orders)

    def test_odd_words(self):
        self._login(self.buyer)
        for text in ("\0", "\ud800", "%_\\'\";--", "x" * 100_000, ["a"], None):
            answer = self._ask("/my/dealer/order/products", text=text)
            self.assertIn("products", answer["result"])
        for page in (0, -1, 2**70, True, "x", None, 1.5):
            answer = self._ask("/my/dealer/order/products", page=page)
            self.assertIn("products", answer["result"])
        values = {
            "lines": [{"product_id": self.rare.id, "quantity": 1}],
            "note": "\0 <script>alert(1)</script> \ud800",
            "reference": "\0<b>\udfff",
            "token": ["a"],
        }
        sent = self._ask("/my/dealer/order/send", values=values)["result"]
        order = self.env["sale.order"].search([("name", "=", sent["name"])])
        self.assertEqual(order.client_order_ref, "<b>?")
        self.assertNotIn("\0", order.buyer_note)
        for page in (sent["url"], "/my/dealer"):
            text = self.url_open(page).text
            self.assertNotIn("<script>alert(1)", text)
            self.assertNotIn("<b>?", text)

    # --- odd values in forms ---
    def _assertFormRefused(self, form, files=None, **values):
        with self.subTest(form=form, **{key: values[key][:30] for key in values}):
            data = {"csrf_token": self.token, **values}
            answer = self.url_open(form, data=data, files=files)
            self.assertEqual(answer.status_code, 200)
            self.assertIn("alert-danger", answer.text)

    def test_odd_claims(self):
        self._login(self.owner)
        before = self._get_state()
        good = {"kind": "damaged", "amount": "5", "description": "Broken"}
        amounts = ("-5", "0", "nan", "inf", "1e9", "0.0001", _HUGE, "<b>5</b>", "")
        odd = [{"amount": amount} for amount in amounts]
        odd += [{"kind": "stolen"}, {"description": " \0 "}, {"order": "S%\0<b>"}]
        for values in odd:
            self._assertFormRefused("/my/claims/new", **{**good, **values})
        del good["description"]
        # a file where a text should be
        files = [("description", ("x.txt", b"Broken", "text/plain"))]
        self._assertFormRefused("/my/claims/new", files=files, **good)
        page = [("proof", ("x.png", b"<html><script>1</script></html>", "image/png"))]
        self._assertFormRefused(
            "/my/claims/new", files=page, **good, description="Broken"
        )
        self.assertEqual(self._get_state(), before)
        text = "<script>alert(1)</script>\0"
        data = {**good, "description": text, "csrf_token": self.token}
        page = self.url_open("/my/claims/new", data=data)
        self.assertIn("&lt;script&gt;alert(1)", page.text)
        self.assertNotIn("<script>alert(1)", page.text)

    def test_odd_answers(self):
        self._login(self.owner)
        before = self._get_state()
        line = self.order.line_ids
        page = f"/my/network-orders/{self.order.id}"
        for text in ("-1", "11", "nan", "inf", "1e1", _HUGE, "<b>", "1;2"):
            self._assertFormRefused(
                f"{page}/confirm",
                **{f"quantity_{line.id}": text, f"reason_{line.id}": "Less"},
            )
        self._assertFormRefused(f"{page}/confirm", **{"quantity_1": "1"})
        self._assertFormRefused(f"{page}/deliver", **{f"quantity_{line.id}": "1"})
        self._assertFormRefused(f"{page}/refuse", why=" \0 ")
        page = f"/my/statements/{self.statement.id}"
        for ticked in (_HUGE, "²", "-1", "x", "0"):
            self._assertFormRefused(f"{page}/dispute", line=ticked, reason="Wrong")
        self.assertEqual(self._get_state(), before)
        data = {"csrf_token": self.token, "reason": "\0<script>1</script>"}
        self.url_open(f"{page}/dispute", data=data)
        self.assertEqual(self.statement.dispute_reason, "<script>1</script>")
        self.assertNotIn("<script>1<", self.url_open(page).text)

    def test_odd_reports(self):
        self._login(self.owner)
        before = self._get_state()
        form = "/my/stock-reports/new"
        file = [("file", ("a.xlsx", b"PK\x03\x04 no archive", "x/y"))]
        self._assertFormRefused(form, file, kind="sell_out", date_from="2026-01")
        for month in ("2026-13", "0000-01", "9999-12", "1999-12", "x", "2026-01-99x"):
            self._assertFormRefused(form, file, kind="sell_out", date_from=month)
        self._assertFormRefused(form, file, kind="x", date_from="2026-01")
        file.append(("date_from", ("a", b"2026-01", "text/plain")))
        self._assertFormRefused(form, file, kind="sell_out")
        self.assertEqual(self._get_state(), before)

    # --- past the pages ---
    def test_no_rights_on_any_model(self):
        """Dealers reach the network by its pages only, never over RPC."""
        models = [
            name
            for name, cls in self.env.registry.items()
            if cls._original_module == "distribution" and not cls._abstract
        ]
        self.assertGreater(len(models), 40)
        for name in models:
            model = self.env[name].with_user(self.buyer)
            for operation in ("read", "write", "create", "unlink"):
                with self.subTest(model=name, operation=operation):
                    self.assertFalse(model.has_access(operation))

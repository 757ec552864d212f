# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""DS-2: every route of the portal, walked by its owner and by a neighbour."""

import json

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase


@tagged("post_install", "-at_install", "meets_others")
class TestPortalRoutes(PortalCase, HttpCase):
    PAGES = (
        "/my/dealer",
        "/my/dealer/order",
        "/my/dealers",
        "/my/claims",
        "/my/claims/new",
        "/my/statements",
        "/my/network-orders",
        "/my/stock-reports",
        "/my/overview",
    )

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _call(self, url, **params):
        response = self.url_open(
            url,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    def test_own_pages(self):
        self._login(self.buyer)
        for page in self.PAGES:
            with self.subTest(page=page):
                response = self.url_open(page)
                self.assertEqual(response.status_code, 200)
                self.assertNotIn(self.neighbour.name, response.text)

    def test_no_member_no_portal(self):
        user = new_test_user(
            self.env,
            login="portal_nobody",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self._login(user)
        for page in self.PAGES[:-1]:
            with self.subTest(page=page):
                self.assertEqual(self.url_open(page).status_code, 404)
        with mute_logger("odoo.http"):
            answer = self._call("/my/dealer/order/products")
        self.assertIn("error", answer)

    def test_credit_left(self):
        """A dealer with a limit reads what is left of it; others read nothing of it."""
        self._login(self.buyer)
        self.assertNotIn("dealer_credit", self.url_open("/my/dealer").text)
        self.env["distribution.credit"].create(
            {
                "partner_id": self.big.partner_id.id,
                "company_id": self.company.id,
                "limit_amount": 4321,
                "policy": "hold",
            }
        )
        text = self.url_open("/my/dealer").text
        self.assertIn("dealer_credit", text)
        self.assertEqual(text.count("4,321.00"), 2)

    def test_closed_member_no_portal(self):
        self.big.with_env(self.env)._transition("closed")
        self._login(self.buyer)
        self.assertEqual(self.url_open("/my/dealer").status_code, 404)

    def test_strangers_log_in_first(self):
        self.authenticate(None, None)
        response = self.url_open("/my/dealer", allow_redirects=False)
        self.assertIn("/web/login", response.headers.get("Location", ""))

    def test_order_over_http(self):
        self._login(self.buyer)
        found = self._call("/my/dealer/order/products", text="Rare")["result"]
        self.assertEqual([row["id"] for row in found["products"]], [self.rare.id])
        lines = [{"product_id": self.rare.id, "quantity": 2}]
        quote = self._call("/my/dealer/order/quote", lines=lines)["result"]
        self.assertIn("160", quote["amount_untaxed"])
        values = {"lines": lines, "token": "f" * 32}
        first = self._call("/my/dealer/order/send", values=values)["result"]
        again = self._call("/my/dealer/order/send", values=values)["result"]
        self.assertEqual(first["name"], again["name"])
        order = self.env["sale.order"].search([("name", "=", first["name"])])
        self.assertEqual(order.partner_id, self.big.partner_id)

    def test_neighbour_sees_nothing(self):
        self._login(self.buyer)
        values = {
            "lines": [{"product_id": self.rare.id, "quantity": 2}],
            "token": "e" * 32,
        }
        sent = self._call("/my/dealer/order/send", values=values)["result"]
        order = self.env["sale.order"].search([("name", "=", sent["name"])])
        self._login(self.stranger)
        for page in (*self.PAGES, f"/my/overview/{self.big.partner_id.id}"):
            with self.subTest(page=page):
                response = self.url_open(page)
                self.assertNotIn(order.name, response.text)
                self.assertNotIn(self.big.name, response.text)
        # the token of somebody else's entry finds nothing of theirs
        own = self._call("/my/dealer/order/send", values=values)["result"]
        self.assertNotEqual(own["name"], order.name)

    def test_distributor_sees_own_dealers_only(self):
        user = self._create_portal_user("distributor", self.distributor)
        self._login(user)
        page = self.url_open("/my/dealers").text
        self.assertIn(self.dealer.name, page)
        self.assertIn(self.outlet.name, page)
        self.assertNotIn(self.big.name, page)
        self.assertNotIn(self.neighbour.name, page)

    def _make_statement(self, member):
        return self.env["distribution.statement"].create(
            {
                "partner_id": member.partner_id.id,
                "company_id": self.company.id,
                "date_from": "2026-01-01",
                "date_to": "2026-01-31",
            }
        )

    def _post_form(self, page, url, **data):
        token = self.url_open(page).text.split('name="csrf_token" value="')[1]
        return self.url_open(url, data={"csrf_token": token.split('"')[0], **data})

    def test_statement_accepted(self):
        statement = self._make_statement(self.big)
        self._login(self.buyer)
        page = f"/my/statements/{statement.id}"
        self.assertEqual(self.url_open(page).status_code, 404, "a draft is nobody's")
        statement.action_mark_sent()
        self.assertIn(statement.name, self.url_open("/my/statements").text)
        self._post_form(page, f"{page}/accept")
        self.assertEqual(statement.state, "accepted")
        self.assertEqual(statement.answered_by_id, self.buyer.partner_id)

    def test_statement_disputed(self):
        statement = self._make_statement(self.big)
        statement.action_mark_sent()
        self._login(self.buyer)
        page = f"/my/statements/{statement.id}"
        answer = self._post_form(page, f"{page}/dispute", reason="  ")
        self.assertIn("alert-danger", answer.text)
        self.assertEqual(statement.state, "sent")
        answer = self._post_form(page, f"{page}/dispute", reason="x", line="999999")
        self.assertIn("alert-danger", answer.text)
        self._post_form(page, f"{page}/dispute", reason="<i>Paid</i> on the 5th")
        self.assertEqual(statement.state, "disputed")
        self.assertNotIn("<i>Paid</i>", self.url_open(page).text)

    def test_neighbour_cannot_answer(self):
        statement = self._make_statement(self.big)
        statement.action_mark_sent()
        self._login(self.stranger)
        page = f"/my/statements/{statement.id}"
        self.assertEqual(self.url_open(page).status_code, 404)
        for end in ("accept", "dispute", "pdf"):
            self._post_form("/my/claims/new", f"{page}/{end}", reason="Mine")
        self.assertEqual(statement.state, "sent")

    def _make_network_order(self):
        order = self.env["distribution.order"].create(
            {
                "buyer_id": self.outlet.id,
                "company_id": self.company.id,
                "line_ids": [
                    (0, 0, {"product_id": self.product.id, "product_qty": 10})
                ],
            }
        )
        order.action_send()
        return order

    def test_supplier_confirms(self):
        order = self._make_network_order()
        line = order.line_ids
        self.assertEqual(order.supplier_id, self.dealer)
        self.env["distribution.ledger"]._post(
            [
                {
                    "company_id": self.company.id,
                    "member_id": self.dealer.id,
                    "product_id": self.product.id,
                    "kind": "opening",
                    "quantity": 50,
                    "date": "2026-01-01",
                    "key": "test:opening",
                }
            ]
        )
        user = self._create_portal_user("supplier", self.dealer)
        self._login(user)
        page = f"/my/network-orders/{order.id}"
        self.assertIn(order.name, self.url_open("/my/network-orders").text)
        cut = {f"quantity_{line.id}": "8,00"}
        answer = self._post_form(page, f"{page}/confirm", **cut)
        self.assertIn("alert-danger", answer.text, "why less?")
        self.assertIn('value="8,00"', answer.text, "nothing typed is lost")
        cut[f"reason_{line.id}"] = "No more there"
        self._post_form(page, f"{page}/confirm", **cut)
        self.assertEqual((order.state, line.confirmed_qty), ("partly", 8))
        answer = self._post_form(page, f"{page}/deliver", **{"quantity_1": "3"})
        self.assertIn("alert-danger", answer.text)
        self._post_form(page, f"{page}/deliver", **{f"quantity_{line.id}": "8"})
        self.assertEqual((order.state, line.delivered_qty), ("delivered", 8))

    def test_only_the_supplier_answers(self):
        order = self._make_network_order()
        page = f"/my/network-orders/{order.id}"
        self._login(self._create_portal_user("outlet", self.outlet))
        self.assertEqual(self.url_open(page).status_code, 200)
        answer = self._post_form("/my/claims/new", f"{page}/confirm")
        self.assertEqual(answer.status_code, 404)
        self._login(self.stranger)
        self.assertEqual(self.url_open(page).status_code, 404)
        self.assertEqual(order.state, "sent")

    def test_stock_report(self):
        self._login(self._create_portal_user("reporter", self.distributor))
        page = "/my/stock-reports"
        template = self.url_open(f"{page}/template")
        self.assertTrue(template.content.startswith(b"PK"))
        token = self.url_open(page).text.split('name="csrf_token" value="')[1]
        for content, name in ((b"", "empty.xlsx"), (b"<html>", "bad.xlsx")):
            answer = self.url_open(
                f"{page}/new",
                data={
                    "csrf_token": token.split('"')[0],
                    "kind": "sell_out",
                    "date_from": "2026-01",
                },
                files=[("file", (name, content))],
            )
            self.assertIn("alert-danger", answer.text)
        self.assertFalse(
            self.env["distribution.report"].search(
                [("member_id", "=", self.distributor.id)]
            )
        )

    def test_order_from_the_distributor(self):
        """A dealer whose supplier is a member orders there, at that one's prices."""
        user = self._create_portal_user("small_dealer", self.dealer)
        self._login(user)
        name = json.dumps(self.distributor.name).strip('"')
        self.assertIn(name, self.url_open("/my/dealer/order").text)
        supplier = {"supplier_id": self.distributor.id}
        own = self._call("/my/dealer/order/products", text="Rare")["result"]
        self.assertFalse(own["products"], "the company itself sells him nothing")
        found = self._call("/my/dealer/order/products", text="Rare", **supplier)
        [row] = found["result"]["products"]
        self.assertEqual((row["id"], row["promise"]), (self.rare.id, "ask"))
        lines = [{"product_id": self.rare.id, "quantity": 2}]
        quote = self._call("/my/dealer/order/quote", lines=lines, **supplier)["result"]
        self.assertIn("200", quote["amount_untaxed"])
        values = {"lines": lines, "token": "a" * 32, "note": "<b>Soon</b>"}
        for _again in range(2):
            sent = self._call("/my/dealer/order/send", values=values, **supplier)
        order = self.env["distribution.order"].search(
            [("buyer_id", "=", self.dealer.id)]
        )
        self.assertEqual(sent["result"]["name"], order.name)
        self.assertEqual((order.state, order.supplier_id), ("sent", self.distributor))
        self.assertNotIn("<b>", order.note)
        page = self.url_open(sent["result"]["url"])
        self.assertIn(order.name, page.text)

    def test_no_order_from_a_stranger(self):
        self._login(self._create_portal_user("sly_dealer", self.dealer))
        lines = [{"product_id": self.rare.id, "quantity": 2}]
        with mute_logger("odoo.http"):
            for supplier in (self.neighbour.id, 999999, self.outlet.id, "1"):
                answer = self._call(
                    "/my/dealer/order/send",
                    values={"lines": lines},
                    supplier_id=supplier,
                )
                self.assertIn("error", answer)
            refused = self._call("/my/dealer/order/send", values={"lines": lines})
        self.assertIn("another supplier", refused["error"]["data"]["message"])
        self.assertFalse(
            self.env["distribution.order"].search([("buyer_id", "=", self.dealer.id)])
        )

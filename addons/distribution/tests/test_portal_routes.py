# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""DS-2: every route of the portal, walked by its owner and by a neighbour."""

import json

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalRoutes(PortalCase, HttpCase):
    PAGES = ("/my/dealer", "/my/dealer/order", "/my/dealers", "/my/overview")

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

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-19: what a customer sees and does on the website; a stranger does not."""

import re
from unittest.mock import patch

from odoo.exceptions import ConcurrencyError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .test_returns_request import PNG


@tagged("post_install", "-at_install")
class TestReturnsPortal(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        cls.customer, cls.neighbour = (
            new_test_user(
                cls.env,
                login,
                groups="base.group_portal",
                password=login,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for login in ("returns_customer", "returns_neighbour")
        )
        cls.reason = cls.env.ref("order_management.channel_return_reason_mind")
        cls.product = cls.env["product.product"].create(
            {"name": "Portal lamp", "is_storable": True, "list_price": 10.0}
        )
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.env["stock.quant"]._update_available_quantity(
            cls.product, warehouse.lot_stock_id, 10
        )
        cls.env["channel.return.policy"].search([]).active = False
        cls.company.approval_mode = "none"
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.partner_id.id,
                "company_id": cls.company.id,
                "warehouse_id": warehouse.id,
                "order_line": [
                    Command.create({"product_id": cls.product.id, "product_uom_qty": 4})
                ],
            }
        )
        cls.order.action_confirm()
        picking = cls.order.picking_ids
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()
        cls.line = cls.order.order_line[0]
        cls.url = f"/my/orders/{cls.order.id}/return"

    def _read_form(self):
        text = self.url_open(self.url).text
        return {
            name: re.search(rf'name="{name}" value="([^"]+)"', text)[1]
            for name in ("csrf_token", "token")
        }

    def _send(self, hidden=None, photos=(), **values):
        data = {
            "return_type": "return_refund",
            "reason_id": str(self.reason.id),
            f"quantity_{self.line.id}": "2",
            **(hidden or self._read_form()),
            **values,
        }
        files = [("photos", (name, content)) for name, content in photos] or None
        return self.url_open(self.url, data=data, files=files)

    def _returns(self):
        return self.env["channel.return"].search(
            [("line_ids.order_id", "=", self.order.id)]
        )

    def test_asks_once(self):
        self.authenticate("returns_customer", "returns_customer")
        page = self.url_open(f"/my/orders/{self.order.id}").text
        self.assertIn(self.url, page)
        hidden = self._read_form()
        note = "<script>alert(1)</script> broken"
        answer = self._send(hidden, photos=[("a.png", PNG)], note=note)
        record = self._returns()
        self.assertEqual(len(record), 1, answer.text)
        self.assertIn(f"/my/returns/{record.id}", answer.url)
        self.assertIn("We have your request", answer.text)
        self.assertNotIn("<script>alert(1)", answer.text)
        self.assertEqual(record.line_ids.requested_qty, 2)
        self.assertEqual(record.return_type, "return_refund")
        self.assertEqual(len(record.photo_ids), 1)
        answer = self._send(hidden, note=note)
        self.assertEqual(self._returns(), record, "a second click is no second wish")
        self.assertIn(f"/my/returns/{record.id}", answer.url)
        self.assertIn(record.name, self.url_open("/my/returns").text)
        self.assertEqual(self.url_open("/my").status_code, 200)

    def test_tried_again_with_all_photos(self):
        self.authenticate("returns_customer", "returns_customer")
        returns = self.registry["channel.return"]
        create, conflicts = returns._create_request, [ConcurrencyError("at once")]

        def create_after_conflict(model, vals):
            if conflicts:
                raise conflicts.pop()
            return create(model, vals)

        with patch.object(returns, "_create_request", create_after_conflict):
            self._send(photos=[("a.png", PNG), ("b.png", PNG), ("c.png", PNG)])
        self.assertFalse(conflicts)
        self.assertEqual(
            sorted(self._returns().photo_ids.mapped("name")),
            ["a.png", "b.png", "c.png"],
        )

    def test_token_of_another_order(self):
        """The same word sent for two orders: two requests, none tried for ever."""
        other = self.order.copy()
        other.action_confirm()
        other.picking_ids.move_ids.picked = True
        other.picking_ids.button_validate()
        self.authenticate("returns_customer", "returns_customer")
        hidden = self._read_form()
        self._send(hidden)
        answer = self.url_open(
            f"/my/orders/{other.id}/return",
            data={
                **hidden,
                "reason_id": str(self.reason.id),
                f"quantity_{other.order_line[0].id}": "1",
            },
        )
        self.assertIn("We have your request", answer.text)
        self.assertEqual(self._returns().order_ids, self.order)
        theirs = other.order_line[0].channel_return_line_ids
        self.assertEqual(theirs.return_id.order_ids, other)

    def test_wrong_input_is_told(self):
        self.authenticate("returns_customer", "returns_customer")
        for values, words in (
            ({f"quantity_{self.line.id}": "9"}, "4 of"),
            ({f"quantity_{self.line.id}": "many"}, "is no quantity"),
            ({f"quantity_{self.line.id}": "nan"}, "is no quantity"),
            ({f"quantity_{self.line.id}": ""}, "Choose what"),
        ):
            answer = self._send(**values, note="keep <me>")
            self.assertIn(words, answer.text)
            self.assertIn("keep &lt;me&gt;", answer.text, "nothing is lost")
        answer = self._send(photos=[("a.png", b"<html>")])
        self.assertIn("no picture", answer.text)
        self.assertFalse(self._returns())

    def test_customer_keeps_it(self):
        self.authenticate("returns_customer", "returns_customer")
        self._send()
        record = self._returns()
        text = self.url_open(f"/my/returns/{record.id}").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', text)[1]
        self.url_open(f"/my/returns/{record.id}/cancel", data={"csrf_token": token})
        self.assertEqual(record.state, "cancelled")

    @mute_logger("odoo.http")
    def test_nobody_elses(self):
        """Every route: neither a neighbour nor a stranger learns anything."""
        record = self.env["channel.return"]._request_for_order(
            self.order, {self.line: 1}, reason=self.reason
        )
        record.action_approve()
        record.return_label = b"JVBERi0="
        routes = (
            self.url,
            f"/my/returns/{record.id}",
            f"/my/returns/{record.id}/label",
        )
        self.authenticate("returns_neighbour", "returns_neighbour")
        for route in routes:
            self.assertEqual(self.url_open(route).status_code, 404, route)
        token = f"?access_token={self.order._portal_ensure_token()}"
        self.assertEqual(self.url_open(self.url + token).status_code, 404)
        self.assertNotIn(record.name, self.url_open("/my/returns").text)
        self.authenticate(None, None)
        for route in (*routes, "/my/returns"):
            self.assertIn("/web/login", self.url_open(route).url, route)
        self.authenticate("returns_customer", "returns_customer")
        for route in routes:
            self.assertEqual(self.url_open(route).status_code, 200, route)
        text = self.url_open(f"/my/returns/{record.id}").text
        self.assertIn("How to send it back", text)

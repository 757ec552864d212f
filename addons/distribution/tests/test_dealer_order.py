# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""DS-2: a dealer orders in the portal from the own price list and quota."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install", "meets_others")
class TestDealerOrder(PortalCase):
    def _lines(self, *quantities):
        return [
            {"product_id": product.id, "quantity": quantity}
            for product, quantity in zip(
                (self.product, self.rare), quantities, strict=False
            )
        ]

    def _send(self, *quantities, **values):
        return self.orders._dealer_create(
            self.big, {"lines": self._lines(*quantities), **values}
        )

    def test_own_price_list(self):
        quote = self.orders._dealer_quote(self.big, self._lines(3))
        self.assertIn("96", quote["amount_untaxed"], "3 x 40 less 20 %")
        self.assertFalse(quote["problems"])

    def test_promise_by_date(self):
        self._add_stock(5)
        now, ask = (
            self.orders._dealer_quote(self.big, self._lines(quantity))["lines"][0]
            for quantity in (5, 6)
        )
        self.assertEqual(now["promise"], "now")
        self.assertEqual(ask["promise"], "ask")
        self.assertNotIn("available", now, "how much there is stays ours")

    def test_order_waits_for_approval(self):
        order = self._send(4, token="a" * 32, note="Before noon")
        self.assertEqual(order.approval_state, "to_approve")
        self.assertEqual(order.partner_id, self.big.partner_id)
        self.assertEqual(order.user_id, self.rep)
        self.assertEqual(order.buyer_note, "Before noon")
        self.assertEqual(order.order_line.price_unit, 32)
        self.assertEqual(self._send(4, token="a" * 32), order, "sent twice, made once")

    def test_order_without_approval_asks_the_representative(self):
        self.company.approval_mode = "none"
        order = self._send(1)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.activity_ids.user_id, self.rep)

    def test_held_by_the_review(self):
        """The dealer meets no error; released, it waits for its approval."""
        self.env["exception.rule"].search([("is_review", "=", True)]).active = False
        self.company.review_orders = True
        self.env["exception.rule"].create(
            {
                "name": "Any amount",
                "is_review": True,
                "model": "sale.order",
                "exception_type": "by_method",
                "method": "_review_amount",
            }
        )
        order = self._send(4)
        self.assertEqual((order.review_state, order.approval_state), ("held", "none"))
        self.assertTrue(order.activity_ids)
        order.review_hold_ids.action_release("They called")
        self.assertEqual(order.approval_state, "to_approve")
        self.assertEqual(order.state, "draft")

    def test_quota_refuses_with_what_is_left(self):
        quota = self.env["order.quota"].create(
            {
                "name": "Lamps of the month",
                "company_id": self.company.id,
                "scope_type": "customer",
                "partner_id": self.big.partner_id.id,
                "measure": "quantity",
                "product_scope": "product",
                "product_id": self.product.id,
                "uom_id": self.product.uom_id.id,
                "limit_qty": 10,
                "period_type": "year",
            }
        )
        quota.action_activate()
        self._send(7)
        quote = self.orders._dealer_quote(self.big, self._lines(5))
        self.assertEqual(len(quote["problems"]), 1)
        self.assertIn("3", quote["problems"][0])
        with self.assertRaisesRegex(UserError, "3"):
            self._send(5)
        self.assertEqual(self._send(3).approval_state, "to_approve")
        [row] = self.big._get_portal_quotas()
        self.assertEqual((row["limit"], row["used"], row["left"]), (10, 10, 0))

    def test_only_what_is_sold_to_him(self):
        self.rare.categ_id = self.env["product.category"].create({"name": "Coffee"})
        self.env["distribution.supply.link"].create(
            {
                "buyer_id": self.big.id,
                "supplier_id": self.neighbour.id,
                "categ_id": self.rare.categ_id.id,
                "date_from": "2020-01-01",
            }
        )
        found = self.orders._dealer_find_products(self.big, "Lamp")["products"]
        self.assertIn(self.product.id, [row["id"] for row in found])
        found = self.orders._dealer_find_products(self.big, "Rare")["products"]
        self.assertNotIn(self.rare.id, [row["id"] for row in found])
        with self.assertRaisesRegex(UserError, "another supplier"):
            self._send(1, 1)

    def test_bad_input(self):
        bad = [
            [],
            [{"product_id": self.product.id, "quantity": -1}],
            [{"product_id": self.product.id, "quantity": float("nan")}],
            [{"product_id": self.product.id, "quantity": "3"}],
            [{"product_id": "x", "quantity": 1}],
            [{"product_id": self.product.id, "quantity": 1, "uom_id": 999999}],
            ["<b>"],
            None,
            [{"product_id": self.product.id, "quantity": 1}] * 501,
        ]
        for lines in bad:
            with self.subTest(lines=str(lines)[:60]), self.assertRaises(UserError):
                self.orders._dealer_create(self.big, {"lines": lines})
        with self.assertRaises(UserError):
            self._send(1, shipping_id=self.distributor.partner_id.id)
        with self.assertRaises(UserError):
            self.orders._dealer_create(self.big, "order")

    def test_own_delivery_address(self):
        shop = self.env["res.partner"].create(
            {
                "name": "Back door",
                "type": "delivery",
                "parent_id": self.big.partner_id.id,
            }
        )
        order = self._send(1, shipping_id=shop.id)
        self.assertEqual(order.partner_shipping_id, shop)

    def test_queries_do_not_grow_with_lines(self):
        products = self.env["product.product"].create(
            [
                {"name": f"Part {n}", "is_storable": True, "list_price": 5}
                for n in range(40)
            ]
        )

        def count(chosen):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.orders._dealer_quote(
                self.big,
                [{"product_id": product.id, "quantity": 1} for product in chosen],
            )
            return self.env.cr.sql_log_count - start

        count(products[:2])
        few, many = count(products[:2]), count(products)
        # Odoo itself looks for the price list's rule line by line
        self.assertLessEqual(many, few + 38)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.order_management.tests.seeds import SEEDS

from .secondary_common import SecondaryCommon


@tagged("post_install", "-at_install", "meets_others")
class TestSecondaryOrder(SecondaryCommon):
    """DS-3: a rep's order at an outlet belongs to the outlet's supplier."""

    def test_the_whole_way(self):
        """Sent by the rep, confirmed and delivered by the supplier, partly returned."""
        self._post("opening", 20)
        order = self._create_secondary(10, user=self.rep)
        self.assertEqual(order.supplier_id, self.distributor)
        self.assertEqual((order.line_ids.price_unit, order.amount_total), (50, 500))
        self.assertRegex(order.name, "^SEC")
        order.action_send()
        self.assertEqual(order.state, "sent")
        with self.assertRaises(AccessError):
            order.action_confirm()
        with self.assertRaises(AccessError):
            order.line_ids.confirmed_qty = 3
        order = order.with_user(self.supervisor)
        order.action_confirm()
        self.assertEqual((order.state, self._get_stock()), ("confirmed", (20, 10)))
        order.action_deliver({order.line_ids.id: 4})
        self.assertEqual((order.state, self._get_stock()), ("confirmed", (16, 6)))
        order.action_deliver()
        self.assertEqual((order.state, self._get_stock()), ("delivered", (10, 0)))
        self.assertEqual(self._get_stock(self.shop), (10, 0))
        order.action_return({str(order.line_ids.id): 3}, "Broken")
        self.assertEqual(self._get_stock(), (13, 0))
        self.assertEqual(self._get_stock(self.shop), (7, 0))
        with self.assertRaisesRegex(UserError, "too many, 7 at most"):
            order.action_return({order.line_ids.id: 8})
        rows = self.Ledger.search(
            [("kind", "=", "sell_through"), ("member_id", "=", self.distributor.id)]
        )
        self.assertEqual(sum(rows.mapped("quantity")), 10)
        self.assertEqual(sum(rows.mapped("company_value")), 500)
        self.assertEqual(rows.counterparty_id, self.shop)
        self.assertFalse(self.Ledger._find_drift())

    def test_units(self):
        """Two boxes are twenty-four pieces in every stock."""
        self._post("opening", 24)
        order = self._create_secondary(2)
        order.line_ids.product_uom_id = self.box
        self.assertEqual(order.line_ids.price_unit, 600)
        order.action_send()
        order.action_confirm()
        order.action_deliver()
        self.assertEqual(self._get_stock(), (0, 0))
        self.assertEqual(self._get_stock(self.shop), (24, 0))

    def test_cut(self):
        """A cut needs a reason; what is cut is not promised."""
        self._post("opening", 20)
        order = self._create_secondary(10)
        order.action_send()
        line = order.line_ids
        with self.assertRaisesRegex(UserError, "why less"):
            order.action_confirm({line.id: 6})
        with self.assertRaisesRegex(UserError, "too many"):
            order.action_confirm({line.id: 11})
        for wrong in (-1, "many", float("nan"), None):
            with self.assertRaises(UserError):
                order.action_confirm({line.id: wrong})
        with self.assertRaisesRegex(UserError, "Refuse the order"):
            order.action_confirm({line.id: 0}, {line.id: "None left"})
        order.action_confirm({line.id: 6}, {line.id: "None left"})
        self.assertEqual((order.state, self._get_stock()), ("partly", (20, 6)))

    def test_stock_blocks_or_warns(self):
        self._post("opening", 5)
        order = self._create_secondary(10)
        self.assertIn("Lamp", order.short_text)
        order.action_send()
        with self.assertRefusedWith(ValidationError, "has 5 .*Lamp free, 10"):
            order.action_confirm()
        self.assertEqual(self._get_stock(), (5, 0))
        self.company.channel_stock_policy = "warn"
        order.action_confirm()
        self.assertEqual(order.state, "confirmed")

    def test_cancel_gives_back(self):
        self._post("opening", 10)
        order = self._create_secondary(10)
        order.action_send()
        order = order.with_user(self.supervisor)
        order.action_confirm()
        order.action_cancel("Closed for Tết")
        self.assertEqual((order.state, self._get_stock()), ("cancelled", (10, 0)))

    def test_close_rest(self):
        self._post("opening", 10)
        order = self._create_secondary(10)
        order.action_send()
        order.action_confirm()
        with self.assertRefusedWith(UserError, "Cancel it"):
            order.action_close()
        order.action_deliver({order.line_ids.id: 4})
        with self.assertRaisesRegex(UserError, "delivered already"):
            order.action_cancel()
        order.with_user(self.supervisor).action_close()
        self.assertEqual((order.state, self._get_stock()), ("delivered", (6, 0)))

    def test_several_suppliers(self):
        """Brand A comes from one, brand B from another: two orders."""
        brand = self.env["product.category"].create({"name": "Brand B"})
        bulb = self.env["product.product"].create(
            {"name": "Bulb", "categ_id": brand.id, "taxes_id": False}
        )
        self.env["distribution.supply.link"].create(
            {
                "buyer_id": self.shop.id,
                "supplier_id": self.neighbour.id,
                "categ_id": brand.id,
                "date_from": "2020-01-01",
            }
        )
        order = self._create_secondary(10)
        order.line_ids = [Command.create({"product_id": bulb.id, "product_qty": 3})]
        orders = order.action_send()
        self.assertEqual(len(orders), 2)
        self.assertEqual(set(orders.mapped("state")), {"sent"})
        part = orders - order
        self.assertEqual(part.supplier_id, self.neighbour)
        self.assertEqual(part.line_ids.product_id, bulb)
        self.assertEqual(part.line_ids.confirmed_qty, 3)
        self.assertEqual(part.origin_id, order)
        self.assertEqual(order.line_ids.product_id, self.product)

    def test_nobody_supplies(self):
        """What the company itself supplies is no secondary order."""
        order = self._create_secondary(1, buyer=self.distributor)
        with self.assertRaisesRegex(UserError, "make a sales order"):
            order.action_send()

    def test_supplier_gone(self):
        """Archived in mid-order: refused in words, nothing is promised."""
        self._post("opening", 10)
        order = self._create_secondary(10)
        order.action_send()
        with self.assertRaisesRegex(UserError, "open secondary orders"):
            self.distributor.action_archive()
        # by another way
        self.cr.execute(
            "UPDATE distribution_member SET active = false WHERE id = %s",
            [self.distributor.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "no longer active"):
            order.action_confirm()
        self.assertEqual(self._get_stock(), (10, 0))

    def test_fixed_once_sent(self):
        order = self._create_secondary(10)
        order.action_send()
        with self.assertRaises(UserError):
            order.line_ids.product_qty = 11
        with self.assertRaises(UserError):
            order.line_ids.unlink()
        with self.assertRaises(UserError):
            order.unlink()
        with self.assertRaises(UserError):
            order.write({"state": "delivered"})
        for name in ("delivered_qty", "returned_qty"):
            with self.assertRaises(UserError):
                order.line_ids.with_user(self.supervisor).write({name: 5})

    def test_mail_to_supplier(self):
        self.distributor.partner_id.email = "npp@hungphat.example"
        order = self._create_secondary(10, user=self.rep)
        order.action_send()
        mail = self.env["mail.mail"].search([("subject", "ilike", order.name)])
        self.assertEqual(mail.recipient_ids, self.distributor.partner_id)
        self.assertIn("Lamp", mail.body_html)

    def test_neighbour_rep(self):
        other = self._create_other_rep()
        order = self._create_secondary(10)
        self.assertFalse(
            self.env["distribution.order"]
            .with_user(other)
            .search([("id", "=", order.id)])
        )
        with self.assertRaises(AccessError):
            order.with_user(other).action_send()

    def test_print(self):
        order = self._create_secondary(10)
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html(
            "distribution.report_distribution_order", order.ids
        )
        self.assertIn(order.name.encode(), html)

    def test_wizards(self):
        self._post("opening", 10)
        order = self._create_secondary(10)
        order.action_send()
        ask = (
            self.env["distribution.ask.reason"]
            .with_context(
                active_model=order._name,
                active_ids=order.ids,
                distribution_method="unlink",
            )
            .create({"reason": "No"})
        )
        self.assertFalse(ask.action_apply())
        ask.with_context(distribution_method="action_refuse").action_apply()
        self.assertEqual((order.state, order.refuse_reason), ("refused", "No"))
        order.action_draft()
        order.action_send()
        order.action_confirm()
        order.action_deliver()
        back = (
            self.env["distribution.order.return"]
            .with_context(default_order_id=order.id)
            .create({"reason": "Expired"})
        )
        back.line_ids.quantity = 2
        back.action_apply()
        self.assertEqual(order.line_ids.returned_qty, 2)

    def test_random_stories(self):
        """Whatever happens to orders: what is promised is what confirmed orders still
        wait for, never more than there is, and counters equal the ledger."""
        for seed in range(SEEDS):
            rnd = random.Random(seed)
            self._post("sell_in", 40)
            orders = self.env["distribution.order"]
            for _number in range(5):
                orders |= self._create_secondary(rnd.choice([1, 2.5, 7, 12]))
            orders.action_send()
            for _step in range(25):
                self._act(rnd, rnd.choice(orders))
            lines = self.env["distribution.order.line"].search(
                [
                    ("supplier_id", "=", self.distributor.id),
                    ("state", "in", ("confirmed", "partly")),
                ]
            )
            stock, promised = self._get_stock()
            waiting = sum(line._to_product_uom(line.remaining_qty) for line in lines)
            self.assertAlmostEqual(promised, waiting, places=6)
            self.assertGreaterEqual(stock + 1e-6, promised)
            self.assertFalse(self.Ledger._find_drift())

    def _act(self, rnd, order):
        """One thing that somebody does to an order, allowed or not."""
        line = order.line_ids
        share = rnd.choice([0.25, 0.5, 1])
        try:
            with self.env.cr.savepoint():
                match rnd.choice(("confirm", "deliver", "return", "cancel", "close")):
                    case "confirm":
                        asked = {line.id: line.product_qty * share}
                        order.action_confirm(asked, {line.id: "Short"})
                    case "deliver":
                        order.action_deliver({line.id: line.remaining_qty * share})
                    case "return":
                        order.action_return({line.id: line.delivered_qty * share})
                    case "cancel":
                        order.action_cancel()
                        order.action_draft()
                        order.action_send()
                    case "close":
                        order.action_close()
                self.env.flush_all()
        except UserError:
            self.env.invalidate_all()

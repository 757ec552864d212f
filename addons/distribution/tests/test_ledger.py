# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from datetime import timedelta

import psycopg2

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.order_management.tests.seeds import SEEDS

from ..models.distribution_ledger import STOCK_SIGNS
from .secondary_common import SecondaryCommon


@tagged("post_install", "-at_install", "meets_others")
class TestLedger(SecondaryCommon):
    """DS-3: sell-in, sell-through, sell-out, append-only and exact."""

    def test_append_only(self):
        """Nobody changes a posting: not a manager, not the database's own client."""
        row = self._post("opening", 5)
        for change in (
            lambda: row.with_user(self.manager).write({"quantity": 6}),
            lambda: row.write({"quantity": 6}),
            lambda: row.unlink(),
            lambda: self.Ledger.create({"quantity": 1}),
        ):
            with self.assertRaises(UserError):
                change()
        for statement in (
            "UPDATE distribution_ledger SET quantity = 6 WHERE id = %s",
            "DELETE FROM distribution_ledger WHERE id = %s",
        ):
            with (
                self.assertRaises(psycopg2.Error),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.cr.execute(statement, [row.id])
        with self.assertRaises(UserError):
            self.env["distribution.stock"].search([], limit=1).with_user(
                self.manager
            ).write({"quantity": 99})

    def test_key_posts_once(self):
        for _time in range(2):
            self._post("opening", 5, key="same")
        self.assertEqual(self._get_stock(), (5, 0))

    def test_impossible_figures(self):
        for quantity in (0, 1e12, float("nan"), float("inf")):
            with self.assertRaises(ValidationError):
                self._post("opening", quantity)

    def test_sell_in_of_deliveries(self):
        """A box of twelve leaves: twelve lamps arrive at the member; a return goes
        back; what is delivered to others is not posted."""
        self._add_stock(100)
        orders = [
            self._create_order(
                partner_id=partner.id,
                order_line=[
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_id": self.box.id,
                            "product_uom_qty": 2,
                            "price_unit": 120,
                        }
                    )
                ],
            )
            for partner in (self.distributor.partner_id, self.partner)
        ]
        for order in orders:
            order.with_context(order_management_source="system").action_confirm()
            picking = order.picking_ids
            picking.move_ids.quantity = 24
            picking.move_ids.picked = True
            picking.button_validate()
        rows = self.Ledger.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(rows), 1)
        self.assertEqual(
            (rows.kind, rows.quantity, rows.value, rows.member_id, rows.rep_id),
            ("sell_in", 24, 240, self.distributor, orders[0].user_id),
        )
        self.assertEqual(self._get_stock(), (24, 0))
        picking = orders[0].picking_ids
        back = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        back.product_return_moves.quantity = 5
        returned = self.env["stock.picking"].browse(
            back.action_create_returns()["res_id"]
        )
        returned.move_ids.quantity = 5
        returned.move_ids.picked = True
        returned.button_validate()
        self.assertEqual(self._get_stock(), (19, 0))
        # a correction of the done delivery follows, with a row of its own
        picking.move_ids.move_line_ids.quantity = 20
        self.assertEqual(self._get_stock(), (15, 0))
        self.assertEqual(
            self.Ledger.search([("company_id", "=", self.company.id)]).mapped("kind"),
            ["sell_in", "return_out", "sell_in"],
        )
        picking.move_ids._post_sell_in()
        self.assertEqual(self._get_stock(), (15, 0))
        self.assertFalse(self.Ledger._find_drift())

    def test_plain_company_pays_nothing(self):
        """Deliveries of a company without a network ask the ledger nothing."""
        order = self._create_order()
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 1,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.ref("stock.stock_location_customers"),
                "company_id": self.other_company.id,
                "sale_line_id": order.order_line.id,
            }
        )
        move.state = "done"
        self.env.flush_all()
        Member = self.env["distribution.member"]
        Member._has_members(self.other_company.id)
        with self.assertQueryCount(0):
            move._post_sell_in()

    def test_queries_do_not_grow(self):
        """Posting a hundred rows asks as much as posting one."""

        def post(count, mark):
            vals_list = [
                {
                    "member_id": self.distributor.id,
                    "product_id": self.product.id,
                    "kind": "sell_out",
                    "quantity": 1,
                    "date": self.today,
                    "key": f"{mark}:{index}",
                }
                for index in range(count)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.Ledger._post(vals_list)
            return self.cr.sql_log_count - before

        post(1, "warm")
        self.assertEqual(post(1, "one"), post(100, "hundred"))

    def test_foreign_currency(self):
        """The company's value is that of the day's rate."""
        euro = self.env.ref("base.EUR")
        other = euro if self.company.currency_id != euro else self.env.ref("base.USD")
        other.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": other.id,
                "company_id": self.company.id,
                "name": self.today - timedelta(days=1),
                "rate": 0.5,
            }
        )
        row = self._post("sell_out", 2, value=10, currency_id=other.id)
        self.assertEqual((row.value, row.company_value, row.price_unit), (10, 20, 5))

    def test_stock_at_a_day(self):
        self._post("opening", 10, date=self.today - timedelta(days=5))
        self._post("sell_out", 4)
        at = self.today - timedelta(days=1)
        key = self.distributor, self.product
        get = self.Ledger._get_channel_stock
        self.assertEqual(get(*key), {key: 6})
        self.assertEqual(get(*key, at=at), {key: 10})

    def test_member_without_stock(self):
        """Its sales are written down, its stock is nobody's business."""
        self.distributor.keeps_stock = False
        row = self._post("sell_in", 10)
        self.assertEqual((row.quantity, row.stock_quantity), (10, 0))
        self.assertEqual(self._get_stock(), (0, 0))

    def test_random_stories(self):
        """Counters and the stock at any day equal a slow recount."""
        products = self.product | self.env["product.product"].create(
            {"name": "Bulb", "is_storable": True}
        )
        members = self.distributor | self.dealer | self.neighbour
        for seed in range(SEEDS):
            rnd = random.Random(seed)
            for _step in range(30):
                vals = {
                    "kind": rnd.choice(sorted(STOCK_SIGNS)),
                    "quantity": rnd.choice([1, 2.5, 0.1, 0.7, -0.3, 12, 1 / 3]),
                    "member": rnd.choice(members),
                    "product": rnd.choice(products),
                    "date": self.today - timedelta(days=rnd.randrange(90)),
                }
                self._post(**vals)
        self.assertFalse(self.Ledger._find_drift())
        day = self.today - timedelta(days=30)
        stock = self.Ledger._get_channel_stock(members, products, at=day)
        for (member, product), quantity in stock.items():
            rows = self.Ledger.search(
                [
                    ("member_id", "=", member.id),
                    ("product_id", "=", product.id),
                    ("date", "<=", day),
                ]
            )
            slow = sum(STOCK_SIGNS[row.kind] * row.quantity for row in rows)
            self.assertAlmostEqual(quantity, slow, places=6)

    def test_rep_sees_own_members(self):
        other = self._create_other_rep()
        self._post("opening", 5)
        stranger = self._create_member("Xa Lạ", "distributor", user_id=other.id)
        self._post("opening", 7, member=stranger)
        for model in (
            "distribution.ledger",
            "distribution.stock",
            "distribution.cover",
        ):
            rows = self.env[model].with_user(self.rep).search([])
            self.assertEqual(rows.member_id, self.distributor, model)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .split_common import SplitCase


@tagged("post_install", "-at_install")
class TestSplitBy(SplitCase):
    """OM-12: the parts that an order falls into."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rare = cls.env["product.product"].create(
            {"name": "Rare", "is_storable": True, "list_price": 9, "taxes_id": False}
        )
        cls._add_stock(3, cls.rare)

    def _mixed(self, rare=5, **values):
        return self._create_order(
            order_line=[
                Command.create({"product_id": product.id, "product_uom_qty": quantity})
                for product, quantity in ((self.product, 2), (self.rare, rare))
            ],
            **values,
        )

    def _groups(self, orders, by, **options):
        return {
            order: [
                {line.product_id: quantity for line, quantity in group.items()}
                for group in groups
            ]
            for order, groups in orders._get_split_groups(by, **options).items()
        }

    def test_availability_of_quotations(self):
        first, second = self._mixed(), self._mixed()
        groups = self._groups(first | second, "availability")
        # the earlier order gets the three that are there
        self.assertEqual(groups[first], [{self.rare: 2}])
        self.assertEqual(groups[second], [{self.rare: 5}])

    def test_availability_of_confirmed(self):
        order = self._mixed()
        order.action_confirm()
        order.picking_ids.action_assign()
        groups = self._groups(order, "availability")
        self.assertEqual(groups[order], [{self.rare: 2}])
        child = order._split(order._get_split_groups("availability")[order], "x")
        moves = order.picking_ids.move_ids
        self.assertEqual(
            [(m.product_id, m.product_qty, m.quantity, m.state) for m in moves],
            [(self.product, 2, 2, "assigned"), (self.rare, 3, 3, "assigned")],
        )
        self.assertEqual(child.picking_ids.move_ids.quantity, 0)

    def test_all_there_is_one_part(self):
        order = self._mixed(rare=3)
        self.assertEqual(self._groups(order, "availability")[order], [])

    def test_temperature(self):
        cold, deep = self.env["product.category"].create(
            [
                {"name": "Cold", "temperature_class": "chilled"},
                {"name": "Deep", "temperature_class": False},
            ]
        )
        deep.parent_id = cold
        self.rare.categ_id = deep
        order = self._mixed()
        self.assertEqual(self._groups(order, "temperature")[order], [{self.rare: 5}])
        self.rare.categ_id = self.product.categ_id
        self.assertEqual(self._groups(order, "temperature")[order], [])

    def test_supplier(self):
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        self.rare.seller_ids = [(0, 0, {"partner_id": vendor.id})]
        order = self._mixed()
        self.assertEqual(self._groups(order, "supplier")[order], [{self.rare: 5}])

    def test_date(self):
        order = self._mixed()
        order.order_line[1].customer_lead = 30
        self.assertEqual(self._groups(order, "date")[order], [{self.rare: 5}])

    def test_days_are_the_company_s(self):
        """A day begins at midnight where the company is."""
        self.company.partner_id.tz = "Asia/Ho_Chi_Minh"
        order = self._mixed()
        first, second = order.order_line
        first.promised_at = "2030-01-01 16:30:00"
        second.promised_at = "2030-01-01 17:30:00"
        self.assertEqual(self._groups(order, "date")[order], [{self.rare: 5}])
        first.promised_at = "2030-01-02 16:30:00"
        self.assertEqual(self._groups(order, "date")[order], [])

    def test_warehouse(self):
        order = self._mixed()
        self.assertEqual(self._groups(order, "warehouse")[order], [])

    def test_weight(self):
        self.product.weight, self.rare.weight = 2, 3
        order = self._mixed()
        # 2 x 2 kg and 2 x 3 kg stay
        groups = self._groups(order, "weight", max_weight=10)[order]
        self.assertEqual(groups, [{self.rare: 3}])
        groups = self._groups(order, "weight", max_weight=1)[order]
        self.assertEqual(len(groups), 6)
        with self.assertRaisesRegex(UserError, "how heavy"):
            order._get_split_groups("weight")

    def test_bulk(self):
        orders = self._mixed() | self._mixed() | self._order(1)
        batch = self.env["order.batch"]._make("split", orders, split_by="availability")
        batch._run_part(batch.line_ids.ids)
        lines = {line.order_id: line for line in batch.line_ids}
        states = [lines[order].state for order in orders]
        self.assertEqual(states, ["done", "done", "skipped"])
        self.assertIn(f"{orders[0].name}-1", lines[orders[0]].message)
        self.assertTrue(batch.can_undo)
        undo = self.env["order.batch"]._make(
            "split", orders[:2], undone_batch_id=batch.id
        )
        undo._run_part(undo.line_ids.ids)
        self.assertEqual(set(undo.line_ids.mapped("state")), {"done"})
        self.assertEqual(orders[0].order_line.mapped("product_uom_qty"), [2, 5])

    def test_queries_do_not_grow(self):
        """Splitting many quotations costs as many queries as splitting one, but for
        what Odoo itself needs to make an order."""
        counts = []
        for number in (1, 1, 10):
            orders = self.env["sale.order"].concat(
                *(self._mixed() for _n in range(number))
            )
            groups = orders._get_split_groups("availability")
            plans = {order: some for order, some in groups.items() if some}
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["sale.order"]._split_each(plans, "many")
            counts.append((self.env.cr.sql_log_count - before) / len(plans))
        self.assertLess(counts[2], counts[1] / 2)

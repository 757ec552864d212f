# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .quota_common import QuotaCase


@tagged("post_install", "-at_install")
class TestFairShare(QuotaCase):
    """OM-11: scarce goods shared by a policy, in whole packs, with the reason kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = "explicit"
        cls.env["stock.quant"]._update_available_quantity(
            cls.product, cls.warehouse.lot_stock_id, 100
        )
        cls.customers = cls.env["res.partner"].create(
            [{"name": name} for name in ("A", "B", "C")]
        )
        cls.orders = cls.env["sale.order"]
        for partner, quantity in zip(cls.customers, (90, 60, 60), strict=True):
            cls.orders |= cls._order(quantity, partner_id=partner.id)
        cls.orders.action_submit()
        cls.reviewer = cls._create_user("reviewer")

    def _share(self, compute=True, **values):
        document = (
            self.env["order.fair.share"]
            .with_user(self.reviewer)
            .create({"name": "Lamps", "company_id": self.company.id, **values})
        )
        document.action_find_scarce()
        if compute:
            document.action_compute()
        return document

    def _get_shares(self, document):
        lines = {line.order_id: line.share_qty for line in document.line_ids}
        return [lines[order] for order in self.orders]

    def test_dry_run_then_apply(self):
        document = self._share()
        self.assertEqual(document.product_ids.product_id, self.product)
        self.assertEqual(document.product_ids.supply_qty, 100)
        self.assertEqual(self._get_shares(document), [43, 29, 28])
        self.assertIn("Exact share 42.857143", document.line_ids[0].reason)
        # nothing has happened yet
        self.assertEqual(set(self.orders.order_line.mapped("approved_qty")), {0})
        document.action_apply()
        self.assertEqual(self.orders.order_line.mapped("approved_qty"), [43, 29, 28])
        reason = self.orders.order_line[0].cut_reason
        self.assertIn("Lamps", reason)
        self.assertIn("pro rata", reason)
        self.orders.action_approve()
        self.assertEqual(self.orders.order_line.mapped("approved_qty"), [43, 29, 28])
        self.orders.action_confirm()
        self.assertEqual(
            [
                sum(order.picking_ids.move_ids.mapped("product_uom_qty"))
                for order in self.orders
            ],
            [43, 29, 28],
        )
        # a second click changes nothing
        document.action_apply()
        with self.assertRefused("is done"):
            document.action_compute()

    def test_repeatable(self):
        self._share().action_apply()
        self.env["stock.quant"]._update_available_quantity(
            self.product, self.warehouse.lot_stock_id, 105
        )
        self.env.invalidate_all()
        document = self._share()
        self.assertEqual(sum(self._get_shares(document)), 205)
        document.action_apply()
        self.assertEqual(sum(self.orders.order_line.mapped("approved_qty")), 205)

    def test_whole_packs(self):
        document = self._share(compute=False)
        document.product_ids.pack_uom_id = self.dozen
        document.action_compute()
        shares = self._get_shares(document)
        self.assertEqual(shares, [48, 24, 24])
        self.assertIn("packs of 12", document.line_ids[0].reason)

    def test_first_paid(self):
        self.orders[2].channel_paid = True
        self.orders[2].date_order = "2026-01-02 10:00:00"
        self.orders[0].date_order = "2026-01-01 10:00:00"
        self.orders[1].date_order = "2026-01-03 10:00:00"
        document = self._share(policy="first")
        self.assertEqual(self._get_shares(document), [40, 0, 60])
        reasons = {line.order_id: line.reason for line in document.line_ids}
        self.assertIn("all of it", reasons[self.orders[2]])
        self.assertIn("Not paid, ordered 2026-01-01", reasons[self.orders[0]])

    def test_classes(self):
        gold = self.env["res.partner.category"].create({"name": "Gold"})
        self.customers[1].category_id = gold
        document = self._share(
            policy="class",
            class_ids=[Command.create({"partner_category_id": gold.id})],
        )
        self.assertEqual(self._get_shares(document), [24, 60, 16])

    def test_pro_rata_to_quota(self):
        for partner, limit in zip(self.customers, (10, 30, 10), strict=True):
            self._create_quota(
                limit=limit,
                scope_type="customer",
                partner_id=partner.id,
                policy="warn",
                name=partner.name,
            )
        document = self._share(weight_by="quota")
        self.assertEqual(self._get_shares(document), [20, 60, 20])

    def test_own_supply_and_own_shares(self):
        document = self._share()
        row = document.product_ids
        row.write({"own_supply": True, "supply_qty": 70})
        document.action_compute()
        self.assertEqual(self._get_shares(document), [30, 20, 20])
        line = document.line_ids.filtered(lambda x: x.order_id == self.orders[0])
        line.share_qty = 31
        with self.assertRefused("there are only 70"):
            document.action_apply()
        line.share_qty = 29
        document.action_apply()
        self.assertEqual(self.orders[0].order_line.approved_qty, 29)

    def test_confirmed_orders_keep_what_left(self):
        order = self.orders[0]
        order.order_line.write({"approved_qty": 50, "cut_reason": "First"})
        order.action_approve()
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 20, "picked": True})
        picking.with_context(
            skip_backorder=True, cancel_backorder=False
        ).button_validate()
        document = self._share(include_confirmed=True)
        # 80 are there, 70 + 60 + 60 are open
        self.assertEqual(sum(self._get_shares(document)), 80)
        document.action_apply()
        self.assertEqual(
            order.order_line.approved_qty, 20 + self._get_shares(document)[0]
        )

    def test_changed_order_is_noticed(self):
        document = self._share()
        self.orders[1].order_line.product_uom_qty = 50
        with self.assertRefused("Compute them again"):
            document.action_apply()

    def test_enough_for_all(self):
        self.env["stock.quant"]._update_available_quantity(
            self.product, self.warehouse.lot_stock_id, 500
        )
        with self.assertRefused("No product is scarce"):
            self._share()

    def test_rights(self):
        clerk = self._create_user("clerk")
        document = self._share()
        self.assertEqual(document.with_user(clerk).order_count, 3)
        with self.assertRaises(AccessError):
            document.with_user(clerk).action_apply()
        neighbour = self._create_user("reviewer", self.other_company)
        with self.assertRaises(AccessError):
            document.with_user(neighbour).read(["name"])

    def test_quota_gives_back_what_is_cut(self):
        quota = self._create_quota(limit=500)
        self.assertCounted(quota, 210, 0)
        self._share().action_apply()
        self.orders.action_approve()
        self.assertCounted(quota, 100, 0)

    # what there is to share

    def test_goods_promised_to_others(self):
        """Held, or asked for by orders that take no part: not there to share."""
        self.warehouse.out_type_id.reservation_method = "manual"
        self.env["stock.hold"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": self.warehouse.id,
                "quantity": 10,
            }
        )
        outside = self._order(20)
        outside.action_submit()
        outside.action_approve()
        outside.action_confirm()
        self.assertEqual(sum(self._get_shares(self._share())), 70)
        # the one that is confirmed takes part as well, with what is its own
        both = self._share(include_confirmed=True)
        self.assertEqual(both.product_ids.supply_qty, 90)
        self.assertEqual(sum(both.line_ids.mapped("share_qty")), 90)

    def test_own_holds_are_shared(self):
        self.orders[0].order_line.product_uom_qty = 50
        self.orders[0]._hold(self.env.cr.now().replace(year=2099))
        document = self._share()
        self.assertEqual(document.product_ids.supply_qty, 100)

    def test_given_is_not_given_again(self):
        """Approved shares stay with their orders until they are confirmed."""
        first = self._share()
        first.action_apply()
        self.orders.action_approve()
        late = self._order(50)
        late.action_submit()
        document = self._share()
        self.assertEqual(document.product_ids.supply_qty, 0)
        self.assertEqual(document.line_ids.share_qty, 0)
        self.orders[0]._action_cancel()
        document.action_compute()
        self.assertEqual(document.line_ids.share_qty, 43)
        self.orders[1:].action_confirm()
        document.action_compute()
        self.assertEqual(document.line_ids.share_qty, 43)

    def test_decided_since_it_was_computed(self):
        decisions = (
            lambda order: order.order_line.write(
                {"approved_qty": 1, "cut_reason": "Cut"}
            ),
            lambda order: order._action_cancel(),
            lambda order: order.action_refuse("No"),
        )
        for order, decide in zip(self.orders, decisions, strict=True):
            document = self._share()
            decide(order)
            with self.assertRefused("decided or closed"):
                document.action_apply()
            document.action_compute()
            self.assertEqual(document.state, "planned")

    def test_goods_gone_since_it_was_computed(self):
        document = self._share()
        self._add_stock(-30)
        with self.assertRefused("100 of .* only 70"):
            document.action_apply()
        document.action_compute()
        document.action_apply()
        self.assertEqual(sum(self.orders.order_line.mapped("approved_qty")), 70)

    def test_same_queries_for_many_orders(self):
        def count(number):
            orders = self.orders.browse()
            product = self.env["product.product"].create(
                {"name": f"Many {number}", "is_storable": True}
            )
            self._add_stock(number, product)
            for _n in range(number):
                orders |= self._order(3, product=product)
            orders.action_submit()
            document = self.env["order.fair.share"].create(
                {
                    "company_id": self.company.id,
                    "product_ids": [Command.create({"product_id": product.id})],
                }
            )
            document.action_compute()
            self.assertEqual(len(document.line_ids), number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            document.line_ids._check_unchanged()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertLessEqual(count(60) - count(2), 2)

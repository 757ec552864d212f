# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo.tests import tagged

from .secondary_common import SecondaryCommon


@tagged("post_install", "-at_install", "meets_others")
class TestChannelCover(SecondaryCommon):
    """DS-3: how long the stock lasts and what should be ordered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.channel_cover_window = 90
        cls.company.channel_cover_target = 30
        cls.product.sale_ok = True

    def _get_cover(self, member=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["distribution.cover"].search(
            [("member_id", "=", (member or self.distributor).id)]
        )

    def test_cover(self):
        """180 sold in 90 days: two a day, so 40 last 20 days."""
        self._post("opening", 220, date=self.today - timedelta(days=120))
        self._post("sell_through", 190, date=self.today - timedelta(days=20))
        self._post("return_in", 10, date=self.today - timedelta(days=10))
        cover = self._get_cover()
        self.assertEqual((cover.sold_qty, cover.quantity), (180, 40))
        self.assertAlmostEqual(cover.cover_days, 20)
        self.assertEqual(cover.age_days, 120)
        # 60 wanted, 40 there: 20, in boxes of twelve
        self.assertEqual(cover.suggested_qty, 24)

    def test_order_of_a_distributor(self):
        """It buys from the company: a sales order; what is on order counts."""
        self._post("opening", 180, date=self.today)
        self._post("sell_out", 180)
        action = self.distributor.action_suggested_order()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.partner_id, self.distributor.partner_id)
        self.assertEqual(order.order_line.product_uom_qty, 60)
        order.action_confirm()
        cover = self._get_cover()
        self.assertEqual((cover.on_order_qty, cover.suggested_qty), (60, 0))

    def test_order_of_an_outlet(self):
        """It buys from its distributor: a secondary order at its prices."""
        self._post("receipt", 90, member=self.shop)
        self._post("sell_out", 90, member=self.shop)
        self._get_cover(self.shop).action_make_orders()
        order = self.env["distribution.order"].search([("buyer_id", "=", self.shop.id)])
        self.assertEqual(order.supplier_id, self.distributor)
        self.assertEqual(
            (order.line_ids.product_qty, order.line_ids.price_unit), (36, 50)
        )
        order.action_send()
        self.assertEqual(self._get_cover(self.shop).on_order_qty, 36)

    def test_nothing_sold(self):
        self._post("opening", 10)
        cover = self._get_cover()
        self.assertFalse(cover.average_qty)
        self.assertFalse(cover.suggested_qty)
        domain = [("quantity", ">", 0), ("average_qty", "=", 0)]
        self.assertIn(cover, self.env["distribution.cover"].search(domain))

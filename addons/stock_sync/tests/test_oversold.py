# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .stock_common import StockSyncCommon


@tagged("post_install", "-at_install", "meets_others")
class TestOversold(StockSyncCommon):
    """SS-6: what a shop sold beyond what is there waits, and reserves nothing."""

    def _receive(self, external_id, quantity):
        return self._create_row(
            external_id,
            channel=self.shop_channel,
            payload=self._prepare_payload(
                external_id,
                status="paid",
                currency=self.company.currency_id.name,
                lines=[
                    {
                        "external_id": "1",
                        "sku": "LAMP",
                        "quantity": str(quantity),
                        "unit_price": "10",
                    }
                ],
                shipping={},
                payment={"state": "paid", "amount": str(10 * quantity)},
                total=str(10 * quantity),
            ),
        )

    def test_the_order_that_is_too_much_is_held(self):
        self._add_stock(5)
        listing = self._create_listing()
        rows = self._receive("A", 3) + self._receive("B", 3) + self._receive("C", 2)
        rows._process()
        self.assertEqual(rows.mapped("state"), ["imported", "held", "imported"])
        self.assertEqual(rows[1].error_code, "oversold")
        self.assertIn("3 ordered, 2 can be promised", rows[1].error)
        orders = rows.sale_order_id
        orders.filtered(lambda order: order.state == "draft").action_confirm()
        self._flush()
        self.assertEqual(listing.target_qty, 0)

    def test_a_person_accepts_it(self):
        row = self._receive("A", 3)
        row._process()
        self.assertEqual(row.state, "held")
        row.action_accept("Goods come tomorrow")
        self.assertEqual(row.state, "imported")

    def test_shops_that_do_not_show_our_stock_are_not_asked(self):
        self.shop_channel.stock_is_published = False
        row = self._receive("A", 3)
        row._process()
        self.assertEqual(row.state, "imported")

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.tests import tagged

from odoo.addons.order_management_point_of_sale.tests.common import PosHubCase
from odoo.addons.stock_sync.tests.fake_channel import KIND


@tagged("post_install", "-at_install")
class TestTillsAndShops(PosHubCase):
    """SS-6: what a till sold is gone before its session is closed; it is always
    booked, and named where a shop had sold it as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # settings of shops and stock are not what is looked at here
        cls.env.user.group_ids |= cls.env.ref("stock_sync.group_connector_admin")
        cls.env["stock.quant"].sudo().search(
            [("product_id", "=", cls.bolt.id), ("location_id.usage", "=", "internal")]
        ).quantity = 10
        cls.bolt.default_code = "BOLT"
        cls.shop = cls.env["sale.channel"].create(
            {
                "name": "Shop",
                "company_id": cls.company.id,
                "channel_type": KIND,
                "sync_state": "connected",
                "stock_is_published": True,
                "sync_connected_at": fields.Datetime.now(),
            }
        )
        cls.listing = cls.env["channel.listing"].create(
            {
                "channel_id": cls.shop.id,
                "item_ref": "1",
                "sku": "BOLT",
                "name": "Bolt",
                "product_id": cls.bolt.id,
            }
        )
        cls.warehouse = cls.config.picking_type_id.warehouse_id

    def _open(self, at_closing=True):
        moment = "closing" if at_closing else "real"
        self.company.point_of_sale_update_stock_quantities = moment
        self.open_new_session()
        self.env.flush_all()
        self._flush()
        return self.pos_session

    def _flush(self):
        self.env.cr.flush()
        self.env["channel.stock.dirty"]._flush_chunk()

    def _left(self, product=None):
        product = product or self.bolt
        return product._get_available_to_promise(self.warehouse)[product.id]

    def _close(self, session):
        session.post_closing_cash_details(sum(session.order_ids.mapped("amount_total")))
        session.close_session_from_ui()
        self.assertEqual(session.state, "closed")

    def test_sold_before_the_session_is_closed(self):
        session = self._open()
        self.assertEqual(self.listing.target_qty, 10)
        sale = self._sell((self.bolt, 3))
        self.assertFalse(sale.picking_ids, "booked when the session is closed")
        self.assertEqual(self._left(), 7)
        self._flush()
        self.assertEqual(self.listing.target_qty, 7)
        self.assertEqual(self.listing.target_reason, "till")
        text = self.env["channel.stock.publisher"]._get_reason_text("till")
        self.assertEqual(text, "Sold at a till")
        self._close(session)
        self.assertEqual(self.bolt.qty_available, 7)
        self.assertEqual(self._left(), 7, "counted once")
        self._flush()
        self.assertEqual(self.listing.target_qty, 7)

    def test_brought_back_before_the_session_is_closed(self):
        session = self._open()
        self._sell((self.bolt, 3))
        self._sell((self.bolt, -1))
        before = self._left()
        self.assertEqual(before, 8)
        self._close(session)
        self.assertEqual(self._left(), before)

    def test_booked_at_once(self):
        self._open(at_closing=False)
        sale = self._sell((self.bolt, 3))
        self.assertEqual(sale.picking_ids.state, "done")
        self.assertEqual(self._left(), 7)

    def test_ship_later_has_moves_of_its_own(self):
        self._open()
        self.config.ship_later = True
        sale = self._sell(
            (self.bolt, 3), shipping_date=fields.Date.to_string(fields.Date.today())
        )
        self.assertTrue(sale.picking_ids)
        self.assertEqual(self._left(), 7)

    def test_open_orders_when_chosen(self):
        session = self._open()
        data = self.create_ui_order_data(
            [{"product": self.bolt, "quantity": 4}], {"state": "draft"}, payments=[]
        )
        result = self.env["pos.order"].sync_from_ui([data])
        sale = self.env["pos.order"].browse(result["pos.order"][0]["id"])
        self.assertEqual((sale.state, self._left()), ("draft", 10))
        self.config.counts_open_orders = True
        self.assertEqual(self._left(), 6)
        self._flush()
        self.assertEqual(self.listing.target_qty, 6)
        sale.action_pos_order_cancel()
        self.assertEqual(self._left(), 10)
        self._flush()
        self.assertEqual(self.listing.target_qty, 10)
        self.assertTrue(session)

    def test_promises_later_see_the_sale(self):
        """Holds of quotations and carts do not get what a till has sold."""
        self._open()
        self._sell((self.bolt, 8))
        order = self._create_order(3, confirm=False)
        until = fields.Datetime.add(fields.Datetime.now(), hours=1)
        missing = order._hold(until)
        self.assertEqual(missing, {order.order_line: {self.bolt: 1.0}})

    def test_always_booked_and_named(self):
        self._open()
        self._sell((self.bolt, 9))
        row = self._receive("S1", 2)
        self.assertEqual((row.state, row.error_code), ("held", "oversold"))
        self.assertIn("1 can be promised", row.error)
        self.assertIn(self.config.name, row.error)
        # a till does not ask: the customer has the goods in hand
        sale = self._sell((self.bolt, 4))
        self.assertEqual(sale.state, "paid")
        self.assertEqual(self._left(), -3)
        self.shop.invalidate_recordset()
        self.assertEqual(self.shop.sync_health, "warning")
        self.assertIn(self.config.name, self.shop.sync_health_text)
        self._flush()
        self.assertEqual(self.listing.target_qty, 0)

    def _receive(self, external_id, quantity):
        payload = {
            "schema_version": 1,
            "external_id": external_id,
            "placed_at": "2026-07-19T08:12:44+07:00",
            "status": "paid",
            "currency": self.company.currency_id.name,
            "customer": {"external_id": "C1", "name": "Buyer"},
            "lines": [
                {
                    "external_id": "1",
                    "sku": "BOLT",
                    "quantity": str(quantity),
                    "unit_price": "10",
                }
            ],
            "payment": {"state": "paid", "amount": str(10 * quantity)},
            "total": str(10 * quantity),
        }
        inbox = self.env["channel.order"].sudo()
        [answer] = inbox.receive(self.shop.id, [payload])
        row = inbox.browse(answer["id"])
        row.action_process()
        return row

    def test_tills_without_shops_stay_plain(self):
        """One query for the products of a sale that no shop shows, and no row."""
        self._open()
        self._sell((self.nut, 1))
        self.env.cr.flush()
        self.env.cr.execute(
            "SELECT count(*) FROM channel_stock_dirty WHERE product_id = %s",
            [self.nut.id],
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)

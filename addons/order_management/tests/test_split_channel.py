# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestSplitChannel(ImportCommon):
    """OM-12: for its channel an order in parts is still one order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for product in cls.lamp | cls.desk:
            cls._add_stock(100, product)

    def _lines(self, **quantities):
        prices = {"LAMP": "40", "DESK": "250", "BULB": "2.50"}
        return [
            self._prepare_line(sku, quantity, prices[sku], sku)
            for sku, quantity in quantities.items()
        ]

    def _send(self, *args, **values):
        row = self._import(self._prepare_order("A1", *args, **values))
        self.assertIn(row.state, ("imported", "updated"), row.error)
        return row

    def _split(self, confirm=False):
        order = self._send(self._lines(LAMP=4, DESK=1)).sale_order_id
        if confirm:
            order.action_confirm()
        lamp, desk = order.order_line
        child = order._split([{lamp: 1, desk: 1}], "test")
        return order, child

    def _ordered(self, order):
        return {
            line.product_id.default_code: line.product_uom_qty
            for line in order.order_line
            if line.product_uom_qty
        }

    def test_numbers_survive(self):
        order, child = self._split()
        self.assertEqual(child.channel_number, order.channel_number)
        self.assertEqual(child.sale_channel_id, order.sale_channel_id)
        self.assertTrue(child.channel_paid)
        refs = child.order_line.mapped("channel_line_ref")
        self.assertEqual(sorted(refs), ["DESK", "LAMP"])

    def test_repeated_payload_doubles_nothing(self):
        order, child = self._split()
        self._send(self._lines(LAMP=4, DESK=1))
        self._send(self._lines(LAMP=4, DESK=1), note="again")
        self.assertEqual(self._ordered(order), {"LAMP": 3})
        self.assertEqual(self._ordered(child), {"LAMP": 1, "DESK": 1})
        self.assertFalse((order | child).change_ids)

    def test_updates_reach_the_part(self):
        order, child = self._split()
        self._send(self._lines(LAMP=6, DESK=2))
        self.assertEqual(self._ordered(order), {"LAMP": 3})
        self.assertEqual(self._ordered(child), {"LAMP": 3, "DESK": 2})
        self._send(self._lines(LAMP=2, DESK=2))
        self.assertEqual(self._ordered(order), {"LAMP": 2})
        self.assertEqual(self._ordered(child), {"DESK": 2})
        self._send(self._lines(LAMP=2))
        self.assertEqual(self._ordered(child), {})

    def test_updates_of_confirmed_parts(self):
        order, child = self._split(confirm=True)
        self._send(self._lines(LAMP=5, DESK=3))
        self.assertEqual(self._ordered(child), {"LAMP": 2, "DESK": 3})
        moves = child.order_line._get_split_moves()
        self.assertEqual(sum(moves.mapped("product_qty")), 5)
        moves = order.order_line._get_split_moves()
        self.assertEqual(sum(moves.mapped("product_qty")), 3)

    def test_price_of_a_divided_line(self):
        order, child = self._split()
        lines = self._lines(LAMP=4, DESK=1)
        lines[0]["unit_price"] = "30"
        self._send(lines)
        lamps = (order | child).order_line.filtered(
            lambda line: line.product_id == self.lamp
        )
        self.assertEqual(lamps.mapped("price_unit"), [30, 30])

    def test_cancellation_cancels_all(self):
        order, child = self._split(confirm=True)
        self._send(self._lines(LAMP=4, DESK=1), status="cancelled")
        self.assertEqual((order | child).mapped("state"), ["cancel", "cancel"])

    def test_what_left_holds_back_all(self):
        order, child = self._split(confirm=True)
        picking = child.picking_ids
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()
        self._send(self._lines(LAMP=4, DESK=1), status="cancelled")
        self.assertEqual((order | child).mapped("state"), ["sale", "sale"])
        self.assertEqual(order.change_ids.mapped("kind"), ["cancel"])
        self.assertFalse(order._has_shipped_all())

    def test_no_more_is_given_back_than_there_is(self):
        """What was given back of a part is not given back of the order again."""
        order, child = self._split(confirm=True)
        product = self.channel._get_charge_product("discount")
        self.env["channel.return"].create(
            {
                "company_id": order.company_id.id,
                "channel_id": order.sale_channel_id.id,
                "partner_id": order.partner_id.id,
                "currency_id": order.currency_id.id,
                "return_type": "refund_only",
                "line_ids": [
                    Command.create(
                        {
                            "order_id": child.id,
                            "product_id": product.id,
                            "refund_amount": child.amount_total,
                        }
                    )
                ],
            }
        )
        amount = f"{order.amount_total + 1:.2f}"
        self._send(
            self._lines(LAMP=4, DESK=1),
            refunds=[{"external_id": "R1", "amount": amount, "lines": []}],
        )
        self.assertEqual(order.change_ids.mapped("kind"), ["refund"])

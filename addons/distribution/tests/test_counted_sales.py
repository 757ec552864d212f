# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .debt_common import DebtCommon


@tagged("post_install", "-at_install", "meets_others")
class TestCountedSales(DebtCommon):
    """DS-15: sales count when delivered, or paid; returns claw back."""

    def _counted(self, field="counted_value", user=None):
        self.env.flush_all()
        rows = self.env["distribution.counted.sales"]._read_group(
            [("user_id", "=", (user or self.rep).id)], [], [f"{field}:sum"]
        )
        return rows[0][0] or 0.0

    def _deliver(self, quantity=6):
        order = self._sell(quantity)
        order.action_confirm()
        self._ship(order.picking_ids)
        return order

    def test_delivered(self):
        order = self._sell(6)
        order.action_confirm()
        self.assertEqual(self._counted(), 0)
        self._ship(order.picking_ids)
        self.assertEqual((self._counted(), self._counted("delivered_qty")), (60, 6))

    def test_returns(self):
        order = self._deliver()
        picking = order.picking_ids
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 2
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.write({"quantity": 2, "picked": True})
        back.button_validate()
        self.assertEqual(self._counted(), 40)
        self.assertEqual(self._counted("returned_value"), 20)

    def test_kits(self):
        """Components moved: whole kits count, in the months they went and came back."""
        order = self._sell(6)
        order.action_confirm()
        line = order.order_line
        out = order.picking_ids.move_ids
        cup, plate = self.env["product.product"].create(
            [
                {"name": name, "is_storable": True, "list_price": 1}
                for name in ("Cup", "Plate")
            ]
        )
        # what the explosion of a kit makes: a move a component, none of the kit
        out._do_unreserve()
        out.write({"product_id": cup.id, "product_uom_qty": 12})
        other = out.copy({"product_id": plate.id, "product_uom_qty": 6})
        other._action_confirm()
        for move, quantity in ((out, 12), (other, 6)):
            move.quantity = quantity
        (out + other).picked = True
        (out + other)._action_done()
        self.assertEqual((out + other).mapped("state"), ["done", "done"])
        self._set_kits(line, 6, out + other)
        self.assertEqual(self._counted("delivered_qty"), 6)
        self.assertEqual(self._counted(), 60)
        back = self.env["stock.move"]
        for move, quantity in ((out, 4), (other, 2)):
            back += move.copy(
                {
                    "location_id": move.location_dest_id.id,
                    "location_dest_id": move.location_id.id,
                    "product_uom_qty": quantity,
                    "picking_id": False,
                }
            )
        back._action_confirm()
        for move in back:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        back._action_done()
        self._set_kits(line, 4, back)
        self.assertEqual(self._counted("returned_qty"), 2)
        self.assertEqual(self._counted(), 40)

    def _set_kits(self, line, quantity, moves):
        """What the bill of materials' addon writes: whose the moves are, and how many
        kits they make."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move SET sale_line_id = %s WHERE id = ANY(%s)",
            (line.id, moves.ids),
        )
        self.env.cr.execute(
            "UPDATE sale_order_line SET qty_delivered = %s WHERE id = %s",
            (quantity, line.id),
        )
        self.env.invalidate_all()

    def test_paid(self):
        self.company.distribution_paid_sales = True
        order = self._deliver()
        self.assertEqual(self._counted(), 0)
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(self._counted(), 0)
        holder = self.env["distribution.cash.holder"].create(
            {"user_id": self.rep.id, "company_id": self.company.id}
        )
        self.env["distribution.cash"].with_user(self.rep).record_receipt(
            {
                "client_uuid": "paid",
                "partner_id": self.buyer.id,
                "amount": invoice.amount_total / 2,
                "invoice_ids": invoice.ids,
            }
        )
        self.assertAlmostEqual(holder.balance, 30)
        self.assertAlmostEqual(self._counted(), 30)

    def test_services_and_reps(self):
        service = self.env["product.product"].create(
            {"name": "Service", "type": "service", "list_price": 8, "taxes_id": False}
        )
        order = self._sell(1)
        order.order_line.product_id = service
        order.order_line.price_unit = 8
        order.action_confirm()
        self.assertEqual(self._counted(), 0)
        order.order_line.qty_delivered = 1
        self.assertEqual(self._counted(), 8)
        rows = self.env["distribution.counted.sales"].with_user(self.supervisor)
        self.assertTrue(rows.search([("order_id", "=", order.id)]))
        self.distributor.user_id = self.supervisor
        self.env.flush_all()
        rows = rows.with_user(self.rep)
        rows.invalidate_model()
        self.assertFalse(rows.search([("order_id", "=", order.id)]))

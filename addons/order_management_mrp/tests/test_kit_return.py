# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-19: kits come back whole, by their components."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.order_management.tests.invoice_common import InvoiceCase


@tagged("post_install", "-at_install")
class TestKitReturn(InvoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = "follow"
        cls.frame = cls._make_product("Frame")
        cls.wheel = cls._make_product("Wheel")
        cls.cart = cls.env["product.product"].create({"name": "Cart", "type": "consu"})
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.cart.product_tmpl_id.id,
                "type": "phantom",
                "company_id": cls.company.id,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in ((cls.frame, 1), (cls.wheel, 4))
                ],
            }
        )

    def _ask(self, order, quantity):
        return self.env["channel.return"].create(
            {
                "partner_id": order.partner_id.id,
                "company_id": self.company.id,
                "line_ids": [
                    Command.create(
                        {
                            "order_id": order.id,
                            "sale_line_id": order.order_line.id,
                            "requested_qty": quantity,
                            "reason_id": self.env.ref(
                                "order_management.channel_return_reason_mind"
                            ).id,
                        }
                    )
                ],
            }
        )

    def test_whole_kits(self):
        for mode in ("none", "follow"):
            self.company.approval_mode = mode
            order = self._make_order(5, product=self.cart)
            self._ship(order.picking_ids)
            line = order.order_line
            self.assertEqual(line._get_returnable_qty()[line], 5, mode)
            record = self._ask(order, 2)
            record.action_approve()
            moves = record.picking_ids.move_ids
            self.assertEqual(
                {move.product_id: move.product_uom_qty for move in moves},
                {self.frame: 2, self.wheel: 8},
            )
            self.assertEqual(line._get_returnable_qty()[line], 3)
            moves.filtered(lambda m: m.product_id == self.wheel).quantity = 5
            self._ship(record.picking_ids)
            self.assertEqual(record.line_ids.received_qty, 1, "a wheel is no cart")
            self.assertEqual(record.state, "to_receive")
            record.action_receive()
            self.assertEqual(record.line_ids.received_qty, 2)
            self.assertEqual(record.state, "received")
            self.assertEqual(line._get_returnable_qty()[line], 3)
            record.action_accept_all()
            self.assertEqual(record.state, "closed")

    def test_money_for_kits_once(self):
        """Odoo's delivered kits miss what came back already: it is credited once."""
        self.company.approval_mode = "none"
        for policy in ("delivery", "order"):
            self.cart.invoice_policy = policy
            order = self._make_order(5, product=self.cart)
            self._ship(order.picking_ids)
            line = order.order_line
            order._create_invoices().action_post()
            record = self._ask(order, 2)
            record.action_approve()
            record.action_receive()
            self.assertEqual(line.qty_to_invoice, 0, f"{policy}: not inspected yet")
            record.action_accept_all()
            credit = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
            self.assertEqual(credit.invoice_line_ids.quantity, 2, policy)
            self.assertEqual(line.qty_to_invoice, 0, policy)

    def test_channel_credits_kits_once(self):
        """By the channel's policy, too; and not before they are inspected."""
        self.company.approval_mode = "none"
        self.cart.invoice_policy = "delivery"
        for policy in ("shipment", "order"):
            self.channel.invoice_policy = policy
            order = self._sell(5, product=self.cart)
            self._deliver(order)
            self._run()
            record = self._ask(order, 2)
            record.action_approve()
            record.action_receive()
            self._run()
            self.assertFalse(self._invoices(order, "out_refund"), policy)
            record.action_accept_all()
            self._run()
            credit = self._invoices(order, "out_refund")
            self.assertEqual(credit.invoice_line_ids.quantity, 2, policy)
            self.assertEqual(order.order_line.qty_to_invoice, 0, policy)

    def test_no_component_twice(self):
        order = self._make_order(5, product=self.cart)
        self._ship(order.picking_ids)
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": order.picking_ids.id}
        )
        wheels = wizard.product_return_moves.filtered(
            lambda line: line.product_id == self.wheel
        )
        self.assertEqual(wheels.remaining_qty, 20)
        wheels.quantity = 21
        with self.assertRefused("come back"):
            wizard.action_create_returns()

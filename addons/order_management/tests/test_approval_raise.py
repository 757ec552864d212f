# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-31: what is changed in a confirmed order waits for its approvers."""

from odoo.fields import Command
from odoo.tests import tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalRaise(ApprovalCase):
    def _confirm(self, *quantities, **vals):
        order = self._submit(*quantities, **vals)
        order.action_approve()
        order.action_confirm()
        return order

    def test_raise_in_a_confirmed_order(self):
        self._make_rule("director", by_amount=True, amount_over=150)
        order = self._confirm(10)
        line = order.order_line
        with self.assertRefused("approval of others"):
            self._as(line, "reviewer").write({"approved_qty": 20, "cut_reason": "More"})
        self._as(line, "clerk").product_uom_qty = 20
        self.assertEqual(order.approval_state, "approved")
        self.assertEqual(line.approved_qty, 10)
        step = self._get_steps(order)
        self.assertEqual((step.kind, step.state), ("raise", "pending"))
        self.assertIn(order, self._get_mine("director"))
        self.assertNotIn(order, self._get_mine("reviewer"))
        self._as(order, "director").action_approve()
        self.assertEqual(line.approved_qty, 20)
        open_moves = order.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
        self.assertEqual(sum(open_moves.mapped("product_uom_qty")), 20)
        self.assertFalse(self._get_mine("director") & order)

    def test_raise_refused_or_withdrawn(self):
        order = self._confirm(10)
        line = order.order_line
        self._as(line, "clerk").product_uom_qty = 12
        self.assertIn(order, self._get_mine("reviewer"))
        self._as(order, "reviewer").action_refuse("Not before May")
        self.assertEqual(line.approved_qty, 10)
        self.assertEqual(line.cut_reason, "Not before May")
        self.assertNotIn(order, self._get_mine("reviewer"))
        self._as(line, "clerk").product_uom_qty = 14
        self.assertIn(order, self._get_mine("reviewer"))
        self._as(line, "clerk").product_uom_qty = 10
        self.assertNotIn(order, self._get_mine("reviewer"))

    def test_new_line_in_a_confirmed_order(self):
        order = self._confirm(10)
        self._as(order, "clerk").write(
            {
                "order_line": [
                    Command.create({"product_id": self.other.id, "product_uom_qty": 3})
                ]
            }
        )
        self.assertIn(order, self._get_mine("reviewer"))
        self._as(order, "reviewer").action_approve()
        self.assertEqual(order.order_line.mapped("approved_qty"), [10, 3])
        self.assertIn(self.other, order.picking_ids.move_ids.product_id)

    def test_other_terms_in_a_confirmed_order(self):
        """A new price: what has left has left, the rest waits for its approval."""
        order = self._confirm(10)
        line = order.order_line
        self._ship(order.picking_ids, 4)
        self._as(line, "clerk").price_unit = 1
        self.assertEqual(line.approved_qty, 4)
        self.assertEqual(self._get_steps(order).kind, "raise")
        self._as(order, "reviewer").action_approve()
        self.assertEqual(line.approved_qty, 10)
        todo = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        self._ship(todo, 6)
        self.assertNet(line, 10)

    def test_other_address_of_a_confirmed_order(self):
        order = self._confirm(10)
        elsewhere = self.partner.create({"name": "Elsewhere"})
        self._as(order, "clerk").partner_shipping_id = elsewhere
        self.assertEqual(order.order_line.approved_qty, 0)
        self._as(order, "reviewer").action_approve()
        self.assertEqual(order.order_line.approved_qty, 10)

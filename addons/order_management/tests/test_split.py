# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .seeds import SEEDS
from .split_common import SplitCase


@tagged("post_install", "-at_install")
class TestSplit(SplitCase):
    """OM-12: an order in parts is still all of the order."""

    def _split_and_undo(self, seed, state, quotas=True):
        rnd = self._seeded(seed)
        order = self._random_order(rnd, state)
        groups = self._random_groups(rnd, order)
        before = self._snapshot(order)
        own = self._own(order)
        if not groups:
            return
        children = order._split(groups, "test")
        self.assertEqual(len(children), len(groups))
        self.assertEqual(self._snapshot(order), before, f"split, seed {seed}")
        self.assertEqual(children.mapped("state"), [order.state] * len(children))
        for child in children:
            self.assertEqual(child.approval_state, order.approval_state)
            if state == "sale":
                pickings = child.picking_ids
                self.assertTrue(pickings)
                self.assertEqual(pickings.move_ids.sale_line_id.order_id, child)
        children[::-1].action_undo_split()
        self.assertEqual(self._snapshot(order), before, f"undo, seed {seed}")
        self.assertEqual(self._own(order), own, f"undo, seed {seed}")
        self.assertEqual(set(children.mapped("state")), {"cancel"})
        self.assertFalse(any(children.mapped("amount_total")))

    def _own(self, order):
        """The order itself, without its parts."""
        lines = order.order_line
        return (
            order.amount_total,
            order.amount_untaxed,
            sorted((ln.id, ln.product_uom_qty, ln.approved_qty) for ln in lines),
            len(order.picking_ids.filtered(lambda p: p.state != "cancel")),
        )

    def test_random_quotations(self):
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for seed in range(SEEDS):
                self._split_and_undo(seed, "draft")

    def test_random_approved(self):
        self._explicit()
        self._create_quota(10000)
        self._create_quota(
            10000, give_back="never", name="Kept", product_id=self.other_product.id
        )
        self._create_quota(1e6, measure="amount", product_scope="all", name="Money")
        for seed in range(SEEDS):
            self._split_and_undo(seed, "approved")

    def test_random_confirmed(self):
        self._explicit()
        self._create_quota(10000)
        self._create_quota(50, measure="orders", name="Orders")
        self.company.tax_calculation_rounding_method = "round_globally"
        for seed in range(SEEDS):
            self._split_and_undo(seed, "sale")

    def test_random_steps(self):
        for steps in ("pick_ship", "pick_pack_ship"):
            self.warehouse.delivery_steps = steps
            for seed in range(2):
                self._split_and_undo(seed, "sale")

    def test_quota_is_handed_over(self):
        """Nobody can take what goes from one order to its part."""
        self._explicit()
        quota = self._create_quota(10)
        order = self._order(6, 4)
        order.action_submit()
        order.with_user(self.reviewer).action_approve()
        self.assertEqual((quota.held_qty, quota.consumed_qty), (10, 0))
        child = order._split([{order.order_line[1]: 4}], "later")
        quota.invalidate_recordset()
        self.assertEqual((quota.held_qty, quota.consumed_qty), (10, 0))
        moves = self.move_model.search([("order_id", "=", child.id)])
        self.assertEqual(moves.mapped("kind"), ["transfer"])
        self.assertEqual(moves.delta_held, 4)
        (order | child).action_confirm()
        quota.invalidate_recordset()
        self.assertEqual((quota.held_qty, quota.consumed_qty), (0, 10))
        child._action_cancel()
        quota.invalidate_recordset()
        self.assertEqual((quota.held_qty, quota.consumed_qty), (0, 6))

    def test_part_ships_by_itself(self):
        order = self._order(6)
        order.action_confirm()
        child = order._split([{order.order_line: 2}], "later")
        picking = child.picking_ids
        self.assertEqual(picking.origin, child.name)
        self.assertEqual(picking.move_ids.product_uom_qty, 2)
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 4)
        self._ship(picking)
        self.assertEqual(child.order_line.qty_delivered, 2)
        self.assertEqual(order.order_line.qty_delivered, 0)
        with self.assertRaisesRegex(UserError, "have left"):
            child.action_undo_split()

    def test_part_is_invoiced(self):
        """What is invoiced as ordered is invoiced of a part, before anything left."""
        self.products.invoice_policy = "order"
        order = self._order(3, 4)
        order.action_confirm()
        whole, piece = order._split(
            [{order.order_line[1]: 4}, {order.order_line[0]: 1}], "later"
        )
        self.assertEqual(whole.order_line.qty_to_invoice, 4)
        self.assertEqual(piece.order_line.qty_to_invoice, 1)
        self.assertEqual(order.order_line.qty_to_invoice, 2)
        self.assertEqual(whole.invoice_status, "to invoice")
        self.assertEqual(piece.invoice_status, "to invoice")

    def test_first_ordered_is_divided(self):
        """What was ordered first is counted once, and whole again when undone."""
        order = self._order(6, 3)
        order.action_confirm()
        first, second = order.order_line
        second.product_uom_qty = 2
        child = order._split([{first: 2, second: 2}], "later")
        piece = child.order_line - second
        self.assertEqual(
            [line.requested_qty for line in (first, second, piece)], [4, 3, 2]
        )
        child.action_undo_split()
        self.assertEqual((first.requested_qty, second.requested_qty), (6, 3))

    def test_line_of_two_moves(self):
        """Of a line that leaves in two moves, no more goes than is to go."""
        order = self._order(2, 3)
        order.action_confirm()
        line = order.order_line[0]
        move = line.move_ids
        [vals] = move._split(1)
        vals.update(picking_id=move.picking_id.id, sale_line_id=line.id)
        self.env["stock.move"].create(vals)._action_confirm(merge=False)
        self.assertEqual(line.move_ids.mapped("product_qty"), [1, 1])
        child = order._split([{line: 1}], "later")
        self.assertEqual(sum(child.order_line.move_ids.mapped("product_qty")), 1)
        self.assertEqual(sum(line.move_ids.mapped("product_qty")), 1)

    def test_charges_stay(self):
        """Freight and discounts of the whole order are the first one's."""
        fee = self.env.ref("order_management.product_product_shipping")
        lines = [
            (self.product, 4, 10, False),
            (self.other_product, 1, 7, False),
            (fee, 1, 5, True),
            (self.env.ref("order_management.product_product_discount"), 1, -3, False),
        ]
        order = self._create_order(
            order_line=[
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": quantity,
                        "price_unit": price,
                        "is_delivery": is_delivery,
                        "tax_ids": False,
                    }
                )
                for product, quantity, price, is_delivery in lines
            ]
        )
        total = order.amount_total
        child = order._split([{order.order_line[1]: 1}], "cold")
        self.assertEqual(child.amount_total, 7)
        self.assertEqual(order.amount_total, total - 7)
        self.assertEqual(len(order.order_line), 3)
        with self.assertRaisesRegex(UserError, "stays with the order"):
            order._split([{order.order_line[1]: 1}], "no")
        with self.assertRaisesRegex(UserError, "something has to stay"):
            order._split([{order.order_line[0]: 4}], "no")

    def test_names_and_links(self):
        order = self._order(3, 3)
        children = order._split(
            [{order.order_line[0]: 1}, {order.order_line[1]: 1}], "test"
        )
        self.assertEqual(
            children.mapped("name"), [f"{order.name}-1", f"{order.name}-2"]
        )
        self.assertEqual(order.split_child_ids, children)
        self.assertEqual(order.split_child_count, 2)
        grand = children[0]
        self.assertEqual(grand.partner_id, order.partner_id)
        self.assertEqual(grand.pricelist_id, order.pricelist_id)
        kinds = (order | children).event_ids.mapped("kind")
        self.assertEqual(kinds.count("split"), 3)

    def test_decisions_go_along(self):
        """What rules or people decided is not decided again for a part."""
        now = fields.Datetime.now()
        order = self._order(3, 3)
        line = order.order_line[0]
        line.source_warehouse_id = self.warehouse
        order.write(
            {
                "sourcing_state": "manual",
                "classified_at": now,
                "hand_set_fields": "carrier_id",
            }
        )
        child = order._split([{line: 1}], "test")
        self.assertEqual(child.sourcing_state, "manual")
        self.assertEqual(child.classified_at, now)
        self.assertEqual(child.hand_set_fields, "carrier_id")
        self.assertEqual(child.order_line.source_warehouse_id, self.warehouse)

    def test_shortages_go_along(self):
        """What customers decide about is where the line is."""
        order = self._order(3, 3)
        order.action_confirm()
        line = order.order_line[1]
        shortage = self.env["order.shortage"].create(
            {
                "line_id": line.id,
                "order_id": order.id,
                "company_id": order.company_id.id,
                "missing_qty": 1,
            }
        )
        child = order._split([{line: 3}], "later")
        self.assertEqual(shortage.order_id, child)
        child.action_undo_split()
        self.assertEqual(shortage.order_id, order)

    def test_clocks_go_along(self):
        """A part that is approved has its deadline; none that was joined again has."""
        self._explicit()
        self.company.has_sla = True
        order = self._order(3, 3)
        order.ship_by = "2030-01-01 10:00:00"
        order.action_submit()
        order.with_user(self.reviewer).action_approve()
        child = order._split([{order.order_line[0]: 1}], "later")
        self.assertEqual(child.sla_step, "ship")
        self.assertEqual(child.sla_deadline, order.ship_by)
        child.action_undo_split()
        self.assertFalse(child.sla_step)
        self.assertFalse(child.sla_deadline)
        self.assertEqual(order.sla_deadline, order.ship_by)

    def test_refused(self):
        order = self._order(4, 4)
        line = order.order_line[0]
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            order._split([{line: 5}], "too much")
        with self.assertRaisesRegex(UserError, "more of"):
            order._split([{line: 3}, {line: 3}], "too much together")
        with self.assertRaisesRegex(UserError, "choose what"):
            order._split([{line: 0}], "nothing")
        order.is_sealed = True
        with self.assertRaisesRegex(UserError, "sealed"):
            order._split([{line: 1}], "sealed")
        order.is_sealed = False
        order.action_confirm()
        order.picking_ids.move_ids[0].picked = True
        with self.assertRaisesRegex(UserError, "being picked"):
            order._split([{line: 1}], "picked")

    def test_waiting_for_approval(self):
        self._explicit()
        order = self._order(4, 4)
        order.action_submit()
        with self.assertRaisesRegex(UserError, "waits for approval"):
            order._split([{order.order_line[0]: 1}], "waits")

    def test_undo_wants_equal_orders(self):
        order = self._order(4, 4)
        child = order._split([{order.order_line[0]: 1}], "test")
        child.action_confirm()
        with self.assertRaisesRegex(UserError, "same state"):
            child.action_undo_split()
        order.action_confirm()
        child.action_undo_split()
        self.assertEqual(sum(order.order_line.mapped("product_uom_qty")), 8)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_qty")), 8)

    def test_rights(self):
        order = self._order(4, 4)
        child = order.with_user(self.clerk)._split([{order.order_line[0]: 2}], "test")
        self.assertEqual(child.create_uid, self.clerk)
        child.with_user(self.clerk).action_undo_split()
        warehouse = self._create_user("warehouse")
        with self.assertRaises(AccessError):
            child.with_user(warehouse).action_undo_split()

    def test_wizard(self):
        order = self._order(4, 4)
        wizard = (
            self.env["sale.order.split"]
            .with_user(self.clerk)
            .create({"order_id": order.id, "reason": "Friday"})
        )
        self.assertEqual(len(wizard.line_ids), 2)
        with self.assertRaisesRegex(UserError, "Enter how much"):
            wizard.action_split()
        wizard.line_ids[0].quantity = 3
        self.assertIn(f"{order.name}-1", wizard.summary)
        action = wizard.action_split()
        child = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(child.split_reason, "Friday")
        self.assertEqual(child.order_line.product_uom_qty, 3)

    def test_wizard_screen(self):
        """On the screen the lines come back with the order lines they are of."""
        order = self._order(4, 4)
        wizards = self.env["sale.order.split"].with_user(self.clerk)
        screen = Form(wizards.with_context(default_order_id=order.id))
        with screen.line_ids.edit(1) as line:
            line.quantity = 1
        action = screen.save().action_split()
        child = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(child.order_line.product_uom_qty, 1)

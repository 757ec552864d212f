# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-27: what each step does to an order, and who may do it or undo it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestOrderBatchKinds(BatchCommon):
    def test_reserve(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        rare = self.env["product.product"].create(
            {"name": "Rare", "is_storable": True, "taxes_id": False}
        )
        self._add_stock(3.0, rare)
        plenty = self.products[0]
        orders = self._create_orders(
            [
                [(plenty, 1.0), (plenty, 2.0)],
                [(rare, 2.0), (plenty, 1.0)],
                [(rare, 2.0)],
                [(rare, 2.0)],
            ]
        )
        orders._confirm_in_bulk()
        batch = self._do("reserve", orders, "warehouse")
        self.assertCounts(batch, 3, failed=1)
        moves = orders.picking_ids.move_ids
        self.assertEqual(sum(moves.mapped("quantity")), 3.0 + 3.0 + 1.0)
        texts = self._get_texts(batch)
        self.assertEqual(set(texts), {orders[2], orders[3]})
        self.assertIn("1 of 1 products", texts[orders[2]])
        self.assertEqual(texts[orders[3]], "Nothing is in stock for it.")
        again = self._do("reserve", orders[:2], "warehouse")
        self.assertCounts(again, 0, skipped=2)

    def test_ship(self):
        orders = self._make(5, confirm=True)
        batch = self._do("ship", orders, "warehouse")
        self.assertCounts(batch, 5)
        self.assertEqual(set(orders.picking_ids.mapped("state")), {"done"})
        self.assertEqual(orders.order_line.mapped("qty_delivered")[1], 2.0)
        self.assertEqual(set(orders.mapped("delivery_status")), {"full"})

    def test_ship_what_is_there(self):
        orders = self._ship_scarce("backorder")
        done, part = orders
        self.assertEqual(done.picking_ids.mapped("state"), ["done"])
        self.assertEqual(
            sorted(part.picking_ids.mapped("state")), ["confirmed", "done"]
        )
        self.assertIn("for later", self._get_texts(self.batch)[part])
        self.assertEqual(part.order_line.qty_delivered, 1.0)
        self.assertCounts(self.batch, 2)

    def test_ship_whole_orders_only(self):
        orders = self._ship_scarce("skip")
        self.assertEqual(orders[1].order_line.qty_delivered, 0.0)
        self.assertIn("not everything", self._get_texts(self.batch)[orders[1]])
        self.assertCounts(self.batch, 1, skipped=1)

    def _ship_scarce(self, partial):
        rare = self.env["product.product"].create(
            {"name": "Rare", "is_storable": True, "taxes_id": False}
        )
        self._add_stock(4.0, rare)
        orders = self._create_orders([[(rare, 3.0)], [(rare, 3.0)]])
        orders._confirm_in_bulk()
        self.batch = self._do("ship", orders, "warehouse", partial=partial)
        return orders

    def test_ship_not_above_what_is_approved(self):
        """The ceiling holds in a batch, and stops only the order that breaks it."""
        self.company.approval_mode = "explicit"
        orders = self._make(3)
        orders.action_submit()
        orders.action_approve()
        orders._confirm_in_bulk()
        move = orders[1].picking_ids.move_ids[0]
        move.quantity = move.product_uom_qty + 5
        move.picked = True
        batch = self._do("ship", orders, "warehouse")
        self.assertCounts(batch, 2, failed=1)
        self.assertIn("approved", self._get_texts(batch)[orders[1]])
        self.assertEqual(orders[1].order_line.mapped("net_shipped_qty"), [0.0, 0.0])

    def test_ship_draft_is_refused(self):
        orders = self._make(2)
        orders[0].action_confirm()
        batch = self._do("ship", orders, "warehouse")
        self.assertCounts(batch, 1, failed=1)
        self.assertIn("not confirmed", self._get_texts(batch)[orders[1]])

    def test_ship_with_a_carrier_alone(self):
        """Labels that were bought cannot be taken back: a transaction for each."""
        orders = self._make(4, confirm=True)
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Outside",
                "product_id": self.products[3].id,
                "integration_level": "rate_and_ship",
            }
        )
        orders[1].picking_ids.carrier_id = carrier
        self.warehouse.out_type_id.print_label = True
        batch = self._start("ship", orders, "warehouse")
        parts = batch._get_parts(batch.line_ids.sorted("id"))
        self.assertEqual([len(part) for part in parts], [1, 3])
        line = self.env["order.batch.line"].browse(parts[0])
        self.assertEqual(line.order_id, orders[1])

    def test_invoice(self):
        orders = self._make(4, confirm=True)
        drafts = self._do("invoice", orders[:2], "accountant")
        posted = self._do("invoice", orders[2:], "accountant", post_invoices=True)
        self.assertCounts(drafts, 2)
        self.assertCounts(posted, 2)
        self.assertEqual(set(orders[:2].invoice_ids.mapped("state")), {"draft"})
        self.assertEqual(set(orders[2:].invoice_ids.mapped("state")), {"posted"})
        self.assertEqual(posted.line_ids.invoice_id, orders[2:].invoice_ids)
        again = self._do("invoice", orders, "accountant")
        self.assertCounts(again, 0, skipped=4)
        self.assertEqual(len(orders.invoice_ids), 4)

    def test_undo_confirm(self):
        orders = self._make(3, confirm=False)
        batch = self._do("confirm", orders, "clerk")
        self._do("ship", orders[0], "warehouse")
        orders[1].picking_ids.move_ids[0].picked = True
        self._as(batch, "clerk").action_undo()
        undo = self.batches.search([("undone_batch_id", "=", batch.id)])
        self.assertCounts(undo, 1, failed=2)
        self.assertEqual(orders.mapped("state"), ["sale", "sale", "draft"])
        self.assertEqual(set(orders[2].picking_ids.mapped("state")), {"cancel"})
        texts = self._get_texts(undo)
        self.assertIn("Make a return", texts[orders[0]])
        self.assertIn("being picked", texts[orders[1]])
        states = {line.order_id: line.state for line in batch.line_ids}
        self.assertEqual(states[orders[2]], "undone")
        self.assertEqual(states[orders[0]], "done")

    def test_undo_approve(self):
        self.company.approval_mode = "explicit"
        orders = self._make(2)
        orders.action_submit()
        batch = self._do("approve", orders, "reviewer")
        self.assertEqual(set(orders.mapped("approval_state")), {"approved"})
        orders[0].action_confirm()
        self._as(batch, "reviewer").action_undo()
        self.assertEqual(orders.mapped("approval_state"), ["approved", "to_approve"])
        self.assertEqual(orders[1].order_line.mapped("net_shipped_qty"), [0.0, 0.0])

    def test_undo_invoice(self):
        """Drafts go, what is posted needs a credit note."""
        orders = self._make(2, confirm=True)
        batch = self._do("invoice", orders, "accountant")
        orders[0].invoice_ids.action_post()
        self._as(batch, "accountant").action_undo()
        undo = self.batches.search([("undone_batch_id", "=", batch.id)])
        self.assertCounts(undo, 1, failed=1)
        self.assertIn("credit note", self._get_texts(undo)[orders[0]])
        self.assertTrue(orders[0].invoice_ids)
        self.assertFalse(orders[1].invoice_ids)
        self.assertEqual(orders[1].invoice_status, "to invoice")

    def test_undo_of_others(self):
        for kind, role in (("reserve", "warehouse"), ("cancel", "clerk")):
            orders = self._make(2, confirm=kind == "reserve")
            orders.picking_ids.do_unreserve()
            batch = self._do(kind, orders, role)
            self._as(batch, role).action_undo()
            undo = self.batches.search([("undone_batch_id", "=", batch.id)])
            self.assertCounts(undo, 2)
            with self.assertRaises(UserError):
                self._as(batch, role).action_undo()
        self.assertEqual(set(orders.mapped("state")), {"draft"})

    def test_what_left_cannot_be_undone(self):
        orders = self._make(1, confirm=True)
        batch = self._do("ship", orders, "warehouse")
        self.assertFalse(batch.can_undo)
        self.assertIn("return", batch.undo_hint)
        with self.assertRaises(UserError):
            self._as(batch, "warehouse").action_undo()
        cancel = self._do("cancel", orders, "clerk")
        self.assertCounts(cancel, 0, failed=1)
        self.assertEqual(orders.state, "sale")

    def test_process_the_inbox(self):
        rows = self.env["channel.order"].concat(
            *(self._create_row(f"R{number}") for number in range(3))
        )
        batch = self._do("process", rows, "clerk")
        self.assertEqual(batch.order_count, 3)
        self.assertEqual(batch.waiting_count, 0)
        for line in batch.line_ids:
            failed = line.row_id.state in ("held", "error")
            self.assertEqual(line.state, "failed" if failed else "done")
            self.assertEqual(line.message, line.row_id.error)
            self.assertEqual(line.order_id, line.row_id.sale_order_id)

    def test_rights(self):
        orders = self._make(2)
        for kind, role in (
            ("approve", "clerk"),
            ("ship", "clerk"),
            ("invoice", "clerk"),
            ("confirm", "warehouse"),
            ("invoice", "warehouse"),
            ("ship", "accountant"),
            ("cancel", "accountant"),
        ):
            with self.assertRaises(AccessError, msg=f"{kind} by {role}"):
                self._start(kind, orders, role)
        batch = self._start("confirm", orders, "clerk")
        for role, count in (("clerk", 1), ("warehouse", 0), ("manager", 1)):
            found = self._as(self.batches, role).search([("id", "=", batch.id)])
            self.assertEqual(len(found), count, role)
        with self.assertRaises(AccessError):
            self._as(batch, "warehouse").action_stop()
        for role in ("clerk", "manager"):
            with self.assertRaises(AccessError):
                self._as(batch, role).write({"state": "done"})
            with self.assertRaises(AccessError):
                self._as(batch.line_ids, role).write({"state": "done"})
        self._as(batch, "manager").action_stop()

    def test_a_right_that_was_taken_away(self):
        orders = self._make(2, confirm=True)
        batch = self._start("ship", orders, "warehouse")
        self.users["warehouse"].group_ids -= self.env.ref(
            "order_management.group_warehouse"
        )
        batch._run_part(batch.sudo().line_ids.ids)
        self.assertCounts(batch.sudo(), 0, failed=2)
        self.assertEqual(set(orders.picking_ids.mapped("state")), {"assigned"})

    def test_neighbours_orders_are_not_found(self):
        theirs = self._create_order(self.other_company)
        with self.assertRaises(UserError):
            self._as(self.batches, "clerk").start("confirm", [("id", "=", theirs.id)])
        with self.assertRaises(AccessError):
            self._start("confirm", theirs, "clerk")

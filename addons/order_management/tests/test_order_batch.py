# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-27: thousands of orders selected and taken a step further at once."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .batch_common import CHUNK, BatchCommon


@tagged("post_install", "-at_install")
class TestOrderBatch(BatchCommon):
    def test_confirm_in_parts_with_a_result_for_each(self):
        orders = self._make(CHUNK + 4)
        orders[7].action_confirm()
        orders[9].action_cancel()
        with trap_jobs() as trap:
            action = self._as(self.batches, "clerk").start(
                "confirm", [("id", "in", orders.ids)]
            )
            trap.assert_jobs_count(2)
            self.assertEqual(
                {job.channel for job in trap.enqueued_jobs},
                {"root.order_management.bulk"},
            )
            batch = self.batches.browse(action["res_id"])
            self.assertEqual((batch.state, batch.progress), ("running", 0.0))
            self.assertEqual(batch.order_count, CHUNK + 4)
            trap.perform_enqueued_jobs()
        self.env.invalidate_all()
        self.assertCounts(batch, CHUNK + 2, skipped=2)
        self.assertEqual((batch.state, batch.progress), ("done", 100.0))
        self.assertTrue(batch.finished_at)
        self.assertEqual(set((orders - orders[9]).mapped("state")), {"sale"})
        texts = self._get_texts(batch)
        self.assertEqual(texts[orders[7]], "It is confirmed already.")
        self.assertEqual(texts[orders[9]], "The order is cancelled.")
        done = batch.line_ids.filtered(lambda line: line.state == "done")
        self.assertTrue(all(line.seconds > 0 for line in done))

    def test_oldest_first(self):
        orders = self._make(3)
        days = ("2026-03-03", "2026-01-01", "2026-02-02")
        for order, day in zip(orders, days, strict=True):
            order.date_order = day
        batch = self._start("confirm", orders, "clerk")
        self.assertEqual(
            batch.line_ids.sorted("id").order_id, orders[1] + orders[2] + orders[0]
        )

    def test_one_bad_order_stops_only_itself(self):
        orders = self._make(9)
        broken = orders[4]
        real = type(orders).action_confirm

        def confirm(self):
            if broken.id in self.ids:
                raise ZeroDivisionError
            return real(self)

        with (
            patch.object(type(orders), "action_confirm", confirm),
            self.assertLogs("odoo.addons.order_management", "ERROR"),
        ):
            batch = self._do("confirm", orders, "clerk")
        self.assertCounts(batch, 8, failed=1)
        self.assertIn("ZeroDivisionError", self._get_texts(batch)[broken])
        self.assertEqual(set((orders - broken).mapped("state")), {"sale"})
        self.assertEqual(broken.state, "draft")
        self.assertEqual(batch.problem_ids.order_id, broken)

    def test_an_answer_that_is_no_confirmation(self):
        """Other addons answer with a window; that is not taken for success."""
        orders = self._make(3)

        def confirm(self):
            return real(self.filtered(lambda order: order.id != orders[1].id))

        real = type(orders).action_confirm
        with patch.object(type(orders), "action_confirm", confirm):
            batch = self._do("confirm", orders, "clerk")
        self.assertIn("press Confirm", self._get_texts(batch)[orders[1]])

    def test_broken_off_between_parts(self):
        """A worker that dies in the second part: the first stays, the second waits,
        and nothing is done twice."""
        orders = self._make(CHUNK + 5)
        batch = self._start("confirm", orders, "clerk")
        first, second = batch._get_parts(batch.line_ids.sorted("id"))
        batch._run_part(first)
        real = type(self.env["order.batch.line"])._settle

        def die(lines, outcomes, seconds):
            real(lines, outcomes, seconds)
            raise KeyboardInterrupt

        with (
            patch.object(type(self.env["order.batch.line"]), "_settle", die),
            self.assertRaises(KeyboardInterrupt),
            self.env.cr.savepoint(),
        ):
            batch._run_part(second)
        self.env.invalidate_all()
        self.assertCounts(batch, CHUNK, waiting=5)
        self.assertEqual(len(orders.filtered(lambda o: o.state == "sale")), CHUNK)
        transfers = orders.picking_ids
        batch._run_part(first)
        self.assertEqual(orders.picking_ids, transfers)
        self.env.cr.execute(
            "UPDATE order_batch_line SET write_date = now() - interval '1 day'"
            " WHERE batch_id = %s",
            [batch.id],
        )
        with self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_batch_run").method_direct_trigger()
        self.env.invalidate_all()
        self.assertCounts(batch, CHUNK + 5)
        self.assertEqual(batch.state, "done")
        for order in orders:
            self.assertEqual(len(order.picking_ids), 1)
        self.assertEqual(orders[-1].picking_ids.create_uid, self.users["clerk"])

    def test_two_starters_with_the_same_orders(self):
        orders = self._make(6, confirm=True)
        one = self._start("ship", orders[:4], "warehouse")
        two = self._start("ship", orders[2:], "warehouse")
        one._run_part(one.line_ids.ids)
        two._run_part(two.line_ids.ids)
        self.assertCounts(one, 4)
        self.assertCounts(two, 2, skipped=2)
        for order in orders:
            self.assertEqual(order.picking_ids.mapped("state"), ["done"])
            self.assertEqual(order.order_line.mapped("qty_delivered")[1], 2.0)

    def test_changed_by_somebody_meanwhile(self):
        orders = self._make(4)
        batch = self._start("confirm", orders, "clerk")
        orders[0].action_cancel()
        orders[1].order_line[0].product_uom_qty = 7.0
        orders[2].unlink()
        batch._run_part(batch.line_ids.ids)
        self.env.invalidate_all()
        self.assertCounts(batch, 2, skipped=1)
        self.assertEqual(orders[1].picking_ids.move_ids[0].product_uom_qty, 7.0)
        self.assertFalse(orders[0].picking_ids)

    def test_pause_go_on_and_stop(self):
        orders = self._make(CHUNK * 2)
        with trap_jobs() as trap:
            action = self._as(self.batches, "clerk").start(
                "confirm", [("id", "in", orders.ids)]
            )
            batch = self._as(self.batches.browse(action["res_id"]), "clerk")
            batch.action_pause()
            trap.perform_enqueued_jobs()
            self.assertCounts(batch, 0, waiting=CHUNK * 2)
        with trap_jobs() as trap:
            batch.action_resume()
            trap.assert_jobs_count(2)
            batch._job_run(list(trap.enqueued_jobs[0].args[0]))
            self.assertEqual(batch.progress, 50.0)
            batch.action_stop()
            trap.perform_enqueued_jobs()
        self.assertCounts(batch, CHUNK, skipped=CHUNK)
        self.assertEqual((batch.state, batch.progress), ("stopped", 100.0))
        self.assertEqual(len(orders.filtered(lambda o: o.state == "sale")), CHUNK)
        with self.assertRaises(UserError):
            batch.action_resume()

    def test_try_failed_again(self):
        orders = self._make(3, confirm=True)
        orders[1].picking_ids.do_unreserve()
        batch = self._do("ship", orders, "warehouse")
        self.assertCounts(batch, 2, failed=1)
        self.assertIn("nothing is reserved", self._get_texts(batch)[orders[1]])
        orders[1].picking_ids.action_assign()
        with self.assertRaises(AccessError):
            self._as(batch, "manager").action_retry()
        with trap_jobs() as trap:
            batch.action_retry()
            self.assertEqual(batch.state, "running")
            trap.perform_enqueued_jobs()
        self.assertCounts(batch, 3)
        self.assertFalse(self._get_texts(batch))
        self.assertEqual(batch.state, "done")

    def test_told_when_done(self):
        orders = self._make(CHUNK + 1)
        orders[3].order_line.unlink()
        sent = []
        with (
            trap_jobs() as trap,
            patch.object(
                type(self.env["res.users"]),
                "_bus_send",
                lambda user, *message: sent.append((user, *message)),
            ),
        ):
            action = self._as(self.batches, "clerk").start(
                "cancel", [("id", "in", orders.ids)]
            )
            orders[5].locked = True
            trap.perform_enqueued_jobs()
        batch = self.batches.browse(action["res_id"])
        self.assertCounts(batch, CHUNK, failed=1)
        ((user, _kind, message),) = [x for x in sent if x[1] == "simple_notification"]
        self.assertEqual(user, self.users["clerk"])
        self.assertIn(f"{CHUNK} done, 1 failed", message["message"])
        self.assertEqual(batch.activity_ids.user_id, self.users["clerk"])

    def test_nothing_to_do_says_so(self):
        with self.assertRaises(UserError):
            self._as(self.batches, "clerk").start("confirm", [("id", "=", 0)])
        with self.assertRaises(UserError):
            self._as(self.batches, "reviewer").start(
                "refuse", [("id", "in", self._make(1).ids)], reason=" "
            )

    def test_few_are_done_at_once(self):
        orders = self._make(3)
        domain = [("id", "in", orders.ids)]
        action = self._as(self.batches, "clerk").start("confirm", domain)
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("3 orders", action["params"]["message"])
        again = self._as(self.batches, "clerk").start("confirm", domain)
        self.assertEqual(again["res_model"], "order.batch")

    def test_file_of_failures(self):
        self.customers[0].name = "=1+1"
        orders = self._make(3, confirm=True)
        orders[0].picking_ids.do_unreserve()
        batch = self._do("ship", orders, "warehouse")
        report = self.env["report.order_management.order_batch_xlsx"]
        rows = [report._prepare_row(batch, line) for line in report._get_lines(batch)]
        self.assertEqual(len(rows), 1)
        self.assertEqual((rows[0][0], rows[0][2]), (orders[0].name, "=1+1"))
        self.assertIn(orders[0].picking_ids.name, rows[0][5])
        report = self._as(report, "warehouse").with_context(active_model=batch._name)
        content, kind = report.create_xlsx_report(batch.ids, {})
        self.assertEqual((content[:2], kind), (b"PK", "xlsx"))

    def test_queries_do_not_grow_with_orders(self):
        """What a batch adds to the work itself is the same for 10 and for 100."""

        def count(size):
            orders = self._make(size)
            batch = self._start("submit", orders, "clerk")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with patch.object(type(batch), "_run", lambda batch, records: None):
                batch._run_part(batch.line_ids.ids)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.company.approval_mode = "explicit"
        count(3)
        few, many = count(10), count(100)
        self.assertLess(many - few, 6)

    def test_many_lines_are_one_statement(self):
        orders = self._make(20)
        before = self.env.cr.sql_log_count
        self._start("confirm", orders[:10], "clerk")
        few = self.env.cr.sql_log_count - before
        before = self.env.cr.sql_log_count
        self._start("confirm", orders, "clerk")
        self.assertLessEqual(self.env.cr.sql_log_count - before, few)


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


@tagged("post_install", "-at_install")
class TestOrderBatchStart(BatchCommon):
    def _open(self, role, model, ids, **context):
        return (
            self.env["order.batch.start"]
            .with_user(self.users[role])
            .with_context(active_model=model, active_ids=ids, **context)
        )

    def test_offers_the_next_step(self):
        orders = self._make(4)
        orders[:3].action_confirm()
        wizard = self._open("clerk", "sale.order", orders.ids).create({})
        self.assertEqual(wizard.kind, "confirm")
        self.assertEqual((wizard.ready_count, wizard.order_count), (1, 4))
        wizard = self._open("warehouse", "sale.order", orders.ids).create({})
        self.assertEqual((wizard.kind, wizard.ready_count), ("ship", 3))
        wizard.action_start()
        self.assertEqual(set(orders[:3].picking_ids.mapped("state")), {"done"})

    def test_the_hub_list_has_both_kinds(self):
        orders = self._make(2)
        row = self._create_row("W1")
        self.env.flush_all()
        ids = [*orders.ids, -row.id]
        wizard = self._open("clerk", "order.hub", ids).create({})
        self.assertEqual((wizard.kind, wizard.order_count), ("process", 1))
        wizard.kind = "confirm"
        self.assertEqual((wizard.ready_count, wizard.order_count), (2, 2))
        wizard.action_start()
        self.assertEqual(set(orders.mapped("state")), {"sale"})

    def test_all_of_a_filter(self):
        """More than a browser is given: the filter is what counts."""
        orders = self._make(5)
        self.env["ir.config_parameter"].set_param("web.active_ids_limit", 3)
        domain = [("id", "in", orders.ids)]
        wizard = self._open(
            "clerk", "sale.order", orders[:3].ids, active_domain=domain
        ).create({})
        self.assertEqual(wizard.order_count, 5)
        wizard = self._open(
            "clerk", "sale.order", orders[:2].ids, active_domain=domain
        ).create({})
        self.assertEqual(wizard.order_count, 2)

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

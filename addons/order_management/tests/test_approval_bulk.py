# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-31: hundreds of orders at once, each for itself, at a constant cost."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalBulk(ApprovalCase):
    def _make_orders(self, count):
        line = {"product_id": self.product.id, "product_uom_qty": 20}
        return self.env["sale.order"].create(
            [
                {
                    "partner_id": self.partner.id,
                    "company_id": self.company.id,
                    "user_id": self.users["clerk"].id,
                    "order_line": [(0, 0, line)],
                }
                for _number in range(count)
            ]
        )

    def _count_sql(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_cost_of_rules_does_not_grow(self):
        """Every condition, two levels: a query more for no order more; only what Odoo
        writes a hundred rows at a time grows a little."""
        conditions = {f"by_{name}": True for name in self.rules._get_conditions()}
        self.company.account_use_credit_limit = True
        self.partner.with_company(self.company).credit_limit = 1
        self._make_rule(
            "leader",
            "director",
            min_approvals=2,
            logic="any",
            amount_over=10,
            margin_under=99,
            **conditions,
        )
        self._make_rule("director", level=2, by_amount=True, amount_over=50)
        counts = []
        # the first round fills what Odoo keeps between requests
        for size in (25, 28, 33, 200):
            orders = self._make_orders(size)
            submit = self._count_sql(
                lambda o=orders: self._as(o, "clerk").action_submit()
            )
            self.assertEqual(len(orders.approval_step_ids), 3 * size)
            signed = [
                self._count_sql(lambda o=orders, x=x: self._as(o, x).action_approve())
                for x in ("leader", "director", "director")
            ]
            self.assertEqual(set(orders.mapped("approval_state")), {"approved"})
            counts.append((submit, *signed))
        # users and their rights may have been read by another test before
        for few, more in zip(counts[1], counts[2], strict=True):
            self.assertAlmostEqual(few, more, delta=3)
        for few, many in zip(counts[2], counts[3], strict=True):
            self.assertLess(many - few, 12)

    def test_list_of_approvals_is_read_at_a_constant_cost(self):
        self._make_rule("leader")
        fields = ["is_my_approval", "approval_why", "approval_waiting_for"]
        counts = []
        for size in (5, 10, 60):
            orders = self._make_orders(size)
            self._as(orders, "clerk").action_submit()
            mine = self._as(orders, "leader")
            counts.append(self._count_sql(lambda o=mine: o.read(fields)))
            self.assertTrue(all(mine.mapped("is_my_approval")))
        self.assertEqual(counts[1], counts[2])

    def test_each_for_itself(self):
        self._make_rule("director", by_amount=True, amount_over=300)
        orders = self._make_orders(6)
        orders[2].order_line.product_uom_qty = 40
        self._as(orders, "clerk").action_submit()
        action = self._as(orders, "reviewer").action_approve_each()
        batch = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((batch.done_count, batch.failed_count), (5, 1))
        self.assertEqual(batch.progress, 100)
        failed = batch.line_ids.filtered(lambda line: line.state == "failed")
        self.assertEqual(failed.order_id, orders[2])
        self.assertIn("waits for ceiling_director", failed.message)
        self.assertEqual(
            set((orders - orders[2]).mapped("approval_state")), {"approved"}
        )
        # decided by another meanwhile: trying again says nothing is left to do
        self._as(orders[2], "director").action_approve()
        with trap_jobs() as trap:
            self._as(batch, "reviewer").action_retry()
            trap.perform_enqueued_jobs()
        batch.invalidate_recordset()
        self.assertEqual(
            (batch.done_count, batch.skipped_count, batch.failed_count), (5, 1, 0)
        )

    def test_many_in_jobs(self):
        orders = self._make_orders(230)
        self._as(orders, "clerk").action_submit()
        with trap_jobs() as trap:
            action = self._as(orders, "reviewer").action_approve_each()
            trap.assert_jobs_count(3)
            batch = self.env[action["res_model"]].browse(action["res_id"])
            self.assertEqual(batch.state, "running")
            self.assertEqual(set(orders.mapped("approval_state")), {"to_approve"})
            trap.perform_enqueued_jobs()
        batch.invalidate_recordset()
        self.assertEqual((batch.state, batch.done_count), ("done", 230))
        self.assertEqual(set(orders.mapped("approval_state")), {"approved"})
        self.assertEqual(orders.approval_step_ids.decided_by_id, self.users["reviewer"])

    def test_lost_job_is_taken_up(self):
        orders = self._make_orders(3)
        self._as(orders, "clerk").action_submit()
        batch = self.env["order.batch"].with_user(self.users["reviewer"])
        batch = batch._make("refuse", orders, reason="Season over")
        self.env.cr.execute(
            "UPDATE order_batch_line SET write_date = now() - interval '1 day'"
            " WHERE batch_id = %s",
            [batch.id],
        )
        with self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_batch_run").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(set(orders.mapped("approval_state")), {"refused"})
        self.assertEqual(set(orders.mapped("approval_reason")), {"Season over"})
        self.assertEqual(orders.approved_by_id, self.users["reviewer"])

    def test_refuse_several_by_the_question(self):
        orders = self._make_orders(3)
        self._as(orders, "clerk").action_submit()
        reviewing = self._as(orders, "reviewer")
        wizard = (
            self.env["sale.order.refuse"]
            .with_user(self.users["reviewer"])
            .with_context(**reviewing.action_refuse()["context"])
            .create({"reason": "No"})
        )
        wizard.action_refuse()
        self.assertEqual(set(orders.mapped("approval_state")), {"refused"})

    def test_results_are_ones_own(self):
        orders = self._make_orders(2)
        self._as(orders, "clerk").action_submit()
        with self.assertRaises(AccessError):
            self._as(orders, "clerk").action_approve_each()
        self._as(orders, "reviewer").action_approve_each()
        batches = self.env["order.batch"]
        self.assertTrue(self._as(batches, "reviewer").search([]))
        self.assertFalse(self._as(batches, "deputy").search([]))
        self.assertTrue(self._as(batches, "manager").search([]))

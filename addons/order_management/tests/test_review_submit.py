# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import tagged

from .review_common import ReviewCommon


@tagged("post_install", "-at_install")
class TestReviewSubmit(ReviewCommon):
    """OM-9: what is sent for approval is reviewed, as at every other door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = "explicit"
        cls._make_rule(threshold_amount=100)

    def _submit(self, orders):
        return self._as(orders, self.clerk).action_submit()

    def test_by_hand(self):
        """The holds stay when the button answers; the second press says why."""
        order = self._order(quantity=9)
        action = self._submit(order)
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("is held by the review", action["params"]["message"])
        self.assertHeld(order, "Total")
        self.assertEqual(order.approval_state, "none")
        self.assertFalse(order.approval_step_ids)
        with self.assertRaisesRegex(UserError, "is held by the review"):
            self._submit(order)
        self._as(self._holds(order), self.reviewer).action_release("Known buyer")
        self.assertTrue(self._submit(order))
        self.assertEqual(order.approval_state, "to_approve")

    def test_clean_go_on_beside_held(self):
        small, big = self._order(), self._order(quantity=9)
        self._submit(small + big)
        self.assertEqual((small + big).mapped("approval_state"), ["to_approve", "none"])
        self.assertEqual(small.review_state, "clean")

    def test_nothing_to_submit_is_not_reviewed(self):
        order = self._order(quantity=9)
        self.company.approval_mode = "none"
        with self.assertRaisesRegex(UserError, "needs no approval"):
            self._submit(order)
        self.assertEqual(order.review_state, "none")

    def test_bulk_step_reports_each(self):
        orders = self._order() + self._order(quantity=9) + self._order()
        batch = self.env["order.batch"].with_user(self.clerk)
        action = batch._run_or_start("submit", self._as(orders, self.clerk))
        batch = self.env["order.batch"].browse(action["res_id"])
        self.assertEqual((batch.done_count, batch.failed_count), (2, 1))
        failed = batch.line_ids.filtered(lambda line: line.state == "failed")
        self.assertEqual(failed.order_id, orders[1])
        self.assertIn("Total", failed.message)
        self.assertHeld(orders[1])

    def test_imported_once(self):
        """The importer asks the review once, and submits what is clean."""
        self.channel.auto_submit = True
        asked = []
        original = type(self.env["sale.order"])._run_review

        def run_review(orders, rules=None):
            asked.append(orders.ids)
            return original(orders, rules)

        self.patch(type(self.env["sale.order"]), "_run_review", run_review)
        small = self._import_order("S1")
        big = self._import_order("S2", lines=[self._prepare_line(quantity=9)])
        self.assertEqual(
            (small.approval_state, big.approval_state), ("to_approve", "none")
        )
        self.assertEqual(asked.count(small.ids), 1)

    def test_off_is_plain(self):
        self.company.review_orders = False
        order = self._order(quantity=9)
        self.assertTrue(self._submit(order) is True)
        self.assertEqual(
            (order.approval_state, order.review_state), ("to_approve", "none")
        )

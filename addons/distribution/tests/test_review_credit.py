# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .debt_common import DebtCommon


@tagged("post_install", "-at_install", "meets_others")
class TestReviewCredit(DebtCommon):
    """OM-9, DS-8: who is held by the network's limit is not held by the review, too."""

    def test_held_once(self):
        rule = self.env["exception.rule"].create(
            {
                "name": "Over the credit limit",
                "is_review": True,
                "model": "sale.order",
                "exception_type": "by_method",
                "method": "_review_credit",
            }
        )
        self._credit(100)
        order = self._sell(60)
        self.assertEqual(order.credit_level, "hold")
        self.assertIn(order.id, order._get_fact_over_credit())
        self.assertFalse(rule._find(order))

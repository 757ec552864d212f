# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from .review_common import ReviewCommon
from .statements import fewest_statements


@tagged("post_install", "-at_install")
class TestReviewQueries(ReviewCommon):
    """OM-9: a hundred orders are reviewed by as many statements as one."""

    def _orders(self, count):
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.buyer.id,
                    "company_id": self.company.id,
                    "sale_channel_id": self.channel.id,
                    "channel_number": f"Q-{number}",
                    "buyer_note": "Hello",
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.lamp.id,
                                "product_uom_qty": 1 + number % 3,
                            }
                        )
                    ],
                }
                for number in range(count)
            ]
        )
        self.env.flush_all()
        return orders

    def _count(self, count, work, rounds=2):
        batches = [self._orders(count) for _round in range(rounds)]

        def run(number):
            self.env.flush_all()
            self.env.invalidate_all()
            work(batches[number])
            self.env.flush_all()

        return fewest_statements(self.env.cr, run, rounds)

    def assertConstant(self, work):
        self.assertSame(self._count(1, work), self._count(100, work))

    def assertSame(self, one, hundred):
        for seen in (one, hundred):
            for text in list(seen):
                # Odoo inserts a hundred rows at a time
                if text.startswith(("INSERT INTO", "SAVEPOINT", "RELEASE")):
                    del seen[text]
        self.assertLessEqual(hundred.total(), one.total() + 4, hundred.describe(one))

    def test_every_check(self):
        """With everything that ships, and a hold and notes on each order."""
        for method in (
            "duplicate address country price margin quantity unpaid credit overdue "
            "quota stock blacklist note amount refund shipped new_customer"
        ).split():
            self._make_rule(method, review_mode="note" if method != "note" else "block")
        self._make_domain_rule('[("amount_total", ">", 0)]')
        self.env["order.blacklist"].create(
            {"kind": "phone", "value": "0905 700 801", "reason": "?"}
        )
        self.company.account_use_credit_limit = True
        self.assertConstant(lambda orders: orders._review())

    def test_release(self):
        self._make_rule()

        def work(orders):
            holds = orders.review_hold_ids
            holds._transition("released", "All fine")
            orders._refresh_review_state()

        batches = {}
        for count in (1, 100):
            batches[count] = self._orders(count)
            batches[count]._review()
            self.env.flush_all()
        counts = {}
        for count, orders in batches.items():
            self.env.invalidate_all()
            counts[count] = fewest_statements(
                self.env.cr, lambda _number, o=orders: work(o), 1
            )
        self.assertSame(counts[1], counts[100])

    def test_off_asks_nothing(self):
        self.company.review_orders = False
        orders = self._orders(3)
        orders.mapped("order_line.name")
        self.company._get_reviewing()
        with self.assertQueryCount(0):
            self.assertEqual(orders._review(), orders)
            orders._review_changed({"lines"})
            self.assertFalse(orders._filter_reviewable())

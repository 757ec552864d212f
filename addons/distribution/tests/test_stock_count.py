# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .secondary_common import SecondaryCommon


@tagged("post_install", "-at_install", "meets_others")
class TestStockCount(SecondaryCommon):
    """DS-3: opening + in − out − returns = closing, month by month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.last = cls.today.replace(day=1) - relativedelta(months=1)
        cls.before = cls.last - relativedelta(months=1)

    def _create_count(self, month=None):
        return self.env["distribution.stock.count"].create(
            {
                "member_id": self.distributor.id,
                "date_from": (month or self.last) + timedelta(days=10),
            }
        )

    def _close(self, count, counted, reason="lost"):
        count.line_ids.write(
            {"counted_qty": counted, "is_counted": True, "reason": reason}
        )
        count.action_close()

    def test_figures_and_difference(self):
        self._post("opening", 50, date=self.before)
        self._post("sell_in", 20, date=self.last)
        self._post("sell_through", 30, date=self.last)
        self._post("return_in", 5, date=self.last)
        self._post("sell_in", 1000)
        count = self._create_count()
        self.assertEqual(count.date_from, self.last)
        line = count.line_ids
        self.assertEqual(
            (line.opening_qty, line.in_qty, line.out_qty, line.expected_qty),
            (50, 25, 30, 45),
        )
        with self.assertRaisesRegex(UserError, "was not counted"):
            count.action_close()
        self.env.invalidate_all()
        self.distributor.reports_sales = True
        line.write({"counted_qty": 42, "is_counted": True})
        with self.assertRaisesRegex(UserError, "choose a reason"):
            count.action_close()
        self.env.invalidate_all()
        line.reason = "damaged"
        count.action_close()
        self.assertEqual(count.state, "closed")
        key = self.distributor, self.product
        stock = self.Ledger._get_channel_stock(*key, at=count.date_to)
        self.assertEqual(stock, {key: 42})
        self.assertEqual(self._get_stock(), (1042, 0))
        row = self.Ledger.search([("res_model", "=", count._name)])
        self.assertEqual((row.kind, row.quantity), ("difference", -3))
        with self.assertRaises(UserError):
            line.counted_qty = 1
        self.assertFalse(self.Ledger._find_drift())

    def test_derived_sell_out(self):
        """A member that reports nothing has sold what is missing."""
        self._post("opening", 50, date=self.last)
        count = self._create_count()
        count.line_ids.write({"counted_qty": 12, "is_counted": True})
        count.action_close()
        row = self.Ledger.search([("res_model", "=", count._name)])
        self.assertEqual((row.kind, row.quantity), ("sell_out", 38))

    def test_zero_is_counted(self):
        self._post("opening", 5, date=self.last)
        count = self._create_count()
        count.line_ids.is_counted = True
        count.action_close()
        self.assertEqual(self._get_stock(), (0, 0))

    def test_closed_month_refuses(self):
        """Nothing is posted into it, but goods that moved are, the day after."""
        self._post("opening", 50, date=self.last)
        self._close(self._create_count(), 50)
        with self.assertRaisesRegex(UserError, "is closed up to"):
            self._post("sell_out", 1, date=self.last)
        self.env.invalidate_all()
        vals = {
            "member_id": self.distributor.id,
            "product_id": self.product.id,
            "kind": "sell_in",
            "quantity": 1,
            "date": self.last,
            "key": "late",
        }
        row = self.Ledger._post([vals], late="next")
        self.assertEqual(row.date, self.today.replace(day=1))

    def test_order_of_months(self):
        self._post("opening", 50, date=self.before)
        first, second = self._create_count(self.before), self._create_count()
        with self.assertRaisesRegex(UserError, "in their order"):
            self._close(second, 50)
        self.env.invalidate_all()
        self._close(first, 50)
        self._close(second, 50)
        with self.assertRaisesRegex(UserError, "later months"):
            first.action_reopen("Wrong")
        now = self._create_count(self.today.replace(day=1))
        with self.assertRaisesRegex(UserError, "not over"):
            self._close(now, 50)

    def test_reopen(self):
        """What was posted stays; closing again posts what changed."""
        self._post("opening", 50, date=self.last)
        count = self._create_count()
        self._close(count, 40)
        with self.assertRaises(AccessError):
            count.with_user(self.supervisor).action_reopen("Counted again")
        count.with_user(self.manager).action_reopen("Counted again")
        self._post("sell_out", 3, date=self.last)
        self._close(count, 45)
        rows = self.Ledger.search([("res_model", "=", count._name)], order="id")
        self.assertEqual(rows.mapped("quantity"), [-10, 8])
        self.assertEqual(self._get_stock(), (45, 0))
        self.assertFalse(self.Ledger._find_drift())

    def test_rep_may_not_count(self):
        with self.assertRaises(AccessError):
            self.env["distribution.stock.count"].with_user(self.rep).create(
                {"member_id": self.distributor.id, "date_from": self.last}
            )

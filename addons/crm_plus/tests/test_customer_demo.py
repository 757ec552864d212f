# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CustomerCommon

_CATEGORY = "crm_plus.res_partner_category_demo_subscriber"


@tagged("post_install", "-at_install")
class TestCustomerDemo(CustomerCommon):
    """What the demonstration bills and is paid, with books and without."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.is_company = True
        term = cls.env["account.payment.term"].create({"name": "30 days"})
        term.line_ids.nb_days = 30
        cls.orders = cls._buy(cls.customer, [200, 190, 100, 5], payment_term_id=term.id)

    @classmethod
    def _open_books(cls):
        """The accounts and journals that a chart brings."""
        account = cls.env["account.account"].create(
            [
                {"name": name, "code": f"CD{code}", "account_type": kind, **more}
                for name, code, kind, more in (
                    ("Income", 400, "income", {}),
                    ("Receivable", 120, "asset_receivable", {"reconcile": True}),
                    ("Bank", 101, "asset_cash", {}),
                    ("On Its Way", 102, "asset_current", {"reconcile": True}),
                )
            ]
        )
        cls.company.transfer_account_id = account[3]
        cls.env["account.journal"].create(
            [
                {
                    "name": kind,
                    "code": f"CD{kind[0].upper()}",
                    "type": kind,
                    "company_id": cls.company.id,
                    "default_account_id": of_kind.id,
                }
                for kind, of_kind in (("sale", account[0]), ("bank", account[2]))
            ]
        )
        cls.product.property_account_income_id = account[0]
        customer = cls.env["res.partner"].browse(cls.customer.id)
        customer.property_account_receivable_id = account[1]

    def _quarters(self, orders):
        days = orders.mapped("date_order")
        return {(day.year, (day.month - 1) // 3) for day in days}

    def test_without_books(self):
        """No chart of accounts: orders only, and no word about it."""
        with self.assertNoLogs("odoo", "WARNING"):
            self.assertFalse(self.Snapshot._create_demo_bills(self.orders))
        self.assertEqual(set(self.orders.mapped("invoice_status")), {"to invoice"})

    def test_paid_and_still_open(self):
        """A bill a quarter, paid weeks later; the latest order is not billed yet."""
        self._open_books()
        bills = self.Snapshot._create_demo_bills(self.orders)
        self.assertEqual(len(bills), len(self._quarters(self.orders[:3])))
        self.assertEqual(set(bills.mapped("state")), {"posted"})
        self.assertEqual(self.orders[3].invoice_status, "to invoice")
        for bill in bills:
            self.assertGreater(bill.matched_payment_ids.date, bill.invoice_date)
        row = self._snapshot(self.customer)
        self.assertEqual((row.balance_due, row.open_order_amount), (0, 100))
        self.assertEqual(row.revenue_total, 400)
        # asked again there is nothing left to bill
        self.assertFalse(self.Snapshot._create_demo_bills(self.orders))

    def test_who_owes(self):
        self._open_books()
        with patch.object(
            type(self.Snapshot),
            "_get_demo_partners",
            lambda _self, names: (
                self.customer if "at_risk" in names else self.customer.browse()
            ),
        ):
            bills = self.Snapshot._create_demo_bills(self.orders)
        last = bills.sorted("invoice_date")[-1]
        self.assertFalse(last.matched_payment_ids)
        row = self._snapshot(self.customer)
        self.assertEqual(row.balance_due, last.amount_total)
        self.assertEqual(row.overdue_due, last.amount_total)

    def test_books_that_come_later(self):
        """Installed in one go, the chart comes after the demo: so do the bills."""
        categories = self.env["res.partner.category"]
        values = {"name": "Tea Subscribers"}
        category = categories._load_records([{"xml_id": _CATEGORY, "values": values}])
        charts = self.env["account.chart.template"]
        self._open_books()
        charts._create_customer_demo_bills(self.company)
        self.assertFalse(self.orders.invoice_ids)
        self.customer.category_id = category
        with (
            patch.object(
                type(self.Snapshot), "_create_demo_bills", side_effect=ValueError("bad")
            ),
            mute_logger("odoo.addons.crm_plus.models.account_chart_template"),
        ):
            charts._create_customer_demo_bills(self.company)
        charts._create_customer_demo_bills(self.company)
        self.assertEqual(set(self.orders.invoice_ids.mapped("state")), {"posted"})

    def test_enough_for_a_model(self):
        """Thirty who came back, some who left: fewer and no probability is shown."""
        found = [self.Snapshot._get_demo_rhythm(number) for number in range(36)]
        self.assertGreaterEqual(sum(len(days) > 1 for days in found), 30)
        self.assertTrue(all(days == sorted(days, reverse=True) for days in found))
        silent = [days for days in found if days[-1] > 150]
        self.assertGreaterEqual(len(silent), 5)
        self.assertLess(max(map(max, found)), 540)

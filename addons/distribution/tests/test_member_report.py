# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
from datetime import datetime

from dateutil.relativedelta import relativedelta
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .secondary_common import SecondaryCommon


@tagged("post_install", "-at_install")
class TestMemberReport(SecondaryCommon):
    """DS-3: sell-out and stock reports in the member's own words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.last = cls.today.replace(day=1) - relativedelta(months=1)
        cls.day = datetime(cls.last.year, cls.last.month, 5)

    def _create_report(self, content, kind="sell_out", **vals):
        return self.env["distribution.report"].create(
            {
                "name": "report.xlsx",
                "member_id": self.distributor.id,
                "kind": kind,
                "date_from": self.last,
                "file": content,
                **vals,
            }
        )

    def _import(self, *rows, kind="sell_out", **options):
        report = self._create_report(self._make_file(*rows, **options), kind)
        report.action_import()
        return report

    def _get_sell_out(self):
        rows = self.Ledger.search(
            [("kind", "=", "sell_out"), ("member_id", "=", self.distributor.id)]
        )
        return sum(rows.mapped("quantity"))

    def test_good_and_bad_rows(self):
        """Good rows are imported; each bad one says why and comes back."""
        after = self.day + relativedelta(months=2)
        report = self._import(
            ["lamp", 3, self.day],
            ["LAMP", "4,5", self.day],
            ["NPP-77", 2, self.day],
            ["LAMP", "many", self.day],
            ["LAMP", -1, self.day],
            ["LAMP", 1e15, self.day],
            ["LAMP", "#N/A", self.day],
            ["LAMP", 1, after],
            ["LAMP", 1, "yesterday"],
            [None, 1, self.day],
        )
        self.assertEqual((report.state, report.good_count), ("done", 2))
        self.assertEqual(report.bad_count, 8)
        self.assertEqual(self._get_sell_out(), 7.5)
        texts = "\n".join(report.line_ids.filtered("message").mapped("message"))
        for words in (
            "what the SKU “NPP-77” is",
            "“many” is no number",
            "Below zero",
            "not in the period",
            "“yesterday” is no date",
            "SKU is missing",
        ):
            self.assertIn(words, texts)
        book = load_workbook(io.BytesIO(base64.b64decode(report.reject_file)))
        rows = list(book.active.iter_rows(values_only=True))
        self.assertEqual(len(rows), 9)
        self.assertEqual(rows[0][0], "SKU")
        self.assertEqual(rows[1][0], "NPP-77")

    def test_sku_is_remembered(self):
        """Said once what it is, the same rows go through, and a box is twelve."""
        report = self._import(["npp-77", 2, self.day])
        row = self.env["distribution.sku.map"].search([("code", "=", "NPP-77")])
        self.assertFalse(row.product_id)
        self.assertEqual(report.open_sku_count, 1)
        row.write({"product_id": self.product.id, "product_uom_id": self.box.id})
        report.action_import()
        self.assertEqual((report.bad_count, self._get_sell_out()), (0, 24))
        report.action_import()
        self.assertEqual(self._get_sell_out(), 24)

    def test_same_file_twice(self):
        content = self._make_file(["LAMP", 3, self.day])
        first = self._create_report(content)
        with self.assertRaisesRegex(UserError, f"distribution.report/{first.id}"):
            self._create_report(content, name="other name.xlsx")
        # the same file of another member is another report
        self._create_report(content, member_id=self.neighbour.id)

    def test_same_period_corrects(self):
        """A second report of the period changes what differs; the rest stays."""
        other = self.day + relativedelta(days=1)
        self._import(["LAMP", 10, self.day], ["LAMP", 5, other])
        again = self._import(["LAMP", 8, self.day])
        self.assertEqual(again.correction_count, 1)
        self.assertEqual(self._get_sell_out(), 13)
        rows = self.Ledger.search(
            [("res_id", "=", again.id), ("key", "like", "report")]
        )
        self.assertEqual(rows.mapped("quantity"), [-2])

    def test_stock_fills_the_count(self):
        self._post("opening", 10, date=self.last)
        report = self._import(
            ["LAMP", 4, "2030-01-31"],
            kind="stock",
            titles=("Mã hàng", "Tồn kho", "Hạn sử dụng"),
        )
        line = report.count_id.line_ids
        self.assertEqual((line.counted_qty, line.variance_qty), (4, -6))
        self.assertEqual(str(line.expiry_date), "2030-01-31")
        report.count_id.action_close()
        row = self.env["distribution.stock"].search(
            [("member_id", "=", self.distributor.id)]
        )
        self.assertEqual((row.quantity, str(row.expiry_date)), (4, "2030-01-31"))

    def test_no_spreadsheet(self):
        for content, words in (
            (b"%PDF-1.7 not a table", "PDF"),
            (b"PK\x03\x04broken", "cannot be opened"),
            (b"a,b\n1,2\n", "No row of titles"),
        ):
            report = self._create_report(base64.b64encode(content))
            with self.assertRaisesRegex(UserError, words):
                report.action_import()
        with self.assertRaises(UserError):
            self._create_report(base64.b64encode(b""))

    def test_closed_month(self):
        """A report for a closed month is refused as a whole, in words."""
        self._post("opening", 10, date=self.last)
        count = self.env["distribution.stock.count"].create(
            {"member_id": self.distributor.id, "date_from": self.last}
        )
        count.line_ids.write({"counted_qty": 10, "is_counted": True})
        count.action_close()
        with self.assertRaisesRegex(UserError, "is closed up to"):
            self._import(["LAMP", 1, self.day])

    def test_template(self):
        self._post("opening", 10)
        content = self.env["distribution.report.template"]._get_template(
            self.distributor
        )
        rows = list(
            load_workbook(io.BytesIO(base64.b64decode(content))).active.iter_rows(
                values_only=True
            )
        )
        self.assertEqual(rows[1][0], "LAMP")
        self.assertEqual(rows[0][2], "Quantity")

    def test_rep_may_not_import(self):
        with self.assertRaises(AccessError):
            self.env["distribution.report"].with_user(self.rep).create(
                {
                    "name": "x.xlsx",
                    "member_id": self.distributor.id,
                    "file": self._make_file(["LAMP", 1, self.day]),
                }
            )

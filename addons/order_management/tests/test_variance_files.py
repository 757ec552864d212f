# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-20: the spreadsheets of the variance say what its screens say."""

import json
from io import BytesIO

from openpyxl import load_workbook

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .variance_common import VarianceCase

_COLUMNS = (
    "product_id",
    "order_id",
    "requested_qty",
    "cut_qty",
    "shipped_qty",
    "cut_amount",
    "fill_rate",
    "cut_reason",
    "return_reason_id",
)


@tagged("post_install", "-at_install")
class TestVarianceFiles(VarianceCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["clerk"].group_ids += cls.env.ref("base.group_allow_export")
        cls.env["res.lang"]._activate_lang("en_US")

    def setUp(self):
        super().setUp()
        # 5 of 10 and 90 of 90 bolts: 95 %, not 75 %; one of two nuts
        self.cut = self._make_order(10, confirm=False)
        self._approve(self.cut, 5, "Short supply")
        self.whole = self._make_order(90, confirm=False)
        self._approve(self.whole, 90, False)
        self.nuts = self._make_order(2, product=self.other, confirm=False)
        self._approve(self.nuts, 1, "Damaged")
        orders = self.cut | self.whole | self.nuts
        for order in orders:
            self._ship(order.picking_ids)
        self.figures = self._get_figures(orders)
        self.env.flush_all()
        self.domain = [("order_id", "in", orders.ids)]

    def _export(self, groupby=(), ids=False, columns=_COLUMNS):
        """What the web client asks for, opened."""
        fields = self.report._fields
        self.authenticate("ceiling_clerk", "ceiling_clerk")
        response = self.url_open(
            "/web/export/xlsx",
            data={
                "data": json.dumps(
                    {
                        "model": "order.variance.report",
                        "fields": [
                            {
                                "name": name,
                                "label": fields[name]._description_string(self.env),
                                "type": fields[name].type,
                            }
                            for name in columns
                        ],
                        "ids": ids,
                        "domain": self.domain,
                        "groupby": list(groupby),
                        "context": {"allowed_company_ids": self.company.ids},
                        "import_compat": False,
                    }
                ),
                "csrf_token": Request.csrf_token(self),
            },
        )
        self.assertEqual(response.status_code, 200)
        self.assertIn("spreadsheetml", response.headers["Content-Type"])
        [sheet] = load_workbook(BytesIO(response.content)).worksheets
        titles = [cell.value for cell in sheet[1]]
        return [
            dict(zip(titles, (cell.value for cell in row), strict=True))
            for row in sheet.iter_rows(min_row=2)
        ]

    def test_list(self):
        rows = {row["Order"]: row for row in self._export()}
        self.assertEqual(len(rows), 3)
        row = rows[self.cut.name]
        self.assertEqual(row["Product"], self.product.display_name)
        self.assertEqual((row["Requested"], row["Cut"], row["Shipped"]), (10, 5, 5))
        self.assertEqual((row["Amount Cut"], row["Fill Rate"]), (50, 0.5))
        self.assertEqual(row["Cut or Closed Because"], "Short supply")
        self.assertFalse(rows[self.whole.name]["Cut or Closed Because"])
        self.assertEqual(rows[self.nuts.name]["Cut or Closed Because"], "Damaged")

    def _get_groups(self, rows):
        """``{label without the number of records: row}`` of the group headers."""
        heads = [row for row in rows if row["Order"] in (None, "")]
        return {row["Product"].strip(): row for row in heads}

    def test_groups(self):
        rows = self._export(["product_id"])
        heads = self._get_groups(rows)
        bolts = heads[f"{self.product.display_name} (2)"]
        self.assertEqual(
            (bolts["Requested"], bolts["Cut"], bolts["Shipped"]), (100, 5, 95)
        )
        self.assertEqual(bolts["Amount Cut"], 50)
        self.assertAlmostEqual(bolts["Fill Rate"], 0.95)
        nuts = heads[f"{self.other.display_name} (1)"]
        self.assertEqual((nuts["Requested"], nuts["Fill Rate"]), (2, 0.5))
        # lines below their group, with their reasons
        self.assertEqual(len(rows), 5)
        lines = [row for row in rows if row["Order"] == self.nuts.name]
        self.assertEqual(lines[0]["Cut or Closed Because"], "Damaged")

    def test_groups_in_groups(self):
        """Each level has the rate of its sums, whichever rows were chosen."""
        rows = self._export(["date_order:month", "cut_reason"])
        heads = self._get_groups(rows)
        [month] = [name for name in heads if name.endswith("(3)")]
        self.assertAlmostEqual(heads[month]["Fill Rate"], 96 / 102)
        self.assertAlmostEqual(heads["Short supply (1)"]["Fill Rate"], 0.5)
        chosen = self.figures.filtered(lambda f: f.order_id != self.nuts)
        rows = self._export(["state"], ids=chosen.ids)
        [head] = self._get_groups(rows).values()
        self.assertEqual(head["Requested"], 100)
        self.assertAlmostEqual(head["Fill Rate"], 0.95)

    def test_warehouse_gets_no_amounts(self):
        """Who may not see what it is worth does not read it in a file."""
        self.users["clerk"].group_ids = (
            self.env.ref("base.group_user")
            | self.env.ref("base.group_allow_export")
            | self.env.ref("order_management.group_warehouse")
        )
        self.env.flush_all()
        rows = self._export(columns=[c for c in _COLUMNS if c != "cut_amount"])
        self.assertEqual(len(rows), 3)
        export = self.env["order.variance.export"].with_user(self.users["clerk"])
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.users["clerk"])
            ._render_xlsx(
                "order_management.order_variance_xlsx", export.create({}).ids, {}
            )
        )
        figures, reasons = load_workbook(BytesIO(content)).worksheets
        for sheet in (figures, reasons):
            titles = [str(cell.value) for cell in sheet[1]]
            self.assertFalse([t for t in titles if "Amount" in t or "Cost" in t])

    def test_own_file_by_product(self):
        """The button's own file: groups, sums and rates, and each reason with what
        it cost."""
        export = self._as(self.env["order.variance.export"], "clerk").create(
            {"group_by": "product_id"}
        )
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.users["clerk"])
            ._render_xlsx("order_management.order_variance_xlsx", export.ids, {})
        )
        figures, reasons = load_workbook(BytesIO(content), data_only=True).worksheets
        titles = [cell.value for cell in figures[1]]
        rows = {
            row[0].value: dict(zip(titles, (cell.value for cell in row), strict=True))
            for row in figures.iter_rows(min_row=2)
        }
        bolts = rows[self.product.display_name]
        self.assertEqual((bolts["Requested"], bolts["Shipped"]), (100, 95))
        self.assertAlmostEqual(bolts["Fill Rate"], 0.95)
        self.assertEqual(rows["Total"]["Requested"], 102)
        self.assertAlmostEqual(rows["Total"]["Fill Rate"], 96 / 102)
        told = [[cell.value for cell in row] for row in reasons.iter_rows(min_row=2)]
        self.assertEqual(
            told,
            [["Cut", "Short supply", 1, 5, 50], ["Cut", "Damaged", 1, 1, told[1][4]]],
        )

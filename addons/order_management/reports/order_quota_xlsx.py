# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderQuotaXlsx(models.AbstractModel):
    """The table of quotas as a spreadsheet that can be changed and brought back."""

    _name = "report.order_management.order_quota_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Quota Table (XLSX)"

    def generate_xlsx_report(self, workbook, data, objs):
        """Override of ``report_xlsx``: one sheet, a row for each row of the table."""
        grid = self.env["order.quota"].grid_load(
            data.get("period_type", "month"),
            data.get("date_from") or fields.Date.today(),
            data.get("count", 12),
            data.get("search", ""),
        )
        sheet = workbook.add_worksheet(self.env._("Quotas"))
        bold = workbook.add_format({"bold": True, "bg_color": "#E7E9ED"})
        day = workbook.add_format(
            {"bold": True, "bg_color": "#E7E9ED", "num_format": "yyyy-mm-dd"}
        )
        locked = workbook.add_format({"font_color": "#808080"})
        figure = workbook.add_format({"num_format": "#,##0.######"})
        for column, title in enumerate(self._get_titles()):
            sheet.write(0, column, title, bold)
        first = len(self._get_titles())
        for place, column in enumerate(grid["columns"]):
            moment = fields.Date.to_date(column["from"])
            sheet.write_datetime(0, first + place, moment, day)
        for number, row in enumerate(grid["rows"], 1):
            names = ("key", "name", "scope", "product", "unit")
            for column, name in enumerate(names):
                sheet.write_string(number, column, row[name] or "", locked)
            for place, cell in enumerate(row["cells"]):
                if cell:
                    sheet.write_number(number, first + place, cell["limit"], figure)
        sheet.set_column(0, 0, 12, None, {"hidden": True})
        sheet.set_column(1, 3, 26)
        sheet.set_column(first, first + len(grid["columns"]), 13)
        sheet.freeze_panes(1, first)

    def _get_titles(self):
        return [
            self.env._("Key (do not change)"),
            self.env._("Quota"),
            self.env._("Whose Orders"),
            self.env._("Which Products"),
            self.env._("Unit"),
        ]

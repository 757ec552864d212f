# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from xlsxwriter.utility import xl_range

from odoo import models
from odoo.exceptions import UserError

from .expense_budget_report_xlsx import _make_formats

#: heads what is summed, in every language: such rows and columns are not imported
TOTAL = "Σ"


class ExpenseBudgetXlsx(models.AbstractModel):
    """The plan of a budget as a table that can be changed and brought back."""

    _name = "report.distribution.expense_budget_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Budget Plan (XLSX)"

    def generate_xlsx_report(self, workbook, data, objs):
        """Override of ``report_xlsx``: rows of centre and type, a column a month."""
        if len(objs) != 1:
            raise UserError(self.env._("Export one budget at a time."))
        objs.check_access("read")
        sheet = workbook.add_worksheet(self.env._("Plan"))
        formats = _make_formats(workbook, objs.currency_id)
        months = objs._get_months()
        titles = self._get_titles()
        for column, title in enumerate(titles):
            sheet.write(0, column, title, formats["head"])
        for place, month in enumerate(months, len(titles)):
            sheet.write_datetime(0, place, month, formats["month"])
        last = len(titles) + len(months)
        sheet.write(0, last, TOTAL, formats["head"])
        rows = objs._get_grid_rows()
        for number, (centre, type_, cells) in enumerate(rows, 1):
            names = (centre.code or centre.id, centre.name, type_.code or type_.id)
            for column, value in enumerate((*names, type_.name)):
                sheet.write(number, column, value, formats["locked"])
            for place, month in enumerate(months, len(titles)):
                sheet.write_number(
                    number, place, cells.get(month, 0), formats["figure"]
                )
            self._write_sum(sheet, number, last, (number, len(titles)), formats)
        for column in range(len(titles), last + 1):
            self._write_sum(sheet, len(rows) + 1, column, (1, column), formats)
        sheet.write(len(rows) + 1, 1, TOTAL, formats["total"])
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 3, 22)
        sheet.set_column(len(titles), last, 15)
        sheet.freeze_panes(1, len(titles))

    def _write_sum(self, sheet, row, column, start, formats):
        """The sum from ``start`` to the cell before this one, in its row or column."""
        end = (row, column - 1) if start[0] == row else (row - 1, column)
        if end < start:
            return
        sheet.write_formula(
            row, column, f"=SUM({xl_range(*start, *end)})", formats["total"]
        )

    def _get_titles(self):
        return [
            self.env._("Centre Code"),
            self.env._("Responsibility Centre"),
            self.env._("Type Code"),
            self.env._("Expense Type"),
        ]

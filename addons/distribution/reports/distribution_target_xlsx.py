# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class DistributionTargetXlsx(models.AbstractModel):
    """Targets as a spreadsheet that can be changed and brought back."""

    _name = "report.distribution.target_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Targets (XLSX)"

    def generate_xlsx_report(self, workbook, data, objs):
        """Override of ``report_xlsx``: a row a target, its months, what was reached."""
        sheet = workbook.add_worksheet(self.env._("Targets"))
        bold = workbook.add_format({"bold": True, "bg_color": "#E7E9ED"})
        day = workbook.add_format(
            {"bold": True, "bg_color": "#E7E9ED", "num_format": "yyyy-mm-dd"}
        )
        figure = workbook.add_format({"num_format": "#,##0.00"})
        total = workbook.add_format({"num_format": "#,##0.00", "bold": True})
        months = sorted({line.date_from for line in objs.line_ids})
        titles = (self.env._("Key (do not change)"), self.env._("Target"))
        rest = (self.env._("Total"), self.env._("Reached"), self.env._("Reached (%)"))
        sheet.write_row(0, 0, titles, bold)
        for place, month in enumerate(months, 2):
            sheet.write_datetime(0, place, month, day)
        last = 2 + len(months)
        sheet.write_row(0, last, rest, bold)
        for number, target in enumerate(objs, 1):
            sheet.write_number(number, 0, target.id)
            sheet.write_string(number, 1, target.name or "")
            for line in target.line_ids:
                place = 2 + months.index(line.date_from)
                sheet.write_number(number, place, line.amount, figure)
            sheet.write_number(number, last, target.amount, total)
            sheet.write_number(number, last + 1, target.actual, figure)
            sheet.write_number(number, last + 2, target.percent, figure)
        self._write_totals(sheet, objs, last, total)
        sheet.set_column(0, 0, 8, None, {"hidden": True})
        sheet.set_column(1, 1, 36)
        sheet.set_column(2, last + 2, 15)
        sheet.freeze_panes(1, 2)

    def _write_totals(self, sheet, targets, last, total):
        row = len(targets) + 1
        sheet.write_string(row, 1, self.env._("Total"), total)
        sheet.write_number(row, last, sum(targets.mapped("amount")), total)
        sheet.write_number(row, last + 1, sum(targets.mapped("actual")), total)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from xlsxwriter.utility import xl_range

from odoo import models


def _make_formats(workbook, currency):
    """The formats that budget spreadsheets share."""
    digits = "." + "0" * currency.decimal_places if currency.decimal_places else ""
    head = {"bold": True, "bg_color": "#E7E9ED", "bottom": 1}
    money = f"#,##0{digits};[Red]-#,##0{digits}"
    styles = {
        "head": head,
        "month": {**head, "num_format": "yyyy-mm"},
        "day": {"num_format": "yyyy-mm"},
        "locked": {"font_color": "#606060"},
        "figure": {"num_format": money},
        "percent": {"num_format": "0.0"},
        "total": {"bold": True, "top": 1, "num_format": money},
    }
    return {name: workbook.add_format(style) for name, style in styles.items()}


class ExpenseBudgetReportXlsx(models.AbstractModel):
    """Budget against actual as a spreadsheet with totals."""

    _name = "report.distribution.expense_budget_report_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Budget Against Actual (XLSX)"

    def generate_xlsx_report(self, workbook, data, objs):
        """Override of ``report_xlsx``: a row a line, totals below."""
        objs.check_access("read")
        sheet = workbook.add_worksheet(self.env._("Budget against actual"))
        currency = (objs.company_id or self.env.company)[:1].currency_id
        formats = _make_formats(workbook, currency)
        names = self._get_figures()
        labels = self.env["expense.budget.report"].fields_get(
            ["centre_id", "type_id", "month", *names], ["string"]
        )
        for column, name in enumerate(("centre_id", "type_id", "month", *names)):
            sheet.write(0, column, labels[name]["string"], formats["head"])
        for row, record in enumerate(objs.sorted(lambda r: (r.month, r.id)), 1):
            sheet.write(row, 0, record.centre_id.display_name)
            sheet.write(row, 1, record.type_id.name)
            sheet.write_datetime(row, 2, record.month, formats["day"])
            for column, name in enumerate(names, 3):
                sheet.write_number(row, column, record[name], formats["figure"])
        last = len(objs) + 1
        sheet.write(last, 0, self.env._("Total"), formats["total"])
        for column in range(3, 3 + len(names)):
            cells = xl_range(1, column, last - 1, column)
            sheet.write_formula(last, column, f"=SUM({cells})", formats["total"])
        sheet.set_column(0, 1, 24)
        sheet.set_column(2, 2 + len(names), 15)
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, max(last - 1, 1), 2 + len(names))

    def _get_figures(self):
        return [
            "planned_amount",
            "topped_up_amount",
            "transferred_amount",
            "carried_amount",
            "budget_amount",
            "requested_amount",
            "committed_amount",
            "actual_amount",
            "available_amount",
            "theoretical_amount",
            "deviation_amount",
            "forecast_amount",
        ]

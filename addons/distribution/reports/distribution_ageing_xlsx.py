# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

_AMOUNTS = (
    "amount",
    "amount_not_due",
    "amount_30",
    "amount_60",
    "amount_90",
    "amount_older",
)


class DistributionAgeingXlsx(models.AbstractModel):
    """The ageing as a spreadsheet: a row a customer, with totals."""

    _name = "report.distribution.ageing_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Ageing (XLSX)"

    def generate_xlsx_report(self, workbook, data, objs):
        """Override of ``report_xlsx``: all that the user may see, or these rows."""
        ageing = self.env["distribution.ageing"]
        domain = [("id", "in", objs.ids)] if objs else []
        groups = ageing._read_group(
            domain,
            ["company_id", "currency_id", "user_id", "territory_id", "partner_id"],
            [f"{name}:sum" for name in _AMOUNTS] + ["days_overdue:max"],
        )
        sheet = workbook.add_worksheet(self.env._("Ageing"))
        bold = workbook.add_format({"bold": True, "bg_color": "#E7E9ED"})
        money = workbook.add_format({"num_format": "#,##0.00"})
        total = workbook.add_format({"bold": True, "num_format": "#,##0.00", "top": 1})
        titles = self._get_titles()
        for column, title in enumerate(titles):
            sheet.write_string(0, column, title, bold)
        first = 5
        for row, (company, currency, user, territory, partner, *sums) in enumerate(
            groups, 1
        ):
            names = (company, user, territory, partner, currency)
            for column, record in enumerate(names):
                sheet.write_string(row, column, record.display_name or "")
            for column, value in enumerate(sums[:-1], first):
                sheet.write_number(row, column, value, money)
            sheet.write_number(row, first + len(_AMOUNTS), max(sums[-1], 0))
        last = len(groups)
        for place in range(len(_AMOUNTS) if last else 0):
            letter = chr(ord("A") + first + place)
            value = sum(group[first + place] for group in groups)
            formula = f"=SUM({letter}2:{letter}{last + 1})"
            sheet.write_formula(last + 1, first + place, formula, total, value)
        sheet.set_column(0, 3, 26)
        sheet.set_column(first, first + len(_AMOUNTS), 16)
        sheet.freeze_panes(1, 4)
        sheet.autofilter(0, 0, max(last, 1), len(titles) - 1)

    def _get_titles(self):
        fields = self.env["distribution.ageing"].fields_get()
        names = ("company_id", "user_id", "territory_id", "partner_id", "currency_id")
        return [fields[name]["string"] for name in (*names, *_AMOUNTS, "days_overdue")]

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class DistributionStatementXlsx(models.AbstractModel):
    """Statements as a spreadsheet, a sheet a statement, with a running balance."""

    _name = "report.distribution.statement_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Statement (XLSX)"

    def generate_xlsx_report(self, workbook, data, objs):
        """Override of ``report_xlsx``: in the customer's language where one asks."""
        formats = {
            "bold": workbook.add_format({"bold": True, "bg_color": "#E7E9ED"}),
            "money": workbook.add_format({"num_format": "#,##0.00"}),
            "total": workbook.add_format({"bold": True, "num_format": "#,##0.00"}),
            "day": workbook.add_format({"num_format": "yyyy-mm-dd"}),
        }
        for number, statement in enumerate(objs, 1):
            sheet = workbook.add_worksheet(str(number))
            lang = statement.partner_id.lang or self.env.lang
            self._write_statement(sheet, statement.with_context(lang=lang), formats)

    def _write_statement(self, sheet, statement, formats):
        env = statement.env
        sheet.write_string(0, 0, statement.name or "", formats["bold"])
        titles = (
            env._("Date"),
            env._("Kind"),
            env._("Document"),
            env._("Value"),
            env._("Debit"),
            env._("Credit"),
            env._("Balance (%(currency)s)", currency=statement.currency_id.name),
        )
        for column, title in enumerate(titles):
            sheet.write_string(2, column, title, formats["bold"])
        sheet.write_string(3, 2, env._("Opening"))
        sheet.write_number(3, 6, statement.opening, formats["total"])
        kinds = dict(statement.line_ids._fields["kind"]._description_selection(env))
        row, balance = 4, statement.opening
        for line in statement.line_ids:
            balance += line.debit - line.credit
            sheet.write_datetime(row, 0, line.date, formats["day"])
            sheet.write_string(row, 1, kinds[line.kind])
            sheet.write_string(row, 2, line.name or "")
            sheet.write_number(row, 3, line.value, formats["money"])
            sheet.write_number(row, 4, line.debit, formats["money"])
            sheet.write_number(row, 5, line.credit, formats["money"])
            sheet.write_number(row, 6, balance, formats["money"])
            row += 1
        sheet.write_string(row, 2, env._("Closing"))
        sheet.write_number(row, 6, statement.closing, formats["total"])
        sheet.set_column(0, 1, 13)
        sheet.set_column(2, 2, 34)
        sheet.set_column(3, 6, 16)
        sheet.freeze_panes(3, 0)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io

import xlsxwriter

from odoo import models

from odoo.addons.order_management.neutral.spreadsheet.cells import shown


class DistributionReportTemplate(models.AbstractModel):
    """Spreadsheets for members: the empty form of a report, and refused rows."""

    _name = "distribution.report.template"
    _description = "Spreadsheet of a Member Report"

    def _get_titles(self):
        return {
            "code": "SKU",
            "name": self.env._("Name"),
            "quantity": "Quantity",
            "unit": "Unit",
            "date": "Date",
            "amount": "Amount",
            "expiry": "Expiry",
            "message": self.env._("Problem"),
        }

    def _write_table(self, names, table):
        """An XLSX file, base64; cells are text or numbers, never formulas.

        :param names: fields of the columns
        :param table: rows of values
        """
        titles = self._get_titles()
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            sheet = book.add_worksheet(self.env._("Report"))
            bold = book.add_format({"bold": True, "bg_color": "#E7E9ED"})
            for column, name in enumerate(names):
                sheet.write_string(0, column, titles[name], bold)
            for number, values in enumerate(table, 1):
                for column, value in enumerate(values):
                    is_number = isinstance(value, int | float)
                    if is_number and not isinstance(value, bool) and abs(value) < 1e300:
                        sheet.write_number(number, column, value)
                    elif value not in (None, ""):
                        sheet.write_string(number, column, shown(value)[:32000])
            sheet.set_column(0, len(names) - 1, 16)
            sheet.freeze_panes(1, 0)
        return base64.b64encode(buffer.getvalue())

    def _get_template(self, member):
        """The form for a member, filled with the SKUs it is known to use."""
        maps = self.env["distribution.sku.map"].search(
            [("member_id", "=", member.id), ("product_id", "!=", False)]
        )
        stock = self.env["distribution.stock"].search([("member_id", "=", member.id)])
        table = [
            [row.code, row.product_id.display_name, None, row.product_uom_id.name]
            for row in maps
        ]
        table += [
            [
                product.default_code or product.barcode,
                product.display_name,
                None,
                product.uom_id.name,
            ]
            for product in stock.product_id - maps.product_id
            if product.default_code or product.barcode
        ]
        names = ["code", "name", "quantity", "unit", "date", "amount", "expiry"]
        return self._write_table(names, table)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io

import xlsxwriter

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..models.sale_channel_sample import SAMPLE_TITLES

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadController(http.Controller):
    """What people who type orders into a spreadsheet need."""

    @http.route(
        '/order_management/upload_template/<model("sale.channel"):channel>',
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def template(self, channel):
        """An empty XLSX with the columns that files of ``channel`` have."""
        channel.check_access("read")
        name = request.env._("Orders %(channel)s.xlsx", channel=channel.name)
        return self._respond(name, channel._get_upload_titles())

    @http.route(
        '/order_management/upload_sample/<model("sale.channel"):channel>',
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def sample(self, channel):
        """An XLSX with two orders of the own products, ready to be uploaded."""
        channel.check_access("read")
        name = request.env._("Sample %(channel)s.xlsx", channel=channel.name)
        try:
            rows = channel._get_sample_rows()
        except UserError as error:
            return request.make_response(
                str(error), headers=[("Content-Type", "text/plain; charset=utf-8")]
            )
        return self._respond(name, SAMPLE_TITLES, rows)

    def _respond(self, name, titles, rows=()):
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(
            stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
            },
        )
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, titles, bold)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
        sheet.set_column(0, max(len(titles) - 1, 0), 18)
        sheet.freeze_panes(1, 0)
        book.close()
        return request.make_response(
            stream.getvalue(),
            headers=[
                ("Content-Type", _XLSX),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io

import xlsxwriter

from odoo import http
from odoo.http import content_disposition, request

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
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        titles = channel._get_upload_titles()
        for column, title in enumerate(titles):
            sheet.write_string(0, column, title, bold)
        sheet.set_column(0, max(len(titles) - 1, 0), 18)
        sheet.freeze_panes(1, 0)
        book.close()
        name = request.env._("Orders %(channel)s.xlsx", channel=channel.name)
        return request.make_response(
            stream.getvalue(),
            headers=[
                ("Content-Type", _XLSX),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io

import xlsxwriter

from .import_common import ImportCommon

HEAD = "Order Number,Order Date,SKU,Quantity,Unit Price,Currency,Customer Name,Status"


class UploadCommon(ImportCommon):
    """Files of orders as people send them."""

    @classmethod
    def _prepare_row(cls, number="U1", sku="LAMP", quantity="2", price="40.00"):
        return f"{number},19/07/2026 08:12,{sku},{quantity},{price},USD,Hoa,paid"

    @classmethod
    def _prepare_csv(cls, *rows, head=HEAD, encoding="utf-8"):
        return "\n".join([head, *(rows or [cls._prepare_row()])]).encode(encoding)

    @classmethod
    def _prepare_xlsx(cls, *rows):
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([HEAD, *rows]):
                sheet.write_row(number, 0, row.split(","))
        return stream.getvalue()

    @classmethod
    def _upload(cls, content=None, name="orders.csv", user=None, **values):
        if content is None:
            content = cls._prepare_csv()
        return (
            cls.env["channel.order.upload"]
            .with_user(user or cls.clerk)
            .create(
                {
                    "name": name,
                    "channel_id": cls.channel.id,
                    "file": base64.b64encode(content),
                    "timezone": "Asia/Ho_Chi_Minh",
                    **values,
                }
            )
        )

    @classmethod
    def _import_upload(cls, *args, **values):
        upload = cls._upload(*args, **values)
        upload.action_import()
        upload._job_import()
        return upload

    @classmethod
    def _get_column(cls, upload, letter):
        return upload.column_ids.filtered(lambda column: column.letter == letter)

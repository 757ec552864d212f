# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

_WIDTHS = (18, 22, 28, 20, 14, 70, 18)


class OrderBatchXlsx(models.AbstractModel):
    """What failed in a bulk step, as a spreadsheet to work through."""

    _name = "report.order_management.order_batch_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Failures of a Bulk Step (XLSX)"

    def generate_xlsx_report(self, workbook, data, objs):
        """Override of ``report_xlsx``: a sheet a batch, a row for each order."""
        bold = workbook.add_format({"bold": True, "bg_color": "#E7E9ED"})
        wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
        moment = workbook.add_format(
            {"num_format": "yyyy-mm-dd hh:mm", "valign": "top"}
        )
        for batch in objs:
            sheet = workbook.add_worksheet(f"{batch.id}")
            for column, (title, width) in enumerate(
                zip(self._get_titles(), _WIDTHS, strict=True)
            ):
                sheet.write(0, column, title, bold)
                sheet.set_column(column, column, width)
            sheet.freeze_panes(1, 0)
            lines = self._get_lines(batch)
            for number, line in enumerate(lines, 1):
                *texts, at = self._prepare_row(batch, line)
                for column, text in enumerate(texts):
                    # text, never a formula: a buyer may be called "=1+1"
                    sheet.write_string(number, column, text or "", wrap)
                sheet.write_datetime(number, len(texts), at, moment)
            sheet.autofilter(0, 0, max(len(lines), 1), len(_WIDTHS) - 1)

    def _get_lines(self, batch):
        return self.env["order.batch.line"].search(
            [("batch_id", "=", batch.id), ("state", "=", "failed")], order="id"
        )

    def _get_titles(self):
        return [
            self.env._("Order"),
            self.env._("Number on Channel"),
            self.env._("Customer"),
            self.env._("Channel"),
            self.env._("Step"),
            self.env._("What Happened"),
            self.env._("Time"),
        ]

    def _prepare_row(self, batch, line):
        order, row = line.order_id, line.row_id
        return [
            line.display_name,
            order.channel_number or row.external_id,
            order.partner_id.display_name,
            line.channel_id.name,
            batch._get_step_name(),
            line.message,
            fields.Datetime.context_timestamp(self, line.write_date).replace(
                tzinfo=None
            ),
        ]

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class OrderVarianceExport(models.TransientModel):
    """Which part of the variance report is wanted as a spreadsheet."""

    _name = "order.variance.export"
    _description = "Variance as Spreadsheet"

    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.start_of(
            fields.Date.context_today(self), "month"
        ),
    )
    date_to = fields.Date("Until", required=True, default=fields.Date.context_today)
    group_by = fields.Selection(
        [
            ("product_id", "Product"),
            ("categ_id", "Product Category"),
            ("partner_id", "Customer"),
            ("channel_id", "Channel"),
            ("warehouse_id", "Warehouse"),
            ("user_id", "Salesperson"),
            ("team_id", "Sales Team"),
            ("date_order:month", "Month"),
            ("date_order:day", "Day"),
        ],
        "A Row For Each",
        required=True,
        default="product_id",
    )
    channel_ids = fields.Many2many("sale.channel", string="Channels")
    warehouse_ids = fields.Many2many("stock.warehouse", string="Warehouses")

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for export in self:
            if export.date_to < export.date_from:
                raise ValidationError(
                    self.env._("The period ends before it begins: turn the days round.")
                )

    def action_export(self):
        """Download the spreadsheet, up to date."""
        self.ensure_one()
        report = self.env["order.variance.report"]
        report.check_access("read")
        report.sudo()._refresh()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_variance_xlsx_report"
        )
        return self.env["ir.actions.report"].browse(action["id"]).report_action(self)

    def _get_domain(self):
        """The lines of the report that are asked for."""
        self.ensure_one()
        domain = self.env["order.variance.report"]._get_made_domain()
        domain &= Domain("company_id", "in", self.env.companies.ids)
        domain &= Domain("date_order", ">=", self.date_from)
        domain &= Domain("date_order", "<", fields.Date.add(self.date_to, days=1))
        if self.channel_ids:
            domain &= Domain("channel_id", "in", self.channel_ids.ids)
        if self.warehouse_ids:
            domain &= Domain("warehouse_id", "in", self.warehouse_ids.ids)
        return domain

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class DistributionReportLine(models.Model):
    """A row of a member's report: what was read, or why it was refused."""

    _name = "distribution.report.line"
    _description = "Member Report Row"
    _order = "report_id, message nulls last, row_number"
    _rec_name = "code"

    report_id = fields.Many2one(
        "distribution.report", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="report_id.company_id", store=True, precompute=True, index=True
    )
    row_number = fields.Integer("Row", readonly=True)
    code = fields.Char("SKU", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade")
    quantity = fields.Float(digits=0, min_display_digits="Product Unit", readonly=True)
    product_uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    amount = fields.Float(digits=0, min_display_digits="Product Price", readonly=True)
    date = fields.Date(readonly=True)
    values = fields.Json(readonly=True)
    message = fields.Char("Problem", readonly=True)

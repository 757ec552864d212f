# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderQuotaImportLine(models.TransientModel):
    """One cell of the spreadsheet that changes a limit."""

    _name = "order.quota.import.line"
    _description = "Cell of an Imported Quota Table"
    _order = "message, row_number, period"

    import_id = fields.Many2one("order.quota.import", required=True, ondelete="cascade")
    row_number = fields.Integer("Row")
    name = fields.Char("Row Title")
    period = fields.Char()
    quota_id = fields.Many2one("order.quota", ondelete="cascade")
    old_qty = fields.Float("Limit Now", digits=0, min_display_digits="Product Unit")
    new_qty = fields.Float("New Limit", digits=0, min_display_digits="Product Unit")
    change = fields.Json()
    message = fields.Char()

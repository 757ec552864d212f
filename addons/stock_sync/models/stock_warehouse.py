# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockWarehouse(models.Model):
    """A warehouse; here: whether its goods lie at a channel."""

    _inherit = "stock.warehouse"

    is_channel_stock = fields.Boolean(
        "Stock at a Channel",
        help="The goods lie in a channel's own warehouse, which ships them: no other "
        "shop may show them.",
    )

    def write(self, vals):
        """What lies at a channel is not shown by the others any more."""
        result = super().write(vals)
        if "is_channel_stock" in vals or "active" in vals:
            self.env["channel.stock.dirty"]._insert_scope(
                [("company_id", "in", self.company_id.ids)], "rule"
            )
        return result

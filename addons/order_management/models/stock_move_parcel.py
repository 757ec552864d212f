# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    """A move; here: goods in a parcel, as its customer sees it."""

    _inherit = "stock.move"

    def _get_parcel_fields(self):
        """What a customer's page reads of moves: found and read in one query."""
        return [
            "picked",
            "picking_id",
            "product_id",
            "product_uom",
            "product_uom_qty",
            "quantity",
            "sale_line_id",
            "state",
        ]

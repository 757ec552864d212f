# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class StockPicking(models.Model):
    """A transfer; here: the other side of a purchase's transfers.

    Known from the transfer as well, a batch of new transfers costs no search of
    purchases for each of them.
    """

    _inherit = "stock.picking"

    purchase_ids = fields.Many2many(
        "purchase.order",
        "purchase_order_stock_picking_rel",
        "stock_picking_id",
        "purchase_order_id",
        "Purchases",
        readonly=True,
        copy=False,
    )

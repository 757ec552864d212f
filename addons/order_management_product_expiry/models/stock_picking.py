# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockPicking(models.Model):
    """A transfer; here: a lot that has expired goes into no parcel."""

    _inherit = "stock.picking"

    def _get_scan_lot_problem(self, lot):
        """Override: see above."""
        ends_at = lot.product_id.use_expiration_date and lot.expiration_date
        if ends_at and ends_at <= fields.Datetime.now():
            return "expired"
        return super()._get_scan_lot_problem(lot)

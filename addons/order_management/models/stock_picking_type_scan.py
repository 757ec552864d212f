# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockPickingType(models.Model):
    """A kind of transfer; here: what the warehouse floor does with it."""

    _inherit = "stock.picking.type"

    scan_required = fields.Boolean(
        "Scan before Validating",
        help="Transfers of this kind are validated only when all that leaves was "
        "scanned. An inventory administrator may ship without, with a reason.",
    )
    scan_print = fields.Boolean(
        "Print after Scanning",
        help="When the last scan is done, slip and shipping label open to be printed.",
    )

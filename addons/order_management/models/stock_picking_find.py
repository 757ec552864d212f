# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockPicking(models.Model):
    """A transfer, found by the tracking number of its parcel."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    carrier_tracking_ref = fields.Char(index="trigram")

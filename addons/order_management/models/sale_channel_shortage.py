# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleChannel(models.Model):
    """A way of selling; here: what happens to orders of goods that are not there."""

    _inherit = "sale.channel"

    holds_oversold = fields.Boolean(
        "Hold What Was Oversold",
        help="A paid order whose goods are not there stays a quotation and reserves "
        "nothing, until the goods come or somebody chooses in “Out of Stock”.",
    )

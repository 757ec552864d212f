# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrderLine(models.Model):
    """A line; here: which of the channel's lines it is."""

    _inherit = "sale.order.line"

    channel_line_ref = fields.Char(
        "Channel's Line",
        readonly=True,
        copy=False,
        help="The channel's identifier of the line; “@” begins what is no product.",
    )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleChannel(models.Model):
    """A way of selling; here: how long the goods of its unpaid orders are held."""

    _inherit = "sale.channel"

    unpaid_hold_hours = fields.Float(
        "Hold Stock of Unpaid Orders For",
        help="Hours from the moment of the order, as long as the channel lets the "
        "buyer pay. 0 holds nothing. Only for orders that are imported before they "
        "are paid.",
    )

    _unpaid_hold_hours_check = models.Constraint(
        "CHECK (unpaid_hold_hours >= 0)", "Stock cannot be held for less than no time."
    )

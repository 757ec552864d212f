# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """A company; here: what is shown about stock on order lines, and how long it is
    held."""

    _inherit = "res.company"

    has_availability_on_entry = fields.Boolean(
        "Availability on Order Lines",
        default=True,
        help="Quotation lines tell at once what can be promised: here, in the other "
        "warehouses and when, with low stock and substitutes.",
    )
    hold_hours = fields.Float(
        "Hold Quotations For",
        default=24.0,
        help="Hours that the “Hold” button of a quotation proposes.",
    )
    # set with the first hold: until then nothing ever asks for holds
    has_holds = fields.Boolean("Ever Held Stock", readonly=True)

    _hold_hours_check = models.Constraint(
        "CHECK (hold_hours > 0)", "Stock is held for more than zero hours."
    )

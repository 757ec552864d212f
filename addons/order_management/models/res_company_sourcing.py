# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """A company; here: how long a warehouse that could not ship is left alone."""

    _inherit = "res.company"

    sourcing_exclusion_hours = fields.Float(
        "Rejections Last",
        default=24.0,
        help="Hours for which a warehouse that did not find a product, or could not "
        "ship an order, is not chosen for it again.",
    )

    _sourcing_exclusion_hours_check = models.Constraint(
        "CHECK (sourcing_exclusion_hours >= 0)",
        "Hours of a rejection cannot be below zero.",
    )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class DistributionOutletClass(models.Model):
    """A class of outlets (A to D) by what they sell."""

    _name = "distribution.outlet.class"
    _description = "Outlet Class"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(required=True, default=10)
    active = fields.Boolean(default=True)
    visits_per_period = fields.Integer(
        "Visits in Four Weeks",
        default=4,
        help="How often an outlet of this class should be visited in four weeks.",
    )

    _visits_check = models.Constraint(
        "CHECK (visits_per_period >= 0)", "Visits are counted from zero."
    )

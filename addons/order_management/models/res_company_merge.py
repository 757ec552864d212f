# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """A company; here: which orders are proposed to leave in one parcel."""

    _inherit = "res.company"

    merge_hours = fields.Float(
        "Hours Between Merged Orders",
        default=2.0,
        help="Orders that were placed further apart are not proposed to be merged.",
    )
    merge_any_channel = fields.Boolean(
        "Merge Across Channels",
        help="Also orders of different shops leave in one parcel.",
    )

    _merge_hours_check = models.Constraint(
        "CHECK (merge_hours >= 0)", "Hours between orders cannot be negative."
    )

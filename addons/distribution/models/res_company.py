# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """A company; here: how it keeps its network."""

    _inherit = "res.company"

    distribution_inactive_days = fields.Integer(
        "Inactive After (days)",
        help="Members who have bought nothing for so many days turn inactive by "
        "themselves; 0: never.",
    )
    distribution_apply_open = fields.Boolean(
        "Applications Online",
        help="Anybody may apply to join the network at /distribution/apply.",
    )

    _distribution_inactive_days_check = models.Constraint(
        "CHECK (distribution_inactive_days >= 0)",
        "Days without a purchase are counted from zero.",
    )

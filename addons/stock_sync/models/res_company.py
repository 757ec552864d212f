# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """A company; here: what all of its shops have in common."""

    _inherit = "res.company"

    channel_last_units = fields.Float(
        "Last Units",
        digits="Product Unit",
        default=3.0,
        help="When no more than so many units are there, only the first shop shows "
        "them. Zero: all shops do.",
    )

    _channel_last_units_check = models.Constraint(
        "CHECK (channel_last_units >= 0)", "The last units cannot be below zero."
    )

    def write(self, vals):
        """Another number of last units: everything is counted again."""
        result = super().write(vals)
        if "channel_last_units" in vals:
            self.env["channel.stock.dirty"]._insert_scope(
                [("company_id", "in", self.ids)], "rule"
            )
        return result

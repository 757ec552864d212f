# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class CrmScoreGroup(models.Model):
    """Rules that say the same in different words; together they reach the cap."""

    _name = "crm.score.group"
    _description = "Group of Scoring Rules"
    _order = "kind desc, sequence, id"

    version_id = fields.Many2one(
        "crm.score.version", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("fit", "Fit"), ("engagement", "Engagement")], default="fit", required=True
    )
    cap = fields.Integer(
        "At Most", default=100, required=True, help="Points of this group together"
    )
    rule_ids = fields.One2many("crm.score.rule", "group_id")

    _cap_check = models.Constraint(
        "CHECK (cap >= 0)", "The most points of a group cannot be negative."
    )

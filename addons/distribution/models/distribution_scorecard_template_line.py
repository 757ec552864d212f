# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .distribution_scorecard_template import SOURCES


class DistributionScorecardTemplateLine(models.Model):
    """One figure of a scorecard: what it measures, how much it weighs."""

    _name = "distribution.scorecard.template.line"
    _description = "Scorecard Template Figure"
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        "distribution.scorecard.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    source = fields.Selection(SOURCES, required=True, default="manual")
    weight = fields.Float(required=True, digits=(5, 2))
    target = fields.Float(default=100.0)
    direction = fields.Selection(
        [("up", "More is better"), ("down", "Less is better")],
        required=True,
        default="up",
    )
    minimum_percent = fields.Float(
        "Counts From %",
        digits=(5, 2),
        help="Below this part of the target the figure scores zero.",
    )
    maximum_percent = fields.Float(
        "Counts Up To %",
        digits=(5, 2),
        default=120.0,
        help="No more than this is scored, however much was reached.",
    )

    _weight_check = models.Constraint(
        "CHECK (weight > 0 AND weight <= 100)", "A weight is between 0 and 100."
    )
    _curve_check = models.Constraint(
        "CHECK (minimum_percent >= 0 AND maximum_percent BETWEEN minimum_percent"
        " AND 120 AND target >= 0)",
        "A figure scores between 0 and 120 %, from the lower to the upper bound, "
        "against a target of zero or more.",
    )

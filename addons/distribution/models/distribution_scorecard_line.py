# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from .distribution_scorecard_template import SOURCES


class DistributionScorecardLine(models.Model):
    """One figure of a scorecard: target, actual, score."""

    _name = "distribution.scorecard.line"
    _description = "Scorecard Figure"
    _order = "scorecard_id, sequence, id"

    scorecard_id = fields.Many2one(
        "distribution.scorecard", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="scorecard_id.company_id", store=True, precompute=True, index=True
    )
    template_line_id = fields.Many2one(
        "distribution.scorecard.template.line",
        "Figure",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    sequence = fields.Integer(default=10)
    centre_id = fields.Many2one(related="scorecard_id.centre_id", store=True)
    date_from = fields.Date(related="scorecard_id.date_from", store=True)
    # as they were when the scorecard was made: it does not follow its template
    source = fields.Selection(SOURCES, required=True, readonly=True, default="manual")
    weight = fields.Float(digits=(5, 2), required=True, default=0.0)
    target = fields.Float()
    actual = fields.Float(digits=(16, 2))
    achievement = fields.Float(
        "Reached %", compute="_compute_scores", store=True, digits=(8, 2)
    )
    score = fields.Float(
        "Scored %",
        compute="_compute_scores",
        store=True,
        digits=(6, 2),
        aggregator="avg",
    )
    weighted_score = fields.Float(
        "Points", compute="_compute_scores", store=True, digits=(6, 2)
    )
    comment = fields.Text("Why")

    _weight_check = models.Constraint(
        "CHECK (weight >= 0 AND weight <= 100)", "A weight is between 0 and 100."
    )

    @api.depends("actual", "target", "weight")
    def _compute_scores(self):
        for line in self:
            rule = line.template_line_id
            reached = line._get_achievement()
            score = min(max(reached, 0.0), rule.maximum_percent or 120.0, 120.0)
            line.achievement = reached
            line.score = score if reached >= rule.minimum_percent else 0.0
            line.weighted_score = line.score * line.weight / 100

    def _get_achievement(self):
        """How much of the target was reached, in percent."""
        self.ensure_one()
        if self.template_line_id.direction == "up":
            return 100 * self.actual / self.target if self.target else 100.0
        if self.target:
            return 100 * (2 - self.actual / self.target)
        # nothing was the target: each point too much is a point less
        return 100.0 - self.actual

    @api.model_create_multi
    def create(self, vals_list):
        """Figures as their template says now."""
        rules = self.env["distribution.scorecard.template.line"]
        for vals in vals_list:
            rule = rules.browse(vals["template_line_id"])
            vals |= {"source": rule.source, "weight": rule.weight}
            vals.setdefault("target", rule.target)
        lines = super().create(vals_list)
        lines.scorecard_id._check_unsigned()
        return lines

    def write(self, vals):
        """:raises UserError: of a signed scorecard, or an actual that is read"""
        self.scorecard_id._check_unsigned()
        if "actual" in vals and not self.env.su:
            if any(line.source != "manual" for line in self):
                raise UserError(
                    self.env._(
                        "This figure is read from the entries and cannot be typed. "
                        "Say what is special about it in the comment."
                    )
                )
        if {"target", "weight", "source", "template_line_id"} & vals.keys():
            self.scorecard_id._check_turn(self.env["res.users"])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self.scorecard_id._check_unsigned()

    def action_view_entries(self):
        """Open what this figure was read from.

        :raises UserError: it was typed
        """
        self.ensure_one()
        card = self.scorecard_id
        actions = self.env["ir.actions.actions"]
        if self.source in ("execution_rate", "overspend"):
            action = actions._for_xml_id("distribution.expense_budget_line_action")
            domain = [
                ("centre_id", "=", card.centre_id.id),
                ("company_id", "=", card.company_id.id),
                ("month", ">=", card.date_from.replace(day=1)),
                ("month", "<=", card.date_to),
            ]
        elif self.source == "manual":
            raise UserError(self.env._("This figure was typed in: see its comment."))
        else:
            action = actions._for_xml_id("account.action_move_out_invoice_type")
            domain = [
                ("id", "in", card._get_sales_invoice_ids()),
                ("company_id", "=", card.company_id.id),
            ]
        return {**action, "domain": domain, "context": {}}

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: where the actual of a figure comes from
SOURCES = [
    ("manual", "Typed in"),
    ("execution_rate", "Spent, in % of the budget"),
    ("overspend", "Spent above the budget, in %"),
    ("sales", "Sales invoiced"),
    ("return_on_spend", "Sales for each unit spent"),
    ("collection", "Collected, in % of the sales"),
]


class DistributionScorecardTemplate(models.Model):
    """What responsibility centres are assessed by."""

    _name = "distribution.scorecard.template"
    _description = "Scorecard Template"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    line_ids = fields.One2many(
        "distribution.scorecard.template.line", "template_id", "Figures", copy=True
    )
    weight_total = fields.Float("Weights", compute="_compute_weight_total")

    @api.depends("line_ids.weight")
    def _compute_weight_total(self):
        for template in self:
            template.weight_total = sum(template.line_ids.mapped("weight"))

    @api.constrains("line_ids")
    def _check_weights(self):
        for template in self.filtered("line_ids"):
            if abs(template.weight_total - 100) > 1e-6:
                raise ValidationError(
                    self.env._(
                        "The weights of “%(template)s” sum to %(total)g, not to 100. "
                        "Change them until they do.",
                        template=template.name,
                        total=template.weight_total,
                    )
                )

    def action_generate(self):
        """Make the scorecards of last month for all centres that have none yet.

        :return: the action that shows last month's scorecards
        """
        cards = self.env["distribution.scorecard"]
        first = fields.Date.start_of(fields.Date.context_today(self), "month")
        period = {
            "date_from": fields.Date.subtract(first, months=1),
            "date_to": fields.Date.subtract(first, days=1),
        }
        cards.create(
            [vals for template in self for vals in template._prepare_cards(period)]
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_scorecard_action"
        )
        domain = [
            ("template_id", "in", self.ids),
            ("date_from", "=", period["date_from"]),
        ]
        return {**action, "domain": domain}

    def _prepare_cards(self, period):
        """Values of the scorecards that centres lack for ``period``."""
        self.ensure_one()
        company = self.company_id
        if not company.budget_plan_id:
            return []
        centres = self.env["account.analytic.account"].search(
            [
                ("root_plan_id", "=", company.budget_plan_id.id),
                ("company_id", "in", (company.id, False)),
            ]
        )
        common = {"template_id": self.id, "company_id": company.id, **period}
        known = self.env["distribution.scorecard"].search(
            [
                ("state", "!=", "cancelled"),
                *((name, "=", value) for name, value in common.items()),
            ]
        )
        return [
            {**common, "centre_id": centre.id} for centre in centres - known.centre_id
        ]

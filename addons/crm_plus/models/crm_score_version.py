# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmScoreVersion(models.Model):
    """A set of scoring rules; one is in use, older ones stay to compare with."""

    _name = "crm.score.version"
    _description = "Scoring"
    _inherit = ["customer.rule.mixin"]
    _order = "state, id desc"

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", help="Empty: for every company without a scoring of its own"
    )
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In Use"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    half_life_days = fields.Integer(
        default=30,
        required=True,
        help="What a customer did counts half after these days, a quarter after twice"
        " as many.",
    )
    window_days = fields.Integer(
        "Look Back", default=365, required=True, help="Older events do not count."
    )
    fit_a = fields.Integer("A From", default=60, required=True)
    fit_b = fields.Integer("B From", default=30, required=True)
    engagement_1 = fields.Integer("1 From", default=40, required=True)
    engagement_2 = fields.Integer("2 From", default=15, required=True)
    group_ids = fields.One2many("crm.score.group", "version_id", copy=True)
    rule_ids = fields.One2many("crm.score.rule", "version_id", copy=True)
    previous_id = fields.Many2one("crm.score.version", readonly=True, copy=False)
    activated_at = fields.Datetime(readonly=True, copy=False)
    # back-test
    tested_at = fields.Datetime("Back-Tested", readonly=True, copy=False)
    test_won = fields.Integer("Won", readonly=True, copy=False)
    test_lost = fields.Integer("Leads Lost", readonly=True, copy=False)
    auc_score = fields.Float(
        "AUC of the Score",
        digits=(4, 3),
        readonly=True,
        copy=False,
        aggregator=None,
        help="Chance that a lead that was won had the higher score than one that was"
        " lost: 0.5 is a coin, 1.0 is always.",
    )
    auc_fit = fields.Float(
        "AUC of Fit", digits=(4, 3), readonly=True, copy=False, aggregator=None
    )
    auc_engagement = fields.Float(
        "AUC of Engagement", digits=(4, 3), readonly=True, copy=False, aggregator=None
    )
    auc_odoo = fields.Float(
        "AUC of Odoo's Probability",
        digits=(4, 3),
        readonly=True,
        copy=False,
        aggregator=None,
        help="Odoo's frequencies without the stage, which gives the result away."
        " They were learned from these very leads, which flatters them.",
    )

    _active_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE state = 'active'",
        "Another scoring of this company is in use.",
    )
    _days_check = models.Constraint(
        "CHECK (half_life_days > 0 AND window_days > 0)",
        "The half-life and the days to look back must be more than zero.",
    )

    @api.constrains("fit_a", "fit_b", "engagement_1", "engagement_2")
    def _check_thresholds(self):
        for version in self:
            if version.fit_a < version.fit_b or (
                version.engagement_1 < version.engagement_2
            ):
                raise ValidationError(
                    self.env._("A begins above B, and 1 above 2: check the thresholds.")
                )

    def action_activate(self):
        """Use this scoring from now on; the one in use so far is retired."""
        self.ensure_one()
        old = self.search(
            [("state", "=", "active"), ("company_id", "=", self.company_id.id)]
        )
        (old - self).state = "retired"
        self.flush_model()
        self.write(
            {
                "state": "active",
                "activated_at": fields.Datetime.now(),
                "previous_id": (old - self)[:1].id,
            }
        )
        self.env["crm.lead"].sudo()._refresh_scores()
        return True

    def action_new_version(self):
        """Copy to a draft: rules in use do not change under people's feet."""
        self.ensure_one()
        copied = self.copy({"name": self.env._("%(name)s (new)", name=self.name)})
        groups = dict(zip(self.group_ids, copied.group_ids, strict=True))
        for rule in copied.rule_ids:
            rule.group_id = groups.get(rule.group_id, rule.group_id)
        copied.previous_id = self
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": copied.id,
            "view_mode": "form",
        }

    def action_score_now(self):
        """Compute the scores of all open leads with what is in use."""
        self.env["crm.lead"].sudo()._refresh_scores()
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_active(self):
        if self.filtered(lambda version: version.state == "active"):
            raise UserError(
                self.env._("A scoring in use cannot be deleted: activate another one.")
            )

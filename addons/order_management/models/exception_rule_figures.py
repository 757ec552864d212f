# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import fields, models

#: days that the figures of a rule tell about
_DAYS = 90


class ExceptionRule(models.Model):
    """A rule of the review; here: how it has done lately."""

    _inherit = "exception.rule"

    open_hold_count = fields.Integer("Open Holds", compute="_compute_figures")
    hold_count = fields.Integer("Holds, 90 Days", compute="_compute_figures")
    hold_rate = fields.Float(
        "Hold Rate %",
        compute="_compute_figures",
        digits=(5, 2),
        help="Of a hundred orders reviewed in 90 days, how many this rule held "
        "or noted.",
    )
    override_rate = fields.Float(
        "Override Rate %",
        compute="_compute_figures",
        digits=(5, 2),
        help="Of a hundred holds that a person closed in the last 90 days, how many "
        "were overridden.",
    )
    oldest_hold_at = fields.Datetime("Oldest Open Hold", compute="_compute_figures")

    def _compute_figures(self):
        since = fields.Datetime.now() - timedelta(days=_DAYS)
        holds_sudo = self.env["order.review.hold"].sudo()  # counts, no orders
        companies = ("company_id", "in", self.env.companies.ids)
        in_rules = [("rule_id", "in", self.ids), companies]
        counts = {}
        for rule, state, is_auto, count in holds_sudo._read_group(
            [*in_rules, ("held_at", ">=", since)],
            ["rule_id", "state", "is_auto"],
            ["__count"],
        ):
            counts.setdefault(rule.id, {})[state, is_auto] = count
        still_open = {
            rule.id: (count, oldest)
            for rule, count, oldest in holds_sudo._read_group(
                [*in_rules, ("state", "=", "open"), ("is_note", "=", False)],
                ["rule_id"],
                ["__count", "held_at:min"],
            )
        }
        reviewed = (
            self.env["sale.order"]
            .sudo()
            .search_count(
                [companies, ("review_state", "!=", "none"), ("date_order", ">=", since)]
            )
        )
        for rule in self:
            rule._set_figures(
                counts.get(rule.id, {}), still_open.get(rule.id, (0, False)), reviewed
            )

    def _set_figures(self, counts, still_open, reviewed):
        self.open_hold_count, self.oldest_hold_at = still_open
        self.hold_count = sum(counts.values())
        self.hold_rate = 100.0 * self.hold_count / reviewed if reviewed else 0.0
        overridden = counts.get(("overridden", False), 0)
        decided = overridden + counts.get(("released", False), 0)
        self.override_rate = 100.0 * overridden / decided if decided else 0.0

    def get_formview_id(self, access_uid=None):
        """Override of ``base``: a rule of the review has a form of its own."""
        if self.is_review:
            return self.env.ref("order_management.exception_rule_view_form_review").id
        return super().get_formview_id(access_uid=access_uid)

    def action_view_review_holds(self):
        """Open the holds that these rules made."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_review_hold_action"
        )
        return {**action, "domain": [("rule_id", "in", self.ids)], "context": {}}

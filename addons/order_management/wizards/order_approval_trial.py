# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class OrderApprovalTrial(models.TransientModel):
    """A rule tried on past orders: how many it would have stopped, and which."""

    _name = "order.approval.trial"
    _inherit = ["order.trial.mixin"]
    _description = "Approval Rule on Past Orders"

    rule_id = fields.Many2one(
        "order.approval.rule", required=True, readonly=True, ondelete="cascade"
    )
    result = fields.Char(compute="_compute_result")
    line_ids = fields.One2many("order.approval.trial.line", "trial_id", readonly=True)

    @api.depends("is_done", "order_count", "match_count")
    @api.depends_context("lang")
    def _compute_result(self):
        for trial in self:
            trial.result = trial.is_done and self.env._(
                "Would have needed approval: %(matches)s of %(orders)s orders.",
                matches=f"{trial.match_count:,}",
                orders=f"{trial.order_count:,}",
            )

    def action_try(self):
        """Override of the mixin.

        :raises UserError: the rule cannot be asked
        """
        action = super().action_try()
        self.rule_id._check_not_passed_over()
        return action

    def _try_orders(self, orders):
        """Quotas and credit limits are those of today."""
        matches = self.rule_id._match(orders)
        return [
            {"order_id": order_id, "why": "; ".join(rows[0][1])}
            for order_id, rows in matches.items()
        ]

    def action_view_lines(self):
        """Open the orders that would have needed approval, with the reasons."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Would Have Needed Approval"),
            "res_model": "order.approval.trial.line",
            "view_mode": "list",
            "domain": [("trial_id", "=", self.id)],
        }

    def _get_order_domain(self):
        return [
            ("company_id", "=", self.rule_id.company_id.id),
            ("state", "=", "sale"),
            *super()._get_order_domain(),
        ]

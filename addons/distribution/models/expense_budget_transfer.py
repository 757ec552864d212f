# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError


class ExpenseBudgetTransfer(models.Model):
    """A wish for more budget, from another line or from outside, until decided."""

    _name = "expense.budget.transfer"
    _inherit = ["order.transfer.mixin"]
    _description = "Budget Transfer"
    _order = "id desc"
    _check_company_auto = True

    kind = fields.Selection(
        [("transfer", "From another line"), ("top_up", "Top-up")],
        required=True,
        default="transfer",
    )
    company_id = fields.Many2one(
        related="target_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    source_id = fields.Many2one(
        "expense.budget.line",
        "From",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('budget_id.state', '=', 'approved'), ('id', '!=', target_id)]",
    )
    target_id = fields.Many2one(
        "expense.budget.line",
        "To",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        domain="[('budget_id.state', '=', 'approved'), ('id', '!=', source_id)]",
    )
    source_available_amount = fields.Monetary(
        related="source_id.available_amount", string="Available There"
    )
    target_available_amount = fields.Monetary(
        related="target_id.available_amount", string="Available Now"
    )
    amount = fields.Monetary(required=True, tracking=True)
    move_ids = fields.One2many("expense.budget.move", "transfer_id", "Movements")

    _amount_check = models.Constraint(
        "CHECK (amount > 0)", "A transfer moves more than nothing: give an amount."
    )
    _source_check = models.Constraint(
        "CHECK (CASE kind WHEN 'top_up' THEN source_id IS NULL"
        " ELSE source_id IS NOT NULL AND source_id <> target_id END)",
        "A transfer comes from another line, a top-up from none.",
    )

    @api.depends("source_id", "target_id", "kind")
    def _compute_display_name(self):
        for transfer in self:
            target = transfer.target_id.display_name
            if not target:
                transfer.display_name = False
                continue
            transfer.display_name = (
                self.env._("Top-up of %(target)s", target=target)
                if transfer.kind == "top_up"
                else f"{transfer.source_id.display_name or ''} → {target}"
            )

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind == "top_up":
            self.source_id = False

    @api.model
    def _get_asked_fields(self):
        return super()._get_asked_fields() | {"amount", "kind"}

    def action_approve(self):
        """Move the budgets now, each transfer exactly once.

        :raises AccessError: not a trade manager
        :raises ValidationError: less than that is available
        """
        self._check_decision_allowed()
        requested = self.filtered(lambda t: t.state == "requested").sorted("id")
        self.env["expense.budget.line"]._book(
            [vals for transfer in requested for vals in transfer._prepare_bookings()]
        )
        self.sudo()._transition("done")
        return True

    def _prepare_bookings(self):
        """Values of this transfer's movements."""
        self.ensure_one()
        common = {"transfer_id": self.id, "reason": self.reason, "is_strict": True}
        key = f"transfer-{self.id}"
        if self.kind == "top_up":
            deltas = {"topped_up": self.amount}
            target = self.target_id.id
            return [
                {**common, "line_id": target, "kind": "top_up", "deltas": deltas}
                | {"key": key}
            ]
        return [
            {
                **common,
                "line_id": line.id,
                "kind": f"transfer_{way}",
                "deltas": {"transferred": sign * self.amount},
                "key": f"{key}-{way}",
            }
            for line, way, sign in (
                (self.source_id, "out", -1),
                (self.target_id, "in", 1),
            )
        ]

    def _check_decision_allowed(self):
        result = super()._check_decision_allowed()
        if not self.env.user.has_group("distribution.group_trade_manager"):
            raise AccessError(
                self.env._(
                    "Only trade managers transfer and top up budgets. Ask one of them."
                )
            )
        return result

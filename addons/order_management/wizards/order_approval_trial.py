# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.tools import split_every

#: orders that are looked at, the latest first
_LIMIT = 50_000
_CHUNK = 1_000


class OrderApprovalTrial(models.TransientModel):
    """A rule tried on past orders: how many it would have stopped, and which."""

    _name = "order.approval.trial"
    _description = "Approval Rule on Past Orders"

    rule_id = fields.Many2one(
        "order.approval.rule", required=True, readonly=True, ondelete="cascade"
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.subtract(
            fields.Date.context_today(self), days=90
        ),
    )
    date_to = fields.Date("Until", required=True, default=fields.Date.context_today)
    is_done = fields.Boolean()
    order_count = fields.Integer("Orders", readonly=True)
    match_count = fields.Integer("Would Have Needed It", readonly=True)
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
        """Look at the orders confirmed in this period.

        Quotas and credit limits are those of today.
        """
        self.ensure_one()
        self.line_ids.unlink()
        orders = self.env["sale.order"].search(self._get_order_domain(), limit=_LIMIT)
        vals_list = []
        for ids in split_every(_CHUNK, orders.ids):
            matches = self.rule_id._match(orders.browse(ids))
            vals_list += [
                {
                    "trial_id": self.id,
                    "order_id": order_id,
                    "why": "; ".join(rows[0][1]),
                }
                for order_id, rows in matches.items()
            ]
        self.env["order.approval.trial.line"].create(vals_list)
        self.write(
            {
                "is_done": True,
                "order_count": len(orders),
                "match_count": len(vals_list),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try on Past Orders"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

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
            ("date_order", ">=", self.date_from),
            ("date_order", "<", fields.Date.add(self.date_to, days=1)),
        ]

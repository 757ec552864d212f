# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools.misc import formatLang

#: orders that are tried, the latest first
_LIMIT = 500


class OrderSourcingTrial(models.TransientModel):
    """Sourcing rules tried on past orders: what they would have chosen."""

    _name = "order.sourcing.trial"
    _description = "Sourcing Rules on Past Orders"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    rule_ids = fields.Many2many(
        "order.sourcing.rule",
        string="Rules",
        domain="[('company_id', '=', company_id)]",
        context={"active_test": False},
        help="Empty: all rules in use.",
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.subtract(
            fields.Date.context_today(self), days=30
        ),
    )
    date_to = fields.Date("Until", required=True, default=fields.Date.context_today)
    stock = fields.Selection(
        [
            ("plenty", "As if everything had been in stock everywhere"),
            ("now", "With the stock of now"),
        ],
        required=True,
        default="plenty",
    )
    is_done = fields.Boolean()
    line_ids = fields.One2many("order.sourcing.trial.line", "trial_id", readonly=True)
    order_count = fields.Integer("Orders", compute="_compute_result")
    changed_count = fields.Integer("Other Warehouse", compute="_compute_result")
    result = fields.Text(compute="_compute_result")

    @api.depends("line_ids", "is_done")
    @api.depends_context("lang")
    def _compute_result(self):
        for trial in self:
            lines = trial.line_ids
            served = lines.filtered(lambda line: line.state != "none")
            trial.order_count = len(lines)
            trial.changed_count = len(served.filtered("is_changed"))
            trial.result = trial.is_done and trial._get_result(lines, served)

    def _get_result(self, lines, served):
        cost = formatLang(
            self.env, sum(served.mapped("cost")), currency_obj=self.currency_id
        )
        return self.env._(
            "%(served)s of %(orders)s orders served, in %(parcels)s parcels instead "
            "of %(before)s; %(changed)s from other warehouses. Sending them costs "
            "%(cost)s as far as prices are known.",
            served=len(served),
            orders=len(lines),
            parcels=sum(served.mapped("parcel_count")),
            before=sum(served.mapped("before_count")),
            changed=len(served.filtered("is_changed")),
            cost=cost,
        )

    def action_try(self):
        """Ask the rules about the orders confirmed in this period; nothing changes."""
        self.ensure_one()
        self.line_ids.unlink()
        orders = self.env["sale.order"].search(self._get_order_domain(), limit=_LIMIT)
        if orders:
            # as new ones: what has left and what is held does not count
            plans = self.env["order.sourcing"]._solve(
                orders.with_context(order_management_sourcing_trial=True),
                rules=self.rule_ids or None,
                plenty=self.stock == "plenty",
            )
            self.rule_ids._check_not_passed_over()
            self.env["order.sourcing.trial.line"].create(
                [self._prepare_line(order, plan) for order, plan in plans.items()]
            )
        self.is_done = True
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try on Past Orders"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_view_lines(self):
        """Open the orders with what they came from and what they would come from."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tried on Past Orders"),
            "res_model": "order.sourcing.trial.line",
            "view_mode": "list,pivot",
            "domain": [("trial_id", "=", self.id)],
        }

    def _prepare_line(self, order, plan):
        # sudo: what warehouses are called is no secret from who tries rules
        order_sudo = order.sudo()
        before = order_sudo.order_line._filter_sourced().warehouse_id
        after = before.browse(plan.warehouses)
        return {
            "trial_id": self.id,
            "order_id": order.id,
            "state": plan.result,
            "rule_id": plan.policy,
            "before_names": ", ".join(before.mapped("name")),
            "after_names": ", ".join(after.mapped("name")),
            "before_count": len(before),
            "parcel_count": len(after),
            "is_changed": bool(after) and set(before.ids) != set(after.ids),
            "distance": plan.distance or 0.0,
            "cost": plan.cost or 0.0,
        }

    def _get_order_domain(self):
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "sale"),
            ("date_order", ">=", self.date_from),
            ("date_order", "<", fields.Date.add(self.date_to, days=1)),
        ]

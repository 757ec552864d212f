# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: figures that may be tried with another value than the rule's
PARAMETERS = (
    "threshold_percent",
    "threshold_amount",
    "threshold_hours",
    "threshold_days",
    "threshold_factor",
    "threshold_count",
    "threshold_text",
    "is_below_cost",
)


class OrderReviewTrial(models.TransientModel):
    """A rule of the review tried on past orders, as it is or with other figures.

    Nothing is held and nothing changes. How many of the orders it would have held went
    well in the end tells how often it would have been wrong.
    """

    _name = "order.review.trial"
    _inherit = ["order.trial.mixin"]
    _description = "Review Rule on Past Orders"

    rule_id = fields.Many2one(
        "exception.rule", required=True, readonly=True, ondelete="cascade"
    )
    exception_type = fields.Selection(related="rule_id.exception_type")
    method = fields.Selection(related="rule_id.method")
    line_ids = fields.One2many("order.review.trial.line", "trial_id", readonly=True)
    match_count = fields.Integer("Would Have Been Held")
    fine_count = fields.Integer("Went Well", readonly=True)
    result = fields.Char(compute="_compute_result")
    result_fine = fields.Char(compute="_compute_result")

    threshold_percent = fields.Float("Percent", digits=(6, 2))
    threshold_amount = fields.Float("Amount", digits=(16, 2))
    threshold_hours = fields.Float("Hours")
    threshold_days = fields.Integer("Days")
    threshold_factor = fields.Float("Times the Usual")
    threshold_count = fields.Integer("At Least Orders")
    threshold_text = fields.Char("Words")
    is_below_cost = fields.Boolean("Also Below Cost")
    is_changed = fields.Boolean(compute="_compute_is_changed")

    @api.model
    def default_get(self, fields):
        """A trial begins with the rule's own figures."""
        values = super().default_get(fields)
        rule = self.env["exception.rule"].browse(values.get("rule_id")).exists()
        for name in PARAMETERS if rule else ():
            if name in fields and name not in values:
                values[name] = rule[name]
        return values

    @api.model_create_multi
    def create(self, vals_list):
        rules = self.env["exception.rule"]
        for vals in vals_list:
            rule = rules.browse(vals.get("rule_id"))
            for name in PARAMETERS if rule else ():
                vals.setdefault(name, rule[name])
        return super().create(vals_list)

    @api.depends(*PARAMETERS)
    def _compute_is_changed(self):
        for trial in self:
            trial.is_changed = any(
                trial[name] != trial.rule_id[name] for name in PARAMETERS
            )

    @api.depends("is_done", "order_count", "match_count", "fine_count")
    @api.depends_context("lang")
    def _compute_result(self):
        for trial in self:
            trial.result = trial.is_done and self.env._(
                "Would have held %(matches)s of %(orders)s orders.",
                matches=f"{trial.match_count:,}",
                orders=f"{trial.order_count:,}",
            )
            trial.result_fine = bool(
                trial.is_done and trial.match_count
            ) and self.env._(
                "%(fine)s of them (%(share)s %%) were delivered and not returned: "
                "these it would have held for nothing.",
                fine=f"{trial.fine_count:,}",
                share=round(100 * trial.fine_count / trial.match_count),
            )

    def action_try(self):
        """Try the rule with the figures of this window.

        :raises UserError: the rule is broken
        """
        self.write({"fine_count": 0})
        return super().action_try()

    def action_apply(self):
        """Give the rule the figures that were tried.

        :raises AccessError: the user may not change rules
        """
        self.ensure_one()
        self.rule_id.write({name: self[name] for name in PARAMETERS})
        return {"type": "ir.actions.act_window_close"}

    def action_view_lines(self):
        """Open the orders that would have been held, with the reasons."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Would Have Been Held"),
            "res_model": "order.review.trial.line",
            "view_mode": "list",
            "domain": [("trial_id", "=", self.id)],
        }

    def _get_tried_rule(self):
        """The rule with the figures of this window; nothing is written."""
        values = {name: self[name] for name in PARAMETERS}
        return self.rule_id.new(values, origin=self.rule_id)

    def _try_orders(self, orders):
        try:
            with self.env.cr.savepoint():
                findings = self._get_tried_rule()._find(orders)
        except (
            ArithmeticError,
            LookupError,
            TypeError,
            ValueError,
            UserError,
        ) as error:
            raise UserError(
                self.env._(
                    "The rule is broken and finds nothing: %(error)s", error=error
                )
            ) from error
        fine = self._get_fine_ids(list(findings))
        self.fine_count += len(fine)
        return [
            {"order_id": order_id, "why": reason, "is_fine": order_id in fine}
            for order_id, (reason, _facts) in findings.items()
        ]

    def _get_order_domain(self):
        """Orders the user sees: a trial tells nobody about others."""
        domain = super()._get_order_domain()
        if self.rule_id.company_ids:
            domain.append(("company_id", "in", self.rule_id.company_ids.ids))
        return [
            ("state", "in", ("sale", "cancel")),
            ("company_id", "in", self.env.companies.ids),
            ("is_channel_test", "=", False),
            *domain,
        ]

    def _get_fine_ids(self, order_ids):
        """Those of these orders that were confirmed, delivered whole and not returned,
        in one query."""
        if not order_ids:
            return set()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT o.id FROM sale_order o
                WHERE o.id = ANY(%s) AND o.state = 'sale'
                  AND (o.delivery_status = 'full' OR o.delivery_status IS NULL)
                  AND NOT EXISTS (
                    SELECT FROM channel_return_line line
                    JOIN channel_return r ON r.id = line.return_id
                    WHERE line.order_id = o.id
                      AND r.state NOT IN ('cancelled', 'refused'))
                  AND NOT EXISTS (
                    SELECT FROM sale_order_line line
                    JOIN stock_move move ON move.sale_line_id = line.id
                    JOIN stock_location src ON src.id = move.location_id
                    WHERE line.order_id = o.id AND move.state = 'done'
                      AND src.usage = 'customer')
                """,
                order_ids,
            )
        )
        return {order_id for [order_id] in rows}

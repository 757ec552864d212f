# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .res_company_budget import POLICIES

#: name of each counter and what an increase of it does to what is available
COUNTERS = {
    "planned": 1,
    "topped_up": 1,
    "transferred": 1,
    "carried": 1,
    "requested": -1,
    "committed": -1,
    "actual": -1,
}

_COUNTER = {"required": True, "default": 0.0, "readonly": True, "copy": False}


class ExpenseBudgetLine(models.Model):
    """What a centre may spend on a type of expense in one month, and what it spent.

    The counters are changed by ``expense.budget.move`` only and always equal the sums
    of the movements. One row of each centre, type and month, whatever version of the
    plan is in force: every transaction that takes from it updates this row.
    """

    _name = "expense.budget.line"
    _description = "Expense Budget Line"
    _order = "month desc, centre_id, type_id, id"
    _check_company_auto = True

    _COUNTER_FIELDS = frozenset(
        (*(f"{name}_amount" for name in COUNTERS), "available_amount", "alert_percent")
    )

    budget_id = fields.Many2one(
        "expense.budget",
        "Version in Force",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    centre_id = fields.Many2one(
        "account.analytic.account",
        "Responsibility Centre",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    manager_id = fields.Many2one(related="centre_id.budget_manager_id", store=True)
    type_id = fields.Many2one(
        "sales.expense.type",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    month = fields.Date(required=True, readonly=True, index=True)
    policy = fields.Selection(POLICIES, required=True, default="block")
    planned_amount = fields.Monetary("Planned", **_COUNTER)
    topped_up_amount = fields.Monetary("Topped Up", **_COUNTER)
    transferred_amount = fields.Monetary("Transferred", **_COUNTER)
    carried_amount = fields.Monetary("Carried Over", **_COUNTER)
    requested_amount = fields.Monetary(
        "Requested", **_COUNTER, help="Asked for and not decided yet."
    )
    committed_amount = fields.Monetary(
        "Committed", **_COUNTER, help="Approved, and not on an entry yet."
    )
    actual_amount = fields.Monetary("Actual", **_COUNTER, help="On posted entries.")
    available_amount = fields.Monetary("Available", **_COUNTER)
    budget_amount = fields.Monetary(
        "Budget",
        compute="_compute_sums",
        store=True,
        help="Planned, with what was topped up, transferred and carried over.",
    )
    used_amount = fields.Monetary(
        "Used",
        compute="_compute_sums",
        store=True,
        help="Requested, committed and actual.",
    )
    used_percent = fields.Float(
        "Used %", compute="_compute_used_percent", aggregator=False
    )
    alert_percent = fields.Integer(
        readonly=True, default=0, copy=False, help="The last threshold told about."
    )
    move_ids = fields.One2many("expense.budget.move", "line_id", "Movements")

    _cell_uniq = models.Constraint(
        "UNIQUE (company_id, centre_id, type_id, month)",
        "This centre has a budget line of that type in that month already.",
    )
    _counters_check = models.Constraint(
        "CHECK (planned_amount >= 0 AND topped_up_amount >= 0"
        " AND requested_amount >= 0 AND committed_amount >= 0)",
        "What is planned, requested and committed is never below zero.",
    )
    _available_check = models.Constraint(
        "CHECK (available_amount = planned_amount + topped_up_amount"
        " + transferred_amount + carried_amount - requested_amount"
        " - committed_amount - actual_amount)",
        "What is available is the budget less what is used.",
    )
    _policy_check = models.Constraint(
        "CHECK (policy <> 'block' OR available_amount >= 0)",
        "This budget may not be overrun: less is available than what is asked for.",
    )

    @api.depends("centre_id", "type_id", "month")
    def _compute_display_name(self):
        for line in self:
            line.display_name = " · ".join(
                (
                    line.centre_id.name or "",
                    line.type_id.name or "",
                    line.month.strftime("%Y-%m") if line.month else "",
                )
            )

    @api.depends(*(f"{name}_amount" for name in COUNTERS))
    def _compute_sums(self):
        for line in self:
            line.budget_amount = (
                line.planned_amount
                + line.topped_up_amount
                + line.transferred_amount
                + line.carried_amount
            )
            line.used_amount = (
                line.requested_amount + line.committed_amount + line.actual_amount
            )

    @api.depends("budget_amount", "used_amount")
    def _compute_used_percent(self):
        for line in self:
            total, used = line.budget_amount, line.used_amount
            line.used_percent = 100 * used / total if total else 100.0 * (used > 0)

    @api.model_create_multi
    def create(self, vals_list):
        """Make lines; counters begin at zero.

        :raises UserError: when ``vals_list`` brings counters of its own
        """
        for vals in vals_list:
            self._check_counters_untouched({k: v for k, v in vals.items() if v})
        return super().create(vals_list)

    def write(self, vals):
        """Change lines, but for their counters.

        :raises UserError: when ``vals`` has a counter
        """
        self._check_counters_untouched(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(
            self.env._("Budget lines stay as history. Plan zero in a new version.")
        )

    def action_view_moves(self):
        """Open the movements of these lines."""
        return self.budget_id._open(
            "expense_budget_move_action", [("line_id", "in", self.ids)]
        )

    def action_view_expenses(self):
        """Open the requests that drew on these lines."""
        return self.budget_id._open(
            "sales_expense_action", [("line_ids.budget_line_id", "in", self.ids)]
        )

    def action_view_entries(self):
        """Open what the actuals of these lines are made of."""
        return self.budget_id._open(
            "sales_expense_actual_action",
            [
                "|",
                ("budget_line_id", "in", self.ids),
                ("expense_id.line_ids.budget_line_id", "in", self.ids),
            ],
        )

    def _get_cell(self):
        """``(centre id, type id, first day of the month)``"""
        self.ensure_one()
        return self.centre_id.id, self.type_id.id, self.month

    @api.model
    def _ensure_lines(self, budget, plans):
        """The lines of a version's plan; missing ones are made.

        :param plans: ``expense.budget.plan`` records of ``budget``
        """
        plans = {plan._get_cell(): plan for plan in plans}
        known = self._find_lines(budget.company_id, plans)
        missing = [plan for cell, plan in plans.items() if cell not in known]
        made = self.create(
            [
                {
                    "budget_id": budget.id,
                    "company_id": budget.company_id.id,
                    "centre_id": plan.centre_id.id,
                    "type_id": plan.type_id.id,
                    "month": plan.month,
                    "policy": plan.policy or plan.type_id._get_policy(),
                }
                for plan in missing
            ]
        )
        return self.browse(known[cell]["id"] for cell in known) | made

    def _check_free_for(self, versions):
        """:raises ValidationError: another budget in force has one of these lines"""
        taken = self.filtered(
            lambda line: (
                line.budget_id not in versions
                and line.budget_id.state in ("approved", "closed")
            )
        )
        if taken:
            raise ValidationError(
                self.env._(
                    "“%(line)s” is in the budget “%(budget)s” already, and a month is "
                    "budgeted once. Take it out of one of them.",
                    line=taken[0].display_name,
                    budget=taken[0].budget_id.display_name,
                )
            )

    @api.model
    def _check_counters_untouched(self, vals):
        if self._COUNTER_FIELDS.intersection(vals):
            raise UserError(
                self.env._(
                    "The figures of a budget follow its movements and cannot be "
                    "written. Ask for a transfer or a top-up instead."
                )
            )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ExpenseBudget(models.Model):
    """What selling may cost in one period: one version of a plan, until a newer one.

    What was planned is in ``plan_ids`` of each version. Approval puts a version in
    force: the lines, which count what happens, get its figures by movements.
    """

    _name = "expense.budget"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Expense Budget"
    _order = "date_from desc, name, version desc, id desc"
    _check_company_auto = True

    _TRANSITIONS = {
        "draft": ("submitted", "cancelled"),
        "submitted": ("draft", "approved", "cancelled"),
        "approved": ("superseded", "closed"),
        "closed": ("approved",),
        "cancelled": ("draft",),
    }

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "From",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
    )
    date_to = fields.Date(
        "Until",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self).replace(month=12, day=31),
    )
    version = fields.Integer(default=1, required=True, readonly=True, copy=False)
    root_id = fields.Many2one(
        "expense.budget",
        "First Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("approved", "In force"),
            ("superseded", "Superseded"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    plan_ids = fields.One2many("expense.budget.plan", "budget_id", copy=True)
    line_ids = fields.One2many("expense.budget.line", "budget_id", "Lines in Force")
    plan_amount = fields.Monetary("Planned", compute="_compute_plan_amount")
    line_count = fields.Integer(compute="_compute_figures")
    version_count = fields.Integer(compute="_compute_version_count")
    budget_amount = fields.Monetary(compute="_compute_figures")
    used_amount = fields.Monetary(compute="_compute_figures")
    available_amount = fields.Monetary("Available", compute="_compute_figures")
    used_percent = fields.Float("Used", compute="_compute_figures", aggregator=False)
    submitted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    note = fields.Html()

    _dates_check = models.Constraint(
        "CHECK (date_to >= date_from)", "A budget cannot end before it begins."
    )
    _version_uniq = models.UniqueIndex(
        "(COALESCE(root_id, id), version)",
        "There is such a version of this budget already.",
    )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for budget in self:
            budget.display_name = (
                self.env._(
                    "%(name)s (version %(version)s)",
                    name=budget.name or "",
                    version=budget.version,
                )
                if budget.version > 1
                else budget.name
            )

    @api.depends("plan_ids.amount")
    def _compute_plan_amount(self):
        sums = dict(
            self.env["expense.budget.plan"]._read_group(
                [("budget_id", "in", self.ids)], ["budget_id"], ["amount:sum"]
            )
        )
        for budget in self:
            budget.plan_amount = sums.get(budget._origin, 0.0)

    def _compute_figures(self):
        groups = self.env["expense.budget.line"]._read_group(
            [("budget_id", "in", self.ids)],
            ["budget_id"],
            ["__count", "budget_amount:sum", "used_amount:sum", "available_amount:sum"],
        )
        figures = {budget: values for budget, *values in groups}
        for budget in self:
            count, total, used, available = figures.get(budget._origin, (0, 0, 0, 0))
            budget.line_count = count
            budget.budget_amount = total
            budget.used_amount = used
            budget.available_amount = available
            budget.used_percent = 100 * used / total if total else 0.0

    def _compute_version_count(self):
        for budget in self:
            budget.version_count = self.search_count(budget._get_family_domain())

    def write(self, vals):
        """:raises UserError: dates or company of a decided budget are changed"""
        if {"date_from", "date_to", "company_id"} & vals.keys() and any(
            budget.state != "draft" for budget in self
        ):
            raise UserError(
                self.env._(
                    "The period of a submitted budget is fixed. Make a new version, or "
                    "set it back to draft."
                )
            )
        result = super().write(vals)
        if {"date_from", "date_to"} & vals.keys():
            self.plan_ids._check_month()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(budget.state not in ("draft", "cancelled") for budget in self):
            raise UserError(
                self.env._("A budget that was submitted stays as history. Close it.")
            )

    def action_submit(self):
        """Ask for approval of what is planned.

        :raises UserError: nothing is planned
        """
        self.check_access("write")
        for budget in self:
            if not budget.plan_ids:
                raise UserError(
                    self.env._(
                        "“%(budget)s” plans nothing yet. Add lines, spread an amount "
                        "over months, or import a spreadsheet.",
                        budget=budget.name,
                    )
                )
        self._transition("submitted")
        return True

    def action_approve(self):
        """Put these budgets in force; their older versions are superseded.

        :raises AccessError: not a trade manager
        :raises ValidationError: less would be planned than is used already
        """
        self._check_manager()
        for budget in self.sorted("id"):
            budget.sudo()._put_in_force()
        self._transition("approved")
        return True

    def action_draft(self):
        """Let these budgets be changed again before they are approved."""
        self.check_access("write")
        self._transition("draft")
        return True

    def action_cancel(self):
        """Give these plans up."""
        self.check_access("write")
        self._transition("cancelled")
        return True

    def action_close(self):
        """End these budgets: nothing more is taken from them.

        :raises AccessError: not a trade manager
        """
        self._check_manager()
        self._transition("closed")
        return True

    def action_reopen(self):
        """Let closed budgets be used again.

        :raises AccessError: not a trade manager
        """
        self._check_manager()
        self.filtered(lambda budget: budget.state == "closed")._transition("approved")
        return True

    def action_new_version(self):
        """Open a draft copy, to be changed and approved in place of this one."""
        self.ensure_one()
        self.check_access("write")
        family = self.search(self._get_family_domain())
        draft = family.filtered(lambda b: b.state in ("draft", "submitted"))
        version = draft[:1] or self.copy(
            {
                "name": self.name,
                "root_id": (self.root_id or self).id,
                "version": max(family.mapped("version")) + 1,
            }
        )
        return version.get_formview_action()

    def action_view_versions(self):
        """Open all versions of this budget."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.expense_budget_action"
        )
        return {
            **action,
            "domain": self._get_family_domain(),
            "context": {},
            "views": [(False, "list"), (False, "form")],
        }

    def action_view_lines(self):
        """Open the lines that these budgets put in force."""
        return self._open("expense_budget_line_action", [("budget_id", "in", self.ids)])

    def action_view_moves(self):
        """Open every movement on the lines of these budgets."""
        return self._open(
            "expense_budget_move_action", [("line_id.budget_id", "in", self.ids)]
        )

    def action_view_report(self):
        """Open budget against actuals."""
        return self._open(
            "expense_budget_report_action", [("budget_id", "in", self.ids)]
        )

    def action_export(self):
        """Download the plan as a table that can be changed and brought back."""
        return self.env.ref("distribution.expense_budget_xlsx_report").report_action(
            self, config=False
        )

    def _open(self, name, domain):
        action = self.env["ir.actions.actions"]._for_xml_id(f"distribution.{name}")
        return {**action, "domain": domain, "context": {}}

    def _get_family_domain(self):
        """All versions of this budget."""
        self.ensure_one()
        root = self.root_id or self
        return ["|", ("id", "=", root.id), ("root_id", "=", root.id)]

    def _check_manager(self):
        """:raises AccessError: not a trade manager, who alone decides on budgets"""
        self.check_access("read")
        if not self.env.user.has_group("distribution.group_trade_manager"):
            raise AccessError(
                self.env._("Only trade managers decide on budgets. Ask one of them.")
            )

    def _prepare_transition_vals(self, target, reason):
        vals = super()._prepare_transition_vals(target, reason)
        if target == "submitted":
            vals["submitted_by_id"] = self.env.uid
        if target == "approved":
            vals |= {
                "approved_by_id": self.env.uid,
                "approved_at": fields.Datetime.now(),
            }
        return vals

    def _put_in_force(self):
        """Give the lines this version's figures by movements of the difference."""
        self.ensure_one()
        if self.state != "submitted":
            return
        family = self.search(self._get_family_domain()) - self
        Line = self.env["expense.budget.line"]
        planned = {plan._get_cell(): plan for plan in self.plan_ids}
        lines = Line._ensure_lines(self, planned.values())
        lines._check_free_for(family | self)
        lines |= Line.search([("budget_id", "in", family.ids)])
        before = family.filtered(lambda b: b.state == "approved")
        lines.write({"budget_id": self.id})
        Line._book(
            [
                {
                    "line_id": line.id,
                    "kind": "plan",
                    "deltas": {
                        "planned": (plan.amount if plan else 0) - line.planned_amount
                    },
                    "budget_id": self.id,
                    "is_released": True,
                    "reason": self.display_name,
                    "key": f"plan-{self.id}-{line.id}",
                }
                for line in lines
                for plan in [planned.get(line._get_cell())]
            ]
        )
        before._transition("superseded")

    def _schedule_alert(self, manager, lines, summary):
        """An activity for who answers for ``lines``."""
        self.ensure_one()
        user = manager or self.approved_by_id or self.create_uid
        names = ", ".join(line.display_name for line in lines[:10])
        self.sudo().activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=names,
            user_id=user.id,
        )

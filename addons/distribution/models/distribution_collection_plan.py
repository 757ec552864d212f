# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models

_FIGURES = ("overdue_amount", "overdue_days")


class DistributionCollectionPlan(models.Model):
    """Whom a representative asks for money in one week."""

    _name = "distribution.collection.plan"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Collection Plan"
    _order = "week desc, user_id, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    user_id = fields.Many2one(
        "res.users",
        "Sales Representative",
        required=True,
        index=True,
        check_company=True,
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    week = fields.Date(
        "Week From",
        required=True,
        default=lambda self: self._get_monday(fields.Date.context_today(self)),
    )
    line_ids = fields.One2many("distribution.collection.plan.line", "plan_id", "Visits")
    line_count = fields.Integer("Customers", compute="_compute_totals")
    open_count = fields.Integer("To Do", compute="_compute_totals")
    due_amount = fields.Monetary("Overdue", compute="_compute_totals")
    promised_amount = fields.Monetary("Promised", compute="_compute_totals")

    _week_uniq = models.Constraint(
        "UNIQUE (company_id, user_id, week)",
        "This representative has a plan for that week already: add to it.",
    )

    @api.depends("user_id", "week")
    def _compute_name(self):
        for plan in self:
            plan.name = f"{plan.user_id.name or ''} {plan.week or ''}".strip()

    @api.depends("line_ids.due_amount", "line_ids.promised_amount", "line_ids.result")
    def _compute_totals(self):
        for plan in self:
            lines = plan.line_ids
            plan.line_count = len(lines)
            plan.open_count = len(lines.filtered(lambda line: line.result == "open"))
            plan.due_amount = sum(lines.mapped("due_amount"))
            plan.promised_amount = sum(lines.mapped("promised_amount"))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("week"):
                vals["week"] = self._get_monday(fields.Date.to_date(vals["week"]))
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("week"):
            week = self._get_monday(fields.Date.to_date(vals["week"]))
            vals = {**vals, "week": week}
        return super().write(vals)

    @api.model
    def _get_monday(self, day):
        return day - timedelta(days=day.weekday())

    @api.model
    def _plan(self, partners, company):
        """Plans of this week for these customers, one for each representative.

        Customers who are in a plan of the week already stay as they are.

        :return: the plans that these customers are in
        """
        partners = partners.commercial_partner_id
        # sudo: figures of customers whom the user sees; the limit's row may be hidden
        figures = (
            self.env["distribution.credit"].sudo()._get_exposure(partners, company)
        )
        overdue = partners.filtered(lambda p: figures[p.id]["overdue_amount"] > 0)
        by_user = self._group_by_planner(overdue, company)
        plan_of = self._find_or_make(by_user, company)
        lines = []
        for user, group in by_user.items():
            known = plan_of[user].line_ids.partner_id
            lines += [
                {
                    "plan_id": plan_of[user].id,
                    "partner_id": partner.id,
                    **{name: figures[partner.id][name] for name in _FIGURES},
                }
                for partner in group
                if partner not in known
            ]
        self.env["distribution.collection.plan.line"]._create_planned(lines)
        return self.concat(*(plan_of[user] for user in by_user))

    @api.model
    def _group_by_planner(self, partners, company):
        """``{user: [customers]}``: who asks whom; representatives plan for
        themselves, supervisors and accountants for everybody."""
        planner = self.env.user
        for_others = planner.has_group(
            "distribution.group_supervisor"
        ) or planner.has_group("distribution.group_accountant")
        members = self.env["res.partner"]._get_distribution_members(partners, company)
        by_user = {}
        for partner in partners:
            user = planner
            if for_others:
                member = members.get(partner)
                user = (member and member.user_id) or partner.user_id or planner
            by_user.setdefault(user, []).append(partner)
        return by_user

    @api.model
    def _find_or_make(self, users, company):
        """``{user: plan of this week}``"""
        today = self.env["distribution.credit"]._get_today(company)
        week = self._get_monday(today)
        plans = self.search([("company_id", "=", company.id), ("week", "=", week)])
        plan_of = {plan.user_id: plan for plan in plans}
        missing = [user for user in users if user not in plan_of]
        made = self.create(
            [
                {"user_id": user.id, "company_id": company.id, "week": week}
                for user in missing
            ]
        )
        plan_of.update(zip(missing, made, strict=True))
        return plan_of

    def action_refresh(self):
        """Bring what is owed up to date; promises and results stay."""
        self.check_access("write")
        for company, plans in self.grouped("company_id").items():
            lines = plans.line_ids
            figures = (
                self.env["distribution.credit"]
                .sudo()
                ._get_exposure(lines.partner_id, company)
            )
            for line in lines:
                values = figures[line.partner_id.commercial_partner_id.id]
                line.due_amount = values["overdue_amount"]
                line.overdue_days = values["overdue_days"]
        return True

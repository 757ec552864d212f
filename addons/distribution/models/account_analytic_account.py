# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountAnalyticAccount(models.Model):
    """An analytic account; here: a responsibility centre that answers for expenses."""

    _inherit = "account.analytic.account"

    budget_manager_id = fields.Many2one(
        "res.users",
        "Answers for Expenses",
        tracking=True,
        domain=[("share", "=", False)],
        index="btree_not_null",
        help="Decides on expense requests of this centre and hears when its budget "
        "runs out.",
    )
    budget_line_ids = fields.One2many("expense.budget.line", "centre_id")

    def action_view_budget(self):
        """Open budget against actuals of these centres."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.expense_budget_report_action"
        )
        return {**action, "domain": [("centre_id", "in", self.ids)], "context": {}}

    def _check_budget_centre(self, company, is_living=True):
        """These accounts are centres of the company's plan, and living ones.

        :param is_living: archived ones are refused

        :raises UserError: one is not; says what to do
        """
        plan = company.budget_plan_id
        for centre in self:
            if not plan or centre.root_plan_id != plan:
                raise UserError(
                    self.env._(
                        "“%(centre)s” is no responsibility centre of %(company)s. "
                        "Choose an account of the analytic plan “%(plan)s”.",
                        centre=centre.display_name,
                        company=company.name,
                        plan=plan.name or self.env._("(set in the settings)"),
                    )
                )
            if is_living and not centre.active:
                raise UserError(
                    self.env._(
                        "The responsibility centre “%(centre)s” is archived: nothing "
                        "more is spent on it. Choose another one.",
                        centre=centre.display_name,
                    )
                )

    @api.model
    def _get_centre_action(self):
        """The action that lists the responsibility centres of this company.

        :raises UserError: no plan was chosen yet
        """
        plan = self.env.company.budget_plan_id
        if not plan:
            raise UserError(
                self.env._(
                    "Choose the analytic plan of your responsibility centres first: "
                    "Settings, Accounting, Sales Expense Budgets."
                )
            )
        view = self.env.ref("distribution.account_analytic_account_view_list_centre")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Responsibility Centres"),
            "res_model": self._name,
            "views": [(view.id, "list"), (False, "form")],
            "domain": [("root_plan_id", "=", plan.id)],
            "context": {"default_plan_id": plan.id},
            "help": Markup("<p class='o_view_nocontent_smiling_face'>%s</p>")
            % self.env._("Name the branches and teams that answer for expenses"),
        }

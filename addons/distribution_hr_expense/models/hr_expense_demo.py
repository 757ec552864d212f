# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Command


class HrExpense(models.Model):
    """An employee's expense; here: those of the demo's visit to dealers."""

    _inherit = "hr.expense"

    @api.model
    def _demo_sales_story(self):
        """A visit was approved: its hotel is posted, its ferry waits, a dinner beyond
        what is left was refused; for demo data only."""
        tour = self.env.ref("distribution.expense_tour", raise_if_not_found=False)
        if not tour or tour.state != "draft":
            return
        tour = tour.with_user(self.env.ref("base.user_admin"))
        tour.action_submit()
        tour.action_approve()
        hotel, ferry, dinner = self._demo_create(
            tour.sudo(),
            ("Hotel in Cần Thơ, two nights", 140),
            ("Ferry and motorbike taxi", 35),
            ("Dinner for the whole market", 450),
        )
        (hotel | ferry | dinner).action_submit()
        hotel._do_approve(check=False)
        ferry._do_approve(check=False)
        hotel._demo_post()
        dinner._do_refuse(
            "80 of the visit's budget are left. Ask for a sales expense of its own."
        )

    @api.model
    def _demo_create(self, tour, *costs):
        """Expenses of one employee for a sales expense: ``costs`` are name, amount."""
        partner = self.env["res.partner"].create({"name": "Nguyễn Thị Mai"})
        employee = self.env["hr.employee"].create(
            {
                "name": partner.name,
                "company_id": tour.company_id.id,
                "work_contact_id": partner.id,
                "job_title": "Sales Representative",
            }
        )
        return self.create(
            [
                {
                    "name": name,
                    "employee_id": employee.id,
                    "company_id": tour.company_id.id,
                    "product_id": self.env.ref(
                        "hr_expense.expense_product_travel_accommodation"
                    ).id,
                    "total_amount_currency": amount,
                    "tax_ids": [Command.clear()],
                    "account_id": tour.type_id.account_id.id,
                    "analytic_distribution": {str(tour.centre_id.id): 100},
                    "date": fields.Date.context_today(self),
                    "payment_mode": "own_account",
                    "sales_expense_id": tour.id,
                }
                for name, amount in costs
            ]
        )

    def _demo_post(self):
        """Post these as an accountant does, with the day and journal proposed."""
        wizard = self.env["hr.expense.post.wizard"].create({})
        wizard = wizard.with_context(active_ids=self.ids, company_paid_move_ids=[])
        wizard.action_post_entry()

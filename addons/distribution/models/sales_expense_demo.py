# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import file_open

#: months before this one that the story tells, as far as the budget's year goes
_PAST_MONTHS = 3


class SalesExpense(models.Model):
    """A sales expense; here: what became of the demo's requests.

    Approved, proved, billed and closed; refused beyond the budget; above it and
    posted; and a bill that the budget stops until somebody transfers. The figures fit
    the budgets of the demo data in any month.
    """

    _inherit = "sales.expense"

    @api.model
    def _demo_story(self):
        """Spend, refuse and overrun the demo's budgets; for demo data only."""
        today = fields.Date.context_today(self)
        first = today.replace(day=1)
        months = [first - relativedelta(months=back) for back in range(_PAST_MONTHS)]
        months = [month for month in months if month.year == today.year]
        self._demo_accounts()
        bills = self._demo_spend(months)
        bills |= self._demo_overrun(today)
        bills.action_post()
        executed = self.search([("state", "=", "executed")], order="date, id")
        # in January no month is over yet: one is closed all the same
        past = executed.filtered(lambda expense: expense.date < first)
        (past or executed[:1]).action_close()
        self._demo_refuse(today)
        self._demo_stopped_bill(today)

    @api.model
    def _demo_ref(self, name):
        return self.env.ref(f"distribution.{name}")

    @api.model
    def _demo_accounts(self):
        """An account for each type: what is posted there counts for it."""
        accounts = self.env["account.account"]
        for code, name in (
            ("641100", "display"),
            ("641200", "gift"),
            ("641300", "travel"),
            ("641400", "promotion"),
        ):
            type_ = self._demo_ref(f"expense_type_{name}")
            type_.account_id = accounts.create(
                {
                    "name": type_.name,
                    "code": accounts._search_new_account_code(code),
                    "account_type": "expense",
                    "company_ids": [Command.set(type_.company_id.ids)],
                }
            )

    @api.model
    def _demo_spend(self, months):
        """What both branches spent in these months; all of it inside the budget.

        :return: the vendor bills, drafts
        """
        printer = self._demo_vendor("Sao Mai Printing")
        hotel = self._demo_vendor("Cửu Long Travel")
        bills = self.env["account.move"]
        for back, month in enumerate(months):
            for name, wanted, billed in (
                ("south", 600, 600 if not back else 570 - 15 * back),
                ("north", 700, 640 + 20 * back),
            ):
                centre = self._demo_ref(f"centre_{name}")
                member = "member_outlet_02" if name == "south" else "member_truong_son"
                expense = self._demo_display(centre, member, month, wanted)
                bills |= expense._demo_bill(printer, month, billed)
            north = self._demo_ref("centre_north")
            bills |= self._demo_direct_bill(north, hotel, month, 340 + 25 * back)
        return bills

    @api.model
    def _demo_vendor(self, name):
        return self.env["res.partner"].create(
            {"name": name, "is_company": True, "supplier_rank": 1}
        )

    @api.model
    def _demo_display(self, centre, member, month, amount):
        """A display that was asked for, approved, built and proved."""
        expense = self.create(
            {
                "title": "Shelf ends and a banner",
                "centre_id": centre.id,
                "type_id": self._demo_ref("expense_type_display").id,
                "member_id": self._demo_ref(member).id,
                "user_id": self.env.ref("base.user_demo").id,
                "date": month,
                "line_ids": [Command.create({"date": month, "amount": amount})],
            }
        )
        expense.action_submit()
        expense.action_approve()
        with file_open("distribution/static/description/icon.png", "rb") as picture:
            proof = {"name": "shelf.png", "raw": picture.read()}
        expense.proof_ids = [Command.create(proof)]
        expense.proof_note = "Built on time, at eye level."
        expense.action_execute()
        return expense

    def _demo_bill(self, vendor, day, amount):
        """A vendor's bill for this request, a draft."""
        self.ensure_one()
        vals = self._demo_bill_vals(self.centre_id, vendor, day)
        [line] = vals["invoice_line_ids"]
        line[2].update(
            name=self.display_name,
            price_unit=amount,
            sales_expense_id=self.id,
            account_id=self.type_id.account_id.id,
        )
        return self.env["account.move"].create(vals)

    @api.model
    def _demo_direct_bill(self, centre, vendor, day, amount, kind="travel"):
        """A bill nobody asked for before: account and branch say what it is."""
        type_ = self._demo_ref(f"expense_type_{kind}")
        vals = self._demo_bill_vals(centre, vendor, day)
        [line] = vals["invoice_line_ids"]
        line[2].update(
            name=type_.name, price_unit=amount, account_id=type_.account_id.id
        )
        return self.env["account.move"].create(vals)

    @api.model
    def _demo_bill_vals(self, centre, vendor, day):
        line = {
            "quantity": 1,
            "tax_ids": [Command.clear()],
            "analytic_distribution": {str(centre.id): 100},
        }
        return {
            "move_type": "in_invoice",
            "partner_id": vendor.id,
            "company_id": centre.company_id.id,
            "invoice_date": day,
            "date": day,
            "invoice_line_ids": [Command.create(line)],
        }

    @api.model
    def _demo_overrun(self, today):
        """The gifts: the budget warned, two people signed, and the bill came.

        :return: the vendor bill, a draft
        """
        gifts = self._demo_ref("expense_gifts")
        while gifts.state == "submitted":
            gifts.action_approve()
        vendor = self._demo_vendor("Hương Xuân Gift Baskets")
        return gifts._demo_bill(vendor, today, 8600)

    @api.model
    def _demo_refuse(self, today):
        """More than a branch has in a year, asked for and refused."""
        month = today.replace(day=1)
        concert = self.create(
            {
                "title": "Concert in the stadium",
                "centre_id": self._demo_ref("centre_south").id,
                "type_id": self._demo_ref("expense_type_promotion").id,
                "member_id": self._demo_ref("member_hung_phat").id,
                "user_id": self.env.ref("base.user_demo").id,
                "programme": "Launch",
                "line_ids": [Command.create({"date": month, "amount": 25000})],
            }
        )
        concert.action_submit()
        concert.action_refuse(
            "Far more than this month's budget. Show what the tasting sold first, then "
            "ask for the next quarter."
        )

    @api.model
    def _demo_stopped_bill(self, today):
        """A draft that the budget stops until the transfer that waits is approved."""
        centre = self._demo_ref("centre_south")
        vendor = self._demo_vendor("Light Boxes Nam Việt")
        bill = self._demo_direct_bill(centre, vendor, today, 300, "display")
        bill.invoice_line_ids.name = "Light box at the night market"

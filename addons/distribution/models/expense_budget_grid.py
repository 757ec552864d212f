# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ExpenseBudget(models.Model):
    """A budget; here: its plan as a table of months."""

    _inherit = "expense.budget"

    def _get_months(self):
        """The first days of this budget's months."""
        self.ensure_one()
        months, month = [], self.date_from.replace(day=1)
        while month <= self.date_to:
            months.append(month)
            month = fields.Date.add(month, months=1)
        return months

    def _get_grid_rows(self):
        """``[(centre, type, {month: planned amount})]``"""
        self.ensure_one()
        rows = {}
        for plan in self.plan_ids:
            row = rows.setdefault((plan.centre_id, plan.type_id), {})
            row[plan.month] = plan.amount
        return [(centre, type_, cells) for (centre, type_), cells in rows.items()]

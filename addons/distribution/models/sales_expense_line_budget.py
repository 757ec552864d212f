# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SalesExpenseLine(models.Model):
    """A part of a sales expense; here: what the movements say of it."""

    _inherit = "sales.expense.line"

    def _get_booked(self):
        """What was booked of these lines: ``({(line id, counter): amount}, {line id:
        number of movements})``"""
        groups = (
            self.env["expense.budget.move"]
            .sudo()
            ._read_group(
                [("expense_line_id", "in", self.ids)],
                ["expense_line_id", "counter"],
                ["amount:sum", "__count"],
            )
        )
        booked, counts = {}, {}
        for line, counter, amount, count in groups:
            booked[line.id, counter] = amount
            counts[line.id] = counts.get(line.id, 0) + count
        return booked, counts

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import SQL


class IrSequence(models.Model):
    """A source of numbers; here: many of them in one query."""

    _inherit = "ir.sequence"

    def _draw(self, count):
        """The next ``count`` numbers, as ``next_by_id`` would give them one by one.

        :return: texts; None for each where the sequence leaves no gaps, has date
            ranges, or is none: its numbers have to be drawn one at a time
        """
        if self.implementation != "standard" or self.use_date_range:
            return [None] * count
        numbers = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{self.id:03d}",
                count,
            )
        )
        return [self.get_next_char(number) for [number] in numbers]

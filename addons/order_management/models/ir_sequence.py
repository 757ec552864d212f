# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL


class IrSequence(models.Model):
    """A source of numbers; here: many of them in one query."""

    _inherit = "ir.sequence"

    @api.model
    def _draw_by_code(self, code, count):
        """The next ``count`` numbers of the current company's sequence ``code``.

        :return: as `_draw`
        """
        company_ids = (self.env.company.id, False)
        sequence = self.search(
            [("code", "=", code), ("company_id", "in", company_ids)],
            order="company_id",
            limit=1,
        )
        return sequence._draw(count)

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

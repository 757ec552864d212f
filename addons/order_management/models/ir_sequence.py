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

    @api.model
    def _fill_numbers(self, vals_list, code, field="name"):
        """Give the records about to be created the next numbers of their companies.

        :param vals_list: values for ``create``; those without ``field`` get it
        :param code: of the sequences
        """
        missing = {}
        for vals in vals_list:
            if not vals.get(field):
                company_id = vals.get("company_id") or self.env.company.id
                missing.setdefault(company_id, []).append(vals)
        for company_id, group in missing.items():
            # numbers are no secret, sequences are
            sequences = self.sudo().with_company(company_id)
            numbers = sequences._draw_by_code(code, len(group))
            for vals, number in zip(group, numbers, strict=True):
                number = number or sequences.next_by_code(code)
                # somebody may have deleted the sequence: the field's default stays
                if number:
                    vals[field] = number

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

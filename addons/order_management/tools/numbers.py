# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Numbers of many new documents in one query."""

from odoo.tools import SQL


def draw_numbers(env, code, company, count):
    """The next ``count`` numbers of a company's sequence.

    :return: list of texts; of None where the sequence numbers one document at a time
        (without gaps, or by date): its documents have to ask one by one
    """
    if not count:
        return []
    sequence = env["ir.sequence"].search(
        [("code", "=", code), ("company_id", "in", (company.id, False))],
        order="company_id",
        limit=1,
    )
    if sequence.implementation != "standard" or sequence.use_date_range:
        return [None] * count
    numbers = env.execute_query(
        SQL(
            "SELECT nextval(%s) FROM generate_series(1, %s)",
            f"ir_sequence_{sequence.id:03d}",
            count,
        )
    )
    return [sequence.get_next_char(number) for [number] in numbers]

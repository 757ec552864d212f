# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a test says when two rounds do not cost the same statements."""

import re
from collections import Counter
from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor


class Statements(Counter):
    """Statements by their beginning; ``total`` as ``sql_log_count`` counts them."""

    def describe(self, other):
        """Statements that one round had and the other had not."""
        return f"only here: {dict(self - other)}; only there: {dict(other - self)}"


@contextmanager
def collect_statements(cursor):
    """Count what runs on ``cursor`` inside the block."""
    seen = Statements()
    execute = Cursor.execute

    def note(self, query, *args, **kwargs):
        if self is cursor:
            text = query.code if hasattr(query, "code") else str(query)
            seen[re.sub(r"\s+", " ", text)[:160]] += 1
        return execute(self, query, *args, **kwargs)

    with patch.object(Cursor, "execute", note):
        yield seen


def fewest_statements(cursor, work, rounds=3):
    """The cheapest of some rounds of ``work``, called with the number of the round.

    A round may read a record once more than the next: Odoo goes through sets of ids,
    whose order follows from the numbers that the records happened to get, and caches
    of its own may be filled in any round. What work costs in itself, it costs always.
    """
    counted = []
    for number in range(rounds):
        with collect_statements(cursor) as seen:
            work(number)
        counted.append(seen)
    return min(counted, key=Counter.total)

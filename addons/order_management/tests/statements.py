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

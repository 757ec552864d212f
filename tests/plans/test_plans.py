"""OM-28: what people ask for is found by indexes, however many orders there are.

A database is filled with so many orders that a table that is read as a whole shows: a
list, filter or search may read what it shows and what its pager counts, no more.
"""

import pytest

from .. import harness
from ..benchmarks.run import Process

ORDERS, PARTNERS, WAITING = 75_000, 50_000, 3_000
#: enough to know that the views were really read
LEAST = {"explain": 80, "explain_screens": 400, "explain_groups": 180}
#: who asks, and for what
ASKED = [(what, login) for what in LEAST for login in ("admin", "newcomer")]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def process():
    with harness.Database() as database:
        worker = Process(database=database)
        try:
            worker.call("orders.prepare")
            worker.call("plans.seed", orders=ORDERS, partners=PARTNERS, waiting=WAITING)
            # what autovacuum does
            database.sql("VACUUM ANALYZE")
            yield worker
        finally:
            worker.close()


@pytest.mark.parametrize(("what", "login"), ASKED)
def test_nothing_is_read_as_a_whole(process, what, login):
    """Of whoever has all the orders, and of whoever has none of them."""
    result, _steps = process.call(f"plans.{what}", login=login)
    assert len(result["screens"]) >= LEAST[what], result["screens"]
    lines = [
        f"{screen}: {kind} of {table} reads {rows:,} rows\n    {query[:1500]}"
        for screen, table, kind, rows, query in result["found"]
    ]
    assert not lines, "\n".join(lines)

"""OM-1: one order from eight processes, fifty times each, old versions among new."""

import pytest

from .. import harness
from ..worker import Process, together

WORKER = "tests.concurrency.inbox_worker"
PROCESSES, TIMES = 8, 50


@pytest.fixture(scope="module")
def arena():
    with harness.Database() as database:
        yield database


@pytest.fixture(scope="module")
def processes(arena):
    processes = [Process(WORKER, arena) for _number in range(PROCESSES)]
    yield processes
    for process in processes:
        process.close()


def _tell(arena, channel_id):
    """(rows, orders, newest note, units, to process) of a channel's only order."""
    [told] = arena.sql(
        """
        SELECT count(*), count(DISTINCT row.sale_order_id),
            (SELECT count(*) FROM sale_order WHERE sale_channel_id = %(channel)s),
            min(row.payload ->> 'note'), min(row.state),
            (SELECT sum(line.product_uom_qty)::int FROM sale_order_line line
             JOIN sale_order ON sale_order.id = line.order_id
             WHERE sale_channel_id = %(channel)s AND channel_line_ref = '1')
        FROM channel_order row WHERE row.channel_id = %(channel)s
        """,
        {"channel": channel_id},
    )
    return told


def test_one_order_in_a_storm(arena, processes):
    """However it is sent and imported: one row, one order, the newest version."""
    channel_id = processes[0].call("prepare")
    answers = together(processes, "storm", channel_id, TIMES)
    print(f"all tries lost: {[answer['lost'] for answer in answers]}")
    assert len({tuple(answer["ids"]) for answer in answers}) == 1
    [row_id] = answers[0]["ids"]
    processes[0].call("process", [row_id], True)
    rows, linked, orders, note, state, units = _tell(arena, channel_id)
    assert (rows, linked, orders) == (1, 1, 1)
    assert note == f"version {TIMES}"
    assert state in ("imported", "updated")
    assert units == TIMES
    for process in processes:
        assert "Traceback" not in process.log()

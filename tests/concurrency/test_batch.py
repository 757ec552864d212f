"""OM-27: a bulk step survives its worker, and two of them share orders in peace."""

import pytest

from .. import harness
from ..worker import Process, together

WORKER = "tests.concurrency.batch_worker"
ORDERS = 60


@pytest.fixture(scope="module")
def arena():
    with harness.Database() as database:
        yield database


def _shipped(arena, order_ids):
    """(orders, done transfers, units that left, units ordered) of these orders."""
    return arena.sql(
        """
        SELECT count(DISTINCT picking.sale_id), count(DISTINCT picking.id),
            sum(move.quantity),
            (SELECT sum(product_uom_qty) FROM sale_order_line
              WHERE order_id = ANY(%(ids)s))
        FROM stock_picking picking JOIN stock_move move ON move.picking_id = picking.id
        WHERE picking.sale_id = ANY(%(ids)s) AND picking.state = 'done'
        """,
        {"ids": order_ids},
    )[0]


def _states(arena, batch_id):
    return dict(
        arena.sql(
            "SELECT state, count(*) FROM order_batch_line WHERE batch_id = %s"
            " GROUP BY state",
            [batch_id],
        )
    )


def test_killed_in_the_middle(arena):
    """The worker dies with its part done and not committed: nothing of the part is
    kept, what was done before stays, and the next worker does the rest once."""
    process = Process(WORKER, arena)
    order_ids = process.call("prepare", ORDERS)
    batch_id, lines = process.call("make", "ship", order_ids)
    half = ORDERS // 2
    process.call("run_part", batch_id, lines[:half])
    with pytest.raises(RuntimeError, match="the process ended"):
        process.call("die_in_part", batch_id, lines[half:])
    process.kill()
    assert _states(arena, batch_id) == {"done": half, "waiting": half}
    assert _shipped(arena, order_ids)[:2] == (half, half)

    second = Process(WORKER, arena)
    second.call("run_part", batch_id, lines)
    second.close()
    assert _states(arena, batch_id) == {"done": ORDERS}
    orders, transfers, left, ordered = _shipped(arena, order_ids)
    assert (orders, transfers) == (ORDERS, ORDERS)
    assert left == ordered
    state = "SELECT state FROM order_batch WHERE id = %s"
    assert arena.sql(state, [batch_id]) == [("done",)]


def test_two_starters_share_orders(arena):
    """Both ship the same orders at the same moment: each leaves once, and each batch
    knows what became of every order."""
    processes = [Process(WORKER, arena) for _number in range(2)]
    order_ids = processes[0].call("prepare", ORDERS)
    third = ORDERS // 3
    parts = [
        processes[0].call("make", "ship", order_ids[: 2 * third]),
        processes[0].call("make", "ship", order_ids[third:]),
    ]
    together(processes, "race", parts)
    for process in processes:
        process.close()
    states = [_states(arena, batch_id) for batch_id, _lines in parts]
    assert sum(state.get("done", 0) for state in states) == ORDERS, states
    assert sum(state.get("skipped", 0) for state in states) == third, states
    assert all(set(state) <= {"done", "skipped"} for state in states), states
    orders, transfers, left, ordered = _shipped(arena, order_ids)
    assert (orders, transfers) == (ORDERS, ORDERS)
    assert left == ordered

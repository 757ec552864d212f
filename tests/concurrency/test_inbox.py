"""OM-1, invariant 1: no order is lost or doubled, whoever sends and processes it."""

import time

import pytest

from .. import harness
from ..worker import Process, together

WORKER = "tests.concurrency.inbox_worker"
PROCESSES = 4
ORDERS = 200
CUSTOMERS = 7


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


@pytest.fixture
def channel_id(arena, processes):
    yield processes[0].call("prepare")
    # a race's products would be two of one SKU in the next one
    arena.sql("UPDATE product_product SET active = FALSE WHERE default_code ~ '^RACE'")


def _count(arena, channel_id):
    """(rows, rows imported, orders, orders of two rows) of a channel."""
    return arena.sql(
        """
        SELECT count(*), count(*) FILTER (WHERE state = 'imported'),
            (SELECT count(*) FROM sale_order WHERE sale_channel_id = %(channel)s),
            count(sale_order_id) - count(DISTINCT sale_order_id)
        FROM channel_order WHERE channel_id = %(channel)s
        """,
        {"channel": channel_id},
    )[0]


def test_the_same_orders_from_many_processes(arena, processes, channel_id):
    numbers = list(range(ORDERS))
    answers = together(processes, "race", "receive", channel_id, numbers, CUSTOMERS)
    assert all(answer == answers[0] for answer in answers)
    assert _count(arena, channel_id) == (ORDERS, 0, 0, 0)


def test_versions_of_one_order_in_any_order(arena, processes, channel_id):
    times = 50
    ids = together(processes, "hammer", channel_id, times)
    assert ids == [ids[0]] * PROCESSES
    assert len(ids[0]) == 1
    rows = arena.sql(
        "SELECT payload ->> 'note' FROM channel_order WHERE channel_id = %s",
        [channel_id],
    )
    assert rows == [(f"version {times}",)]


@pytest.mark.parametrize("job", [False, True])
def test_the_same_rows_processed_at_once(arena, processes, channel_id, job):
    """Everybody presses the button: one order a row, one partner a buyer."""
    numbers = list(range(60))
    answer = processes[0].call("receive", channel_id, numbers, CUSTOMERS)
    together(processes, "race_ids", "process", list(answer.values()), job)
    processes[0].call("process", list(answer.values()))
    assert _count(arena, channel_id) == (60, 60, 60, 0)
    _check_buyers(arena)


def test_different_rows_of_the_same_new_buyers(arena, processes, channel_id):
    """Two jobs meet the same new customer at the same moment: made once."""
    _process_in_parts(arena, processes, channel_id, "New")
    _check_buyers(arena)


def test_different_rows_with_the_same_new_addresses(arena, processes, channel_id):
    """The customers are known, their new addresses are not: each is made once."""
    _process_in_parts(arena, processes, channel_id, "Newer")
    _check_buyers(arena)


def _process_in_parts(arena, processes, channel_id, street):
    numbers = list(range(80))
    answer = processes[0].call("receive", channel_id, numbers, CUSTOMERS, [1], street)
    ids = list(answer.values())
    start_at = time.time() + 0.5
    for index, process in enumerate(processes):
        process.start("race_ids", start_at, index, "process", ids[index::PROCESSES])
    for process in processes:
        process.result()
    assert _count(arena, channel_id) == (80, 80, 80, 0)


def _check_buyers(arena):
    doubled = arena.sql(
        """
        SELECT email, count(*) FROM res_partner
        WHERE email LIKE 'race%%@example.com' AND parent_id IS NULL
        GROUP BY email HAVING count(*) > 1
        """
    )
    assert not doubled
    doubled = arena.sql(
        """
        SELECT parent_id, channel_address_hash FROM res_partner
        WHERE channel_address_hash IS NOT NULL AND parent_id IS NOT NULL
        GROUP BY 1, 2 HAVING count(*) > 1
        """
    )
    assert not doubled


def test_killed_in_the_middle(arena, processes, channel_id, tmp_path):
    """A worker dies after all its writes: nothing of it stays, nothing is lost."""
    answer = processes[0].call("receive", channel_id, list(range(50)), CUSTOMERS)
    victim, sign = Process(WORKER, arena), tmp_path / "sign"
    victim.start("process_slowly", list(answer.values()), str(sign))
    harness.wait_until(sign.exists, 60, what="the worker's last write")
    message = processes[0].call("process", list(answer.values()))
    assert "50 rows were left alone" in message
    victim.kill()
    harness.wait_until(
        lambda: _count(arena, channel_id) == (50, 0, 0, 0), what="the roll-back"
    )
    processes[0].call("run_cron")
    assert _count(arena, channel_id) == (50, 50, 50, 0)
    processes[1].call("process", list(answer.values()), True)
    assert _count(arena, channel_id) == (50, 50, 50, 0)

"""Reservation is exact: real processes fight for the last units (OM-29).

Plain Odoo and the addon fight the same rounds in turn. Plain has to oversell (else the
test proves nothing), the addon never may; and it may not be slower, which is compared
with --all, alone on the machine. By default plain fights through the ORM only, which
needs no second server.
"""

import statistics
import time

import pytest

from .. import harness
from .reservation_arena import Arena, fight

#: pairs of rounds, who begins changes; up to the second number while plain has not yet
#: oversold, or while the machine is too restless to tell the speed
ROUNDS, MOST_ROUNDS = 2, 8
CRON = "order_management.ir_cron_reserve_deferred"


@pytest.fixture(scope="module")
def plain():
    arena = Arena(harness.TEMPLATE_BASE)
    yield arena
    arena.close()


@pytest.fixture(scope="module")
def ours():
    arena = Arena(harness.TEMPLATE_ALL)
    yield arena
    arena.close()


@pytest.fixture(scope="module")
def as_installed():
    """Without what the demonstration switched on (messages, promises, rules), which
    plain Odoo has not: what is compared is the reservation."""
    arena = Arena(harness.TEMPLATE_ALL, as_installed=True)
    yield arena
    arena.close()


def assert_clean(result):
    assert result.errors == []
    assert result.unconfirmed == 0
    assert result.oversold == set()
    assert result.duplicate_quants == 0
    assert result.inexact == {}, "neither more nor less than could be reserved"


def fight_plain(plain, ours, way, is_fast_enough):
    """Rounds of both until plain has oversold and the speeds are told; ours is exact
    in each."""
    ratios, plain_oversold = [], 0
    for number in range(1, MOST_ROUNDS + 1):
        without, with_addon = fight([plain, ours], way, number)
        print(f"{way} {number} plain: {without}\n{way} {number} addon: {with_addon}")
        assert_clean(with_addon)
        ratios.append(with_addon.speed / without.speed)
        plain_oversold += len(without.oversold)
        if plain_oversold and is_fast_enough(ratios):
            break
    print(f"{way}: speed of the addon / plain: {[round(r, 2) for r in ratios]}")
    assert plain_oversold, "plain Odoo did not oversell: this test has no teeth"
    assert is_fast_enough(ratios), ratios


def is_as_fast(ratios):
    return len(ratios) >= ROUNDS and statistics.median(ratios) >= 1


@pytest.mark.parametrize(
    "way", ["orm", pytest.param("buttons", marks=pytest.mark.chaos)]
)
def test_nothing_is_sold_twice(plain, ours, way):
    """4 processes, 80 orders, 20 scarce SKUs: through the web client's confirm button
    and through the ORM, whatever else the machine does."""
    fight_plain(plain, ours, way, is_fast_enough=bool)


@pytest.mark.quiet
@pytest.mark.parametrize("way", ["buttons", "orm"])
def test_nothing_is_sold_twice_nor_slower(plain, as_installed, way):
    """The same, and not slower than plain Odoo."""
    fight_plain(plain, as_installed, way, is_as_fast)


@pytest.mark.parametrize(
    "number",
    [100, *(pytest.param(n, marks=pytest.mark.chaos) for n in range(101, 120))],
)
def test_nothing_is_sold_twice_many_seeds(ours, number):
    """The two ways in turn, the buttons first."""
    way = "orm" if number % 2 else "buttons"
    (result,) = fight([ours], way, number)
    print(f"{way} {number} addon: {result}")
    assert_clean(result)


def test_deliveries_validated_at_once(ours):
    """Everybody validates a delivery of the same products: whoever loses a race is
    retried by Odoo, and the retry queues, so that one is enough."""
    data = ours.call("seed_deliveries", 201)
    before = ours.server.log()
    ours.press(
        "stock.picking",
        "button_validate",
        data["pickings"],
        time.time() + 1,
        skip_sms=True,
    )
    answers = [process.result() for process in ours.processes]
    log = ours.server.log()[len(before) :]
    print(f"validated: {log.count('tries left, try again')} retries")
    assert [error for answer in answers for error in answer["errors"]] == []
    states = ours.database.sql(
        "SELECT DISTINCT state FROM stock_picking WHERE id = ANY(%s)",
        [data["pickings"]],
    )
    assert states == [("done",)]
    assert "3 tries left" not in log, "a second retry was needed"
    assert ours.duplicate_quants(data["products"]) == 0
    for on_hand, quants, lines, demand in ours.stock(data["products"]).values():
        assert on_hand > 0 and not quants and not lines and not demand


def test_death_between_commit_and_reservation(ours):
    """Orders whose process died right after the commit keep their mark, and the
    scheduled action reserves for them."""
    data = ours.call("seed", 301)
    product_ids = data["products"]
    with ours.rows_locked(product_ids):
        ours.call("confirm_without_hooks", data["orders"])
    marked = "SELECT count(*) FROM stock_move WHERE is_reservation_deferred"
    assert ours.database.sql(marked)[0][0] == len(data["orders"]) * 3
    assert not any(quants for _hand, quants, *_rest in ours.stock(product_ids).values())
    ours.call("run_cron", CRON)
    assert ours.database.sql(marked)[0][0] == 0
    for on_hand, quants, lines, demand in ours.stock(product_ids).values():
        assert quants == lines == min(on_hand, demand)

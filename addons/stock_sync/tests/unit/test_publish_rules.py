# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random

import pytest
from publish.rules import Offer, Pool, Rule, publish

HERE = frozenset((1,))
THERE = frozenset((2,))


def rule(**values):
    return Rule(**{"ref": 1, "warehouses": HERE, **values})


def show(there, *, factor=1.0, **values):
    """What one listing shows of ``there`` units."""
    offer = Offer(7, (1,), rule(**values), factor)
    return publish(lambda _warehouses: there, [offer])[7].quantity


@pytest.mark.parametrize(
    ("there", "values", "shown"),
    [
        (10, {"share": 80}, 8),
        (20, {"share": 80}, 16),
        (30, {"share": 80}, 24),
        (7, {"share": 50}, 3),
        (9.5, {}, 9),
        (-3, {}, 0),
        (10, {"buffer": 3}, 7),
        (2, {"buffer": 3}, 0),
        (10, {"buffer": 2, "share": 50}, 4),
        (5, {"end_when": 5}, 0),
        (6, {"end_when": 5}, 6),
        (500, {"maximum": 99}, 99),
        (500, {"maximum": 0}, 0),
        (2, {"minimum": 3}, 0),
        (3, {"minimum": 3}, 3),
        (50, {"is_paused": True}, 0),
        (0.1 + 0.2 + 2.7, {}, 3),
        (17, {"factor": 6}, 2),
        (5, {"factor": 6}, 0),
        (20, {"factor": 6, "maximum": 2}, 2),
    ],
)
def test_one_listing(there, values, shown):
    assert show(there, **values) == shown


def test_steps_tell_the_way():
    offer = Offer(7, (1,), rule(buffer=2, share=50, maximum=3), 1.0)
    steps = publish(lambda _w: 21.0, [offer])[7].steps
    assert [(step.code, step.left) for step in steps] == [
        ("available", 21.0),
        ("buffer", 19.0),
        ("share", 9.5),
        ("whole", 9),
        ("maximum", 3),
    ]


def test_pool_is_not_there_for_others():
    pool = Pool(1, 4, (1,), HERE)
    offers = [Offer(1, (1,), rule(), pool=1), Offer(2, (2,), rule())]
    shown = publish(lambda _w: 10.0, offers, [pool])
    assert [shown[1].quantity, shown[2].quantity] == [4, 6]
    shown = publish(lambda _w: 3.0, offers, [pool])
    assert [shown[1].quantity, shown[2].quantity] == [3, 0]


def test_pool_elsewhere_takes_nothing():
    pool = Pool(1, 4, (1,), THERE)
    offers = [Offer(2, (2,), rule())]
    assert publish(lambda _w: 10.0, offers, [pool])[2].quantity == 10


def test_pools_share_by_rank_and_never_more_than_there_is():
    pools = [Pool(1, 6, (2,), HERE), Pool(2, 6, (1,), HERE)]
    offers = [Offer(1, (2,), rule(), pool=1), Offer(2, (1,), rule(), pool=2)]
    shown = publish(lambda _w: 8.0, offers, pools)
    assert [shown[2].quantity, shown[1].quantity] == [6, 2]


def test_two_listings_divide_a_pool():
    pool = Pool(1, 5, (1,), HERE)
    offers = [Offer(n, (1, n), rule(), pool=1) for n in (1, 2)]
    shown = publish(lambda _w: 10.0, offers, [pool])
    assert [shown[1].quantity, shown[2].quantity] == [3, 2]


def test_last_units_on_the_first_shop_that_shows_them():
    offers = [
        Offer(1, (1,), rule(buffer=5)),
        Offer(2, (2,), rule()),
        Offer(3, (3,), rule()),
    ]
    shown = publish(lambda _w: 3.0, offers, last_units=3)
    assert [shown[n].quantity for n in (1, 2, 3)] == [0, 3, 0]
    assert shown[3].steps[-1].code == "last_units"
    shown = publish(lambda _w: 4.0, offers, last_units=3)
    assert [shown[n].quantity for n in (1, 2, 3)] == [0, 4, 4]


@pytest.mark.parametrize("seed", range(200))
def test_never_more_than_there_is(seed):
    dice = random.Random(seed)
    there = dice.choice([-2.0, 0.0, 1.0, 2.5, 7.0, 40.0])
    pools = [Pool(n, dice.randint(0, 9), (n,), HERE) for n in range(dice.randint(0, 3))]
    offers = [
        Offer(
            100 + n,
            (dice.randint(1, 5), n),
            rule(
                share=dice.choice([10.0, 33.0, 100.0]),
                buffer=dice.randint(0, 3),
                end_when=dice.randint(0, 3),
                maximum=dice.choice([None, 0, 5]),
                minimum=dice.randint(0, 2),
            ),
            float(dice.choice([1, 1, 2, 6])),
            dice.choice([None, *(pool.ref for pool in pools)]),
        )
        for n in range(6)
    ]
    shown = publish(lambda _w: there, offers, pools, dice.choice([0, 3]))
    aside = sum(
        shown[o.listing].quantity * o.factor for o in offers if o.pool is not None
    )
    assert aside <= max(there, 0)
    for offer in offers:
        quantity = shown[offer.listing].quantity
        assert isinstance(quantity, int) and quantity >= 0
        assert quantity * offer.factor <= max(there, 0)
        if offer.pool is None:
            assert quantity * offer.factor + aside <= max(there, aside)

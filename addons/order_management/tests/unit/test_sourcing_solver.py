# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import itertools
import random
from datetime import date

import pytest
from sourcing import (
    Carrier,
    Need,
    Network,
    Order,
    Parcel,
    Place,
    Policy,
    PriceStep,
    Warehouse,
    estimate_distance,
    solve,
    try_every,
)

HANOI = Place(21.0285, 105.8542, "VN", "HN", "100000")
SAIGON = Place(10.7769, 106.7009, "VN", "SG", "700000")
DANANG = Place(16.0544, 108.2022, "VN", "DN", "550000")


def _network(stock, count=3, **limits):
    warehouses = {
        key: Warehouse(key, place, sequence=key)
        for key, place in zip(
            range(1, count + 1), (HANOI, DANANG, SAIGON), strict=False
        )
    }
    return Network(warehouses, stock, **limits)


def _order(key, *wanted, **values):
    needs = tuple(
        Need(place, ((product, 1.0),), quantity, value=10.0)
        for place, (product, quantity) in enumerate(wanted)
    )
    return Order(key, needs, **{"policies": (1,), "place": SAIGON, **values})


def _policy(count=3, **values):
    return Policy(1, tuple(range(1, count + 1)), **values)


def _solve(orders, network, policy=None):
    return solve(orders, {1: policy or _policy()}, network)


def test_distances():
    km, is_guess = estimate_distance(HANOI, SAIGON)
    assert not is_guess
    assert km == pytest.approx(1144, abs=5)
    assert estimate_distance(HANOI, HANOI)[0] == 0
    nowhere = Place()
    assert estimate_distance(HANOI, nowhere) == (20_000.0, True)
    guesses = [
        Place(country="VN", zip="100000"),
        Place(country="VN", zip="100999"),
        Place(country="VN", state="HN"),
        Place(country="VN"),
        Place(country="TH"),
        nowhere,
    ]
    distances = [estimate_distance(HANOI, place)[0] for place in guesses]
    assert distances == sorted(set(distances))


def test_nearest_that_has_it():
    stock = {("a", 1): 5, ("a", 2): 5}
    plan = _solve(
        [_order(1, ("a", 2))], _network(stock), _policy(criteria=("distance",))
    )
    assert plan[1].warehouses == (2,)
    facts = {row["warehouse"]: row["why"] for row in plan[1].tries[0]["candidates"]}
    assert facts == {1: "beaten", 2: "", 3: "stock"}


def test_one_parcel_before_two():
    stock = {("a", 3): 5, ("b", 2): 5, ("a", 1): 5, ("b", 1): 5}
    plan = _solve([_order(1, ("a", 1), ("b", 1))], _network(stock))
    assert plan[1].warehouses == (1,)


def test_pairs_then_triples():
    stock = {("a", 1): 1, ("b", 2): 1, ("c", 3): 1}
    wanted = [("a", 1), ("b", 1), ("c", 1)]
    order = _order(1, *wanted)
    assert _solve([order], _network(stock))[1].result == "none"
    plan = _solve([order], _network(stock), _policy(max_warehouses=3))[1]
    assert (plan.result, len(plan.warehouses)) == ("full", 3)
    pair = _solve([_order(1, *wanted[:2])], _network(stock))[1]
    assert pair.parts == {0: ((1, 1),), 1: ((2, 1),)}


def test_a_line_is_torn_only_when_allowed():
    stock = {("a", 1): 3, ("a", 2): 3}
    order = _order(1, ("a", 5))
    assert _solve([order], _network(stock))[1].result == "none"
    plan = _solve([order], _network(stock), _policy(split_lines=True))[1]
    assert plan.parts == {0: ((1, 3.0), (2, 2.0))}


def test_orders_share_the_stock_by_rank():
    stock = {("a", 1): 2}
    orders = [_order(1, ("a", 2), rank=(2,)), _order(2, ("a", 2), rank=(1,))]
    plans = _solve(orders, _network(stock))
    assert (plans[2].result, plans[1].result) == ("full", "none")


def test_what_is_kept_for_an_order_is_its_own():
    stock = {("a", 1): 0, ("a", 2): 1}
    mine = _order(1, ("a", 2), own={("a", 1): 2.0}, rank=(2,))
    other = _order(2, ("a", 2), rank=(1,))
    plans = _solve([mine, other], _network(stock))
    assert plans[1].warehouses == (1,)
    assert plans[2].result == "none"


def test_what_was_kept_elsewhere_is_free_again():
    stock = {("a", 1): 0, ("a", 2): 5}
    policy = _policy(criteria=("distance",))
    mine = _order(1, ("a", 2), own={("a", 1): 2.0}, rank=(1,))
    later = _order(2, ("a", 5), rank=(2,))
    third = _order(3, ("a", 2), rank=(3,), place=HANOI)
    plans = _solve([mine, later, third], _network(stock), policy)
    assert plans[1].warehouses == (2,)
    assert plans[2].result == "none"
    assert plans[3].warehouses == (1,)


def test_oversold_stock_is_not_promised_again():
    """Own demand of a confirmed order is no stock."""
    order = _order(1, ("a", 4), own={("a", 1): 4.0})
    assert _solve([order], _network({("a", 1): -2.0}))[1].result == "none"


def test_stock_that_is_kept_back():
    policy = _policy(keep_back=3.0)
    plan = _solve([_order(1, ("a", 2))], _network({("a", 1): 4, ("a", 2): 5}), policy)
    assert plan[1].warehouses == (2,)


def test_capacity_of_the_day():
    stock = {("a", 1): 9, ("a", 2): 9}
    network = _network(stock, orders_left={1: 2}, units_left={2: 3})
    orders = [_order(key, ("a", 2)) for key in range(5)]
    plans = _solve(orders, network)
    assert [plans[key].warehouses for key in range(5)] == [(1,), (1,), (2,), (), ()]
    whys = {row["warehouse"]: row["why"] for row in plans[4].tries[0]["candidates"]}
    assert whys == {1: "capacity", 2: "capacity", 3: "stock"}
    assert network.orders_left == {1: 2}


def test_rejected_warehouses_are_left_out():
    stock = {("a", 1): 9, ("b", 1): 9, ("a", 2): 9}
    order = _order(1, ("a", 1), excluded=frozenset({(1, None)}))
    assert _solve([order], _network(stock))[1].warehouses == (2,)
    order = _order(1, ("a", 1), excluded=frozenset({(1, "a")}))
    assert _solve([order], _network(stock))[1].warehouses == (2,)
    order = _order(1, ("b", 1), excluded=frozenset({(1, "a")}))
    assert _solve([order], _network(stock))[1].warehouses == (1,)


def test_parts_have_to_pay():
    stock = {("a", 1): 2}
    order = _order(1, ("a", 2), ("b", 1))
    for least, result in ((0, "partial"), (10, "partial"), (11, "none")):
        policy = _policy(partial=True, min_part_value=least)
        plan = _solve([order], _network(stock), policy)[1]
        assert plan.result == result
    policy = _policy(partial=True)
    assert _solve([order], _network(stock), policy)[1].missing == {1: 1}


def test_next_rule_when_the_first_finds_nothing():
    policies = {
        1: Policy(1, (1,)),
        2: Policy(2, (2,)),
    }
    order = _order(1, ("a", 1), policies=(1, 2))
    plan = solve([order], policies, _network({("a", 2): 1}))[1]
    assert (plan.policy, plan.warehouses) == (2, (2,))
    assert [row["result"] for row in plan.tries] == ["none", "full"]


def test_kits_need_all_their_parts():
    kit = Need(0, (("a", 2.0), ("b", 1.0)), 3.0)
    order = Order(1, (kit,), policies=(1,))
    stock = {("a", 1): 6, ("b", 1): 2, ("a", 2): 6, ("b", 2): 3}
    assert _solve([order], _network(stock))[1].warehouses == (2,)
    stock["b", 2] = 1
    plan = _solve([order], _network(stock), _policy(split_lines=True))[1]
    assert plan.parts == {0: ((1, 2.0), (2, 1.0))}


def test_days_and_promises():
    network = _network({("a", key): 9 for key in (1, 2, 3)})
    days = {1: date(2026, 5, 4), 2: date(2026, 5, 2), 3: date(2026, 5, 3)}
    network.warehouses = {
        key: Warehouse(key, warehouse.place, ready_on=days[key], sequence=key)
        for key, warehouse in network.warehouses.items()
    }
    order = _order(1, ("a", 1), due=date(2026, 5, 3))
    by_date = _solve([order], network, _policy(criteria=("date",)))[1]
    assert (by_date.warehouses, by_date.ready_on) == ((2,), date(2026, 5, 2))
    promise = _policy(criteria=("promise", "distance"))
    assert _solve([order], network, promise)[1].warehouses == (3,)


def test_earlier_in_two_parcels_where_the_rule_says_so():
    network = _network({("a", 1): 1, ("b", 1): 1, ("a", 2): 1, ("b", 3): 1})
    network.warehouses = {
        key: Warehouse(key, HANOI, ready_on=date(2026, 5, 9 if key == 1 else 2))
        for key in network.warehouses
    }
    order = _order(1, ("a", 1), ("b", 1))
    assert _solve([order], network)[1].warehouses == (1,)
    policy = _policy(criteria=("date", "parcels"))
    assert set(_solve([order], network, policy)[1].warehouses) == {2, 3}


def test_prices_of_carriers():
    steps = (
        PriceStep("weight", "<=", 5.0, 10.0, 0.0, "weight"),
        PriceStep("weight", ">", 5.0, 4.0, 2.0, "weight"),
    )
    by_rule = Carrier(1, steps=steps, margin=0.1, fixed_margin=1.0)
    assert by_rule.price(Parcel(weight=5)) == pytest.approx(12.0)
    assert by_rule.price(Parcel(weight=6)) == pytest.approx(18.6)
    assert Carrier(1, steps=steps[:1]).price(Parcel(weight=6)) is None
    assert Carrier(1, is_priced=False).price(Parcel()) is None
    local = Carrier(
        2, fixed=3.0, countries=frozenset({"VN"}), zip_prefixes=("70", "55$")
    )
    assert local.covers(SAIGON)
    assert not local.covers(HANOI)
    assert not local.covers(Place(country="VN"))
    bad = Carrier(2, zip_prefixes=("70(", "55"))
    assert bad.covers(Place(zip="551")) and not bad.covers(Place(zip="701"))
    assert not Carrier(3, max_weight=2).takes(Parcel(weight=3))
    assert not Carrier(3, must_tags=frozenset({1})).takes(Parcel())
    assert not Carrier(3, no_tags=frozenset({1})).takes(Parcel(tags=frozenset({1})))


def test_cheapest_and_covered():
    network = _network({("a", 1): 9, ("a", 2): 9})
    network.carriers = {
        7: Carrier(7, fixed=9.0),
        8: Carrier(8, fixed=2.0, zip_prefixes=("1",)),
    }
    network.warehouses[1] = Warehouse(1, HANOI, carriers=(8,))
    network.warehouses[2] = Warehouse(2, DANANG, carriers=(7, 8), parcel_cost=1.0)
    cheapest = _policy(criteria=("cost",))
    order = _order(1, ("a", 1), place=HANOI)
    plan = _solve([order], network, cheapest)[1]
    assert (plan.warehouses, plan.cost) == ((1,), 2.0)
    order = _order(1, ("a", 1))
    covered = _policy(criteria=("sequence",), needs_carrier=True)
    plan = _solve([order], network, covered)[1]
    assert (plan.warehouses, plan.cost) == ((2,), 10.0)
    whys = {row["warehouse"]: row["why"] for row in plan.tries[0]["candidates"]}
    assert whys[1] == "carrier"


def test_every_way_the_best_first():
    stock = {("a", 1): 1, ("b", 1): 1, ("a", 2): 1, ("b", 3): 1}
    order = _order(1, ("a", 1), ("b", 1))
    ways = try_every(order, _policy(), _network(stock))
    assert ways[0].warehouses == (1,)
    assert [set(way.warehouses) for way in ways if way.result == "full"] == [
        {1},
        {2, 3},
    ]
    assert {way.warehouses for way in ways if way.result == "partial"} == {(2,), (3,)}


def _random_case(chance):
    products = "abc"[: chance.randint(1, 3)]
    count = chance.randint(1, 4)
    stock = {
        (product, key): chance.randint(0, 4)
        for product in products
        for key in range(1, count + 1)
    }
    warehouses = {
        key: Warehouse(
            key,
            Place(chance.uniform(8, 23), chance.uniform(102, 109), "VN"),
            sequence=chance.randint(1, 3),
            parcel_cost=chance.randint(1, 9),
        )
        for key in range(1, count + 1)
    }
    units = {key: chance.randint(0, 6) for key in warehouses if chance.random() < 0.3}
    network = Network(warehouses, stock, {1: Carrier(1, fixed=5.0)}, {}, units)
    # the same product may be on several lines
    wanted = [
        (chance.choice(products), chance.randint(1, 3))
        for _line in range(chance.randint(1, 4))
    ]
    return network, _order(1, *wanted), chance.randint(1, 3)


def _every_assignment(network, order, most):
    """All ways to serve each line wholly from one warehouse, one by one."""
    keys = list(network.warehouses)
    for chosen in itertools.product(keys, repeat=len(order.needs)):
        if len(set(chosen)) > most:
            continue
        stock, units = dict(network.stock), dict(network.units_left)
        for need, key in zip(order.needs, chosen, strict=True):
            stock[need.parts[0][0], key] -= need.quantity
            if key in units:
                units[key] -= need.quantity
        if min(stock.values()) >= 0 and min(units.values(), default=0) >= 0:
            yield set(chosen)


@pytest.mark.parametrize("seed", range(400))
def test_as_good_as_trying_everything(seed):
    chance = random.Random(seed)
    network, order, most = _random_case(chance)
    name = chance.choice(("distance", "cost", "sequence"))
    policy = _policy(4, criteria=("parcels", name), max_warehouses=most)
    plan = _solve([order], network, policy)[1]
    ways = list(_every_assignment(network, order, most))
    assert (plan.result == "full") == bool(ways)
    if not ways:
        return
    fewest = min(map(len, ways))
    assert len(plan.warehouses) == fewest

    def figure(keys):
        warehouses = [network.warehouses[key] for key in keys]
        if name == "sequence":
            return sum(warehouse.sequence for warehouse in warehouses)
        if name == "cost":
            return sum(5.0 + warehouse.parcel_cost for warehouse in warehouses)
        return sum(estimate_distance(w.place, order.place)[0] for w in warehouses)

    best = min(figure(keys) for keys in ways if len(keys) == fewest)
    assert figure(plan.warehouses) == pytest.approx(best)


@pytest.mark.parametrize("seed", range(200))
def test_torn_lines_as_good_as_adding_up(seed):
    """Where lines may be torn, a group of warehouses serves what they have together."""
    chance = random.Random(seed)
    network, order, most = _random_case(chance)
    network.units_left = {}
    policy = _policy(4, max_warehouses=most, split_lines=True)
    plan = _solve([order], network, policy)[1]
    wanted = {}
    for need in order.needs:
        product = need.parts[0][0]
        wanted[product] = wanted.get(product, 0) + need.quantity
    possible = [
        size
        for size in range(1, most + 1)
        for group in itertools.combinations(network.warehouses, size)
        if all(
            sum(network.stock[product, key] for key in group) >= quantity
            for product, quantity in wanted.items()
        )
    ]
    assert (plan.result == "full") == bool(possible)
    if possible:
        assert len(plan.warehouses) <= min(possible)
        assert sum(q for rows in plan.parts.values() for _w, q in rows) == sum(
            wanted.values()
        )


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_given_twice_and_order_of_input_does_not_matter(seed):
    chance = random.Random(seed)
    stock = {(p, key): chance.randint(0, 20) for p in "abc" for key in (1, 2, 3)}
    network = _network(stock, orders_left={1: 4}, units_left={2: 9})
    orders = [
        _order(key, *[(p, chance.randint(1, 4)) for p in chance.sample("abc", 2)])
        for key in range(30)
    ]
    policy = _policy(split_lines=True, partial=True)
    plans = _solve(orders, network, policy)
    shuffled = orders[:]
    chance.shuffle(shuffled)
    assert _solve(shuffled, network, policy) == plans
    taken, units, served = {}, {}, {}
    for order in orders:
        plan = plans[order.key]
        for place, amounts in plan.parts.items():
            for key, quantity in amounts:
                product = order.needs[place].parts[0][0]
                taken[product, key] = taken.get((product, key), 0) + quantity
                units[key] = units.get(key, 0) + quantity
        for key in plan.warehouses:
            served[key] = served.get(key, 0) + 1
        for need in order.needs:
            given = sum(q for _w, q in plan.parts.get(need.key, ()))
            assert given + plan.missing.get(need.key, 0) == pytest.approx(need.quantity)
    assert all(quantity <= stock[key] for key, quantity in taken.items())
    assert served.get(1, 0) <= 4
    assert units.get(2, 0) <= 9

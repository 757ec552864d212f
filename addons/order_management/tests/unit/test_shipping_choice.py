# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from shipping.choice import Carrier, Parcel, Price, Rule, choose

VN, US = 1, 2
LIST = (
    Price("weight", "<=", 1.0, 20.0, 0.0, "weight"),
    Price("weight", "<=", 10.0, 15.0, 5.0, "weight"),
)
FAST = Carrier(1, "Fast", transit_days=1, fixed_price=60.0)
ROAD = Carrier(2, "Road", transit_days=4, prices=LIST, takes_cash=True)
LOCAL = Carrier(3, "Local", zip_prefixes=("70", "71"), fixed_price=10.0)
ASKS = Carrier(4, "Asks outside", transit_days=2)


def rule(*carriers, result="cheapest", **values):
    return Rule(1, "Rule", result, carriers, **values)


def test_prices_of_a_list_are_the_first_line_that_fits():
    assert ROAD.price(Parcel(weight=0.5)) == 20.0
    assert ROAD.price(Parcel(weight=4.0)) == 15.0 + 5.0 * 4
    assert ROAD.price(Parcel(weight=11.0)) is None
    assert (
        Carrier(9, "Abroad", fixed_price=3.0, currency_rate=25.0).price(Parcel())
        == 75.0
    )


def test_cheapest_and_fastest_differ():
    parcel = Parcel(country_id=VN, weight=2.0)
    assert choose([rule(FAST, ROAD)], parcel).offer.carrier == ROAD
    fastest = choose([rule(ROAD, FAST, result="fastest")], parcel)
    assert fastest.offer.carrier == FAST
    assert choose([rule(FAST, ROAD, result="fixed")], parcel).offer.carrier == FAST


def test_only_those_that_cover_the_address():
    choice = choose([rule(LOCAL, FAST)], Parcel(zip="10000"))
    assert choice.offer.carrier == FAST
    assert [offer.refusal for offer in choice.offers] == ["address", ""]
    assert choose([rule(LOCAL, FAST)], Parcel(zip="70123")).offer.carrier == LOCAL
    assert choose([rule(LOCAL)], Parcel(zip="")).offer is None


def test_a_bad_prefix_is_taken_literally():
    odd = Carrier(5, "Odd", zip_prefixes=("7(",), fixed_price=1.0)
    assert choose([rule(odd)], Parcel(zip="70123")).offer is None


def test_cash_goods_and_size():
    parcel = Parcel(weight=2.0, cash_on_delivery=True)
    assert choose([rule(FAST, ROAD)], parcel).offer.carrier == ROAD
    frozen = Carrier(6, "Cold", must_tag_ids=frozenset([7]), fixed_price=90.0)
    warm = Carrier(7, "Warm", excluded_tag_ids=frozenset([7]), fixed_price=9.0)
    ice = Parcel(tag_ids=frozenset([7]))
    assert choose([rule(warm, frozen)], ice).offer.carrier == frozen
    assert choose([rule(warm, frozen)], Parcel()).offer.carrier == warm
    small = Carrier(8, "Small", max_weight=1.0, max_volume=0.1, fixed_price=1.0)
    assert choose([rule(small)], Parcel(weight=1.5)).offers[0].refusal == "weight"
    assert choose([rule(small)], Parcel(volume=0.2)).offers[0].refusal == "volume"


def test_carriers_that_have_to_be_asked_have_no_price():
    choice = choose([rule(ASKS, FAST)], Parcel())
    assert choice.offer.carrier == FAST
    assert choice.offers[0].refusal == "price"
    assert choose([rule(ASKS, ROAD, result="fastest")], Parcel()).offer.carrier == ASKS


def test_in_time():
    late = rule(ROAD, FAST, in_time=True)
    soon = Parcel(weight=2.0, promise_days=2.0)
    assert choose([late], soon).offer.carrier == FAST
    assert choose([late], Parcel(weight=2.0)).offer.carrier == ROAD


def test_rules_in_turn():
    rules = [
        rule(LOCAL, country_ids=frozenset([VN]), cash="never"),
        rule(FAST, ranges={"amount": (100.0, 0.0)}),
        rule(ROAD, channel_ids=frozenset([5])),
    ]
    near = Parcel(country_id=VN, zip="70", amount=500.0)
    assert choose(rules, near).offer.carrier == LOCAL
    # nobody of the first rule goes there: the next one that applies
    far = Parcel(country_id=VN, zip="10", amount=500.0)
    assert choose(rules, far).offer.carrier == FAST
    cheap = Parcel(country_id=US, amount=99.0, channel_id=5, weight=1.0)
    assert choose(rules, cheap).offer.carrier == ROAD
    assert choose(rules, Parcel(country_id=US, amount=1.0)) is None


def test_ranges_end_at_their_bounds():
    bounds = rule(FAST, ranges={"weight": (1.0, 2.0)})
    taken = [
        weight
        for weight in (0.99, 1.0, 2.0, 2.01)
        if choose([bounds], Parcel(weight=weight))
    ]
    assert taken == [1.0, 2.0]
    tagged = rule(FAST, tag_ids=frozenset([1]), promise_days=3.0)
    assert not choose([tagged], Parcel(tag_ids=frozenset([1])))
    soon = Parcel(tag_ids=frozenset([1]), promise_days=3.0)
    assert choose([tagged], soon)


def test_postal_codes_of_rules_whatever_the_writing():
    rules = [rule(FAST, zip_prefixes=("SW1A1",)), rule(ROAD)]
    for code in ("SW1A 1AA", "sw1a1aa", " SW1A-1AA"):
        assert choose(rules, Parcel(zip=code, weight=1.0)).offer.carrier == FAST
    assert choose(rules, Parcel(zip="SW1B 1AA", weight=1.0)).offer.carrier == ROAD

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from decimal import Decimal as D

from shipping.customs import Goods, Tariff, clean_code, estimate, find_tariff

VN, CN = 1, 2


def tariff(number, prefix, duty, tax=0, **values):
    return Tariff(number, prefix, D(str(duty)), D(str(tax)), **values)


def test_codes():
    assert clean_code("6109.10-00") == "61091000"
    assert clean_code(None) == ""


def test_the_most_special_tariff_counts():
    rates = [
        tariff(1, "", 5),
        tariff(2, "61", 12),
        tariff(3, "6109", 10),
        tariff(4, "6109", 0, origin_id=VN),
        tariff(5, "6109", 9, is_country=False, valid_from="2030-01-01"),
    ]
    shirt = Goods(1, "61091000", CN, D(100))
    assert find_tariff(shirt, rates).id == 3
    assert find_tariff(Goods(1, "61091000", VN, D(100)), rates).id == 4
    assert find_tariff(Goods(1, "6110", CN, D(100)), rates).id == 2
    assert find_tariff(Goods(1, "9999", CN, D(100)), rates).id == 1
    assert find_tariff(Goods(1, "", CN, D(100)), rates) is None
    newer = [*rates, tariff(6, "6109", 8, valid_from="2026-01-01")]
    assert find_tariff(shirt, newer).id == 6


def test_hand_computed_shipment_with_freight():
    # 200 + 100 of goods, 30 freight: 20 and 10; duty 12 % and 0 %, VAT 20 %
    rates = [tariff(1, "61", 12, 20), tariff(2, "85", 0, 20)]
    goods = [Goods(1, "6109", CN, D(200)), Goods(2, "8501", CN, D(100))]
    shirt, motor = estimate(goods, rates, D(30))
    assert (shirt.base, shirt.duty) == (D(220), D("26.40"))
    assert shirt.tax == D("49.28")  # 20 % of 246.40
    assert (motor.base, motor.duty, motor.tax) == (D(110), D(0), D("22.00"))


def test_freight_is_left_out_where_the_law_says_so():
    rates = [tariff(1, "61", 10, with_freight=False)]
    (charge,) = estimate([Goods(1, "6109", CN, D(200))], rates, D(30))
    assert charge.duty == D(20)


def test_the_rest_of_shared_freight_is_on_the_last_line():
    rates = [tariff(1, "61", 100)]
    goods = [Goods(number, "61", CN, D(1)) for number in range(3)]
    charges = estimate(goods, rates, D(10))
    assert [charge.base for charge in charges] == [D("4.33"), D("4.33"), D("4.34")]


def test_de_minimis_is_for_the_whole_shipment():
    rates = [tariff(1, "61", 10, 20, duty_free=D(150))]
    (charge,) = estimate([Goods(1, "61", CN, D(150))], rates)
    assert (charge.duty, charge.tax) == (D(0), D(30))
    # two lines of 100 are 200: above the limit
    goods = [Goods(1, "61", CN, D(100)), Goods(2, "61", CN, D(100))]
    assert [charge.duty for charge in estimate(goods, rates)] == [D(10), D(10)]
    free = [tariff(1, "61", 10, 20, duty_free=D(800), tax_free=D(800))]
    (charge,) = estimate([Goods(1, "61", CN, D(800))], free)
    assert (charge.duty, charge.tax) == (D(0), D(0))


def test_currencies_without_decimals():
    rates = [tariff(1, "61", "12.5", 10)]
    (charge,) = estimate([Goods(1, "61", CN, D(890001))], rates, unit=D(1))
    assert charge.duty == D(111250)  # 111250.125
    assert charge.tax == D(100125)  # 10 % of 1001251 is 100125.1


def test_what_nobody_knows_is_not_guessed():
    (charge,) = estimate([Goods(1, "61", CN, D(100))], [])
    assert charge.tariff is None and not charge.duty

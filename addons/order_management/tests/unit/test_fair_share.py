# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""OM-11: scarce goods shared fairly, in whole packs, never more than there is."""

import random

import pytest
from allocation import Claim, share


def _shares(supply, wanted, policy="first", pack=1, **values):
    claims = [
        Claim(index, quantity, rank=values.get("ranks", range(99))[index])
        for index, quantity in enumerate(wanted)
    ]
    return [result.quantity for result in share(supply, claims, policy, pack)]


def test_first_come():
    assert _shares(100, [60, 60, 10]) == [60, 40, 0]


def test_first_come_by_rank_not_by_place():
    assert _shares(100, [60, 60], ranks=[2, 1]) == [40, 60]


def test_whole_packs_leave_the_rest_to_others():
    # 40 are left: three packs of 12; the last one wants 4, which are there
    assert _shares(100, [60, 60, 4], pack=12) == [60, 36, 4]


def test_pro_rata():
    assert _shares(90, [60, 60, 60], "pro_rata") == [30, 30, 30]
    assert _shares(90, [120, 60], "pro_rata") == [60, 30]


def test_largest_remainder():
    # exact 42.86, 28.57, 28.57: the remainder goes to .86, then .57 of the first
    assert _shares(100, [90, 60, 60], "pro_rata") == [43, 29, 28]


def test_largest_remainder_in_packs():
    assert _shares(100, [90, 60, 60], "pro_rata", pack=10) == [40, 30, 30]


def test_what_one_cannot_use_goes_to_others():
    claims = [Claim("a", 10, weight=50), Claim("b", 90, weight=50)]
    result = share(60, claims, "pro_rata")
    assert [item.quantity for item in result] == [10, 50]


def test_weights_of_quotas():
    claims = [Claim("a", 100, weight=30), Claim("b", 100, weight=10)]
    assert [item.quantity for item in share(40, claims, "pro_rata")] == [30, 10]
    claims = [Claim("a", 100, weight=0), Claim("b", 10, weight=5)]
    assert [item.quantity for item in share(40, claims, "pro_rata")] == [0, 10]


def test_classes():
    # class 1 is served in full, class 2 shares the rest
    assert _shares(100, [40, 60, 60], "class", ranks=[1, 2, 2]) == [40, 30, 30]


def test_sure_quantities_are_kept():
    claims = [Claim("a", 60, rank=2, sure=20), Claim("b", 60, rank=1)]
    assert [item.quantity for item in share(60, claims)] == [20, 60]


def test_decimals_are_exact():
    claims = [Claim(index, 0.3) for index in range(3)]
    result = share(0.9, claims, "pro_rata", pack=0.1, step=0.1)
    assert [item.quantity for item in result] == [0.3, 0.3, 0.3]


def test_the_reason_is_told():
    claims = [Claim("a", 60), Claim("b", 60), Claim("c", 60)]
    codes = [item.code for item in share(100, claims)]
    assert codes == ["all", "part", "none"]
    [first, *_rest] = share(100, claims, "pro_rata")
    assert first.details["share"] == pytest.approx(33.333333)


@pytest.mark.parametrize(
    "values", [{"policy": "lottery"}, {"claims": [Claim("a", -1)]}]
)
def test_nonsense_is_refused(values):
    with pytest.raises(ValueError):
        share(10, values.get("claims", [Claim("a", 1)]), values.get("policy", "first"))


@pytest.mark.parametrize("policy", ["first", "class", "pro_rata"])
def test_properties(policy):
    """Never more than there is or was wanted; whole packs; nothing useful left over;
    who wants more never gets less; more goods never mean less in all."""
    rng = random.Random(policy)
    for _round in range(400):
        pack = rng.choice([1, 1, 2, 5, 6, 12])
        wanted = [rng.randint(0, 60) for _claim in range(rng.randint(1, 9))]
        ranks = [rng.randint(1, 3) for _claim in wanted]
        supply = rng.randint(0, 200)
        got = _shares(supply, wanted, policy, pack, ranks=ranks)
        assert sum(got) <= supply
        assert all(quantity <= want for quantity, want in zip(got, wanted, strict=True))
        for quantity, want in zip(got, wanted, strict=True):
            assert quantity == want or quantity % pack == 0
        rest = supply - sum(got)
        for quantity, want in zip(got, wanted, strict=True):
            # no claim could have taken another pack, or its last broken one
            assert quantity == want or min(pack, want - quantity) > rest
        if policy == "pro_rata" and pack == 1:
            pairs = sorted(zip(wanted, got, strict=True))
            assert [q for _want, q in pairs] == sorted(q for _want, q in pairs)
        more = _shares(supply + pack, wanted, policy, pack, ranks=ranks)
        assert sum(more) >= sum(got)

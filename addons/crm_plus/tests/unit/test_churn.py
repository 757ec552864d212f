# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""BG/NBD against what was published, and against what can be computed otherwise."""

import csv
import lzma
import math
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from churn import BgNbd, History, describe, fit
from churn.bgnbd import _Objective
from churn.special import digamma, hyp2f1

#: 2,357 customers of CDNOW who began in the first quarter of 1997, in weeks; the data
#: of Fader, Hardie and Lee (2005), published at brucehardie.com
CDNOW = Path(__file__).parent / "data" / "cdnow.csv.xz"
#: table 2 of the paper
PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
PUBLISHED_LIKELIHOOD = -9582.4


@pytest.fixture(scope="module")
def cdnow():
    with lzma.open(CDNOW, "rt", encoding="ascii", newline="") as stream:
        return [
            History(int(row["repeats"]), float(row["recency"]), float(row["age"]))
            for row in csv.DictReader(stream)
        ]


@pytest.fixture(scope="module")
def model(cdnow):
    return fit(cdnow)


def test_published_parameters(model):
    for name, value in PUBLISHED.items():
        assert getattr(model, name) == pytest.approx(value, rel=0.01), name
    assert model.log_likelihood == pytest.approx(PUBLISHED_LIKELIHOOD, rel=1e-4)


def test_unit_of_time(cdnow, model):
    """In days, alpha is seven times what it is in weeks, and nothing else changes."""
    days = fit(History(x, 7 * recency, 7 * age) for x, recency, age in cdnow)
    assert days.alpha == pytest.approx(7 * model.alpha, rel=1e-3)
    assert (days.r, days.a, days.b) == pytest.approx(
        (model.r, model.a, model.b), rel=1e-3
    )


def test_slope(cdnow):
    """The derivatives that the fit goes down by are those of the likelihood."""
    objective = _Objective([(*history, 1) for history in cdnow[:200]], prior=3.0)
    point = [math.log(value) for value in (0.3, 5.0, 0.9, 2.0)]
    _value, slope = objective(point)
    for index in range(4):
        step = 1e-6
        ahead, behind = list(point), list(point)
        ahead[index] += step
        behind[index] -= step
        numeric = (objective(ahead)[0] - objective(behind)[0]) / (2 * step)
        assert slope[index] == pytest.approx(numeric, rel=1e-4, abs=1e-7)


def test_published_customer(model):
    """The customer of the technical note of 2008 on P(alive), and of the paper."""
    history = History(2, 30.43, 38.86)
    assert model.expected_purchases(history, 39) == pytest.approx(1.226, abs=0.01)


def test_probability_falls_with_silence(model):
    ages = [model.probability_alive(History(3, 20, age)) for age in range(20, 200, 10)]
    assert ages == sorted(ages, reverse=True)
    assert 0 < ages[-1] < ages[0] < 1
    once = [model.probability_back(History(0, 0, age)) for age in range(0, 200, 10)]
    assert once == sorted(once, reverse=True)
    assert model.probability_alive(History(0, 0, 100)) == 1


def test_no_overflow():
    model = BgNbd(0.2, 5.0, 0.8, 2.4)
    for history in (History(10_000, 1, 10_000), History(500, 0, 1e9)):
        assert model.probability_alive(history) == pytest.approx(0, abs=1e-9)
        assert model.expected_purchases(history, 365) == pytest.approx(0, abs=1e-3)


def test_finds_what_it_was_made_from():
    """Customers simulated with known parameters."""
    chance = random.Random(5)
    true = BgNbd(0.6, 9.0, 0.9, 3.0)
    histories = [simulate(true, chance, 80.0) for _n in range(6_000)]
    found = fit(histories)
    for name in ("r", "alpha", "a", "b"):
        assert getattr(found, name) == pytest.approx(getattr(true, name), rel=0.2), name


def simulate(model, chance, age):
    rate = chance.gammavariate(model.r, 1 / model.alpha)
    leaves = chance.betavariate(model.a, model.b)
    now, last, repeats = 0.0, 0.0, 0
    while True:
        now += chance.expovariate(rate)
        if now > age:
            return History(repeats, last, age)
        last, repeats = now, repeats + 1
        if chance.random() < leaves:
            return History(repeats, last, age)


def test_too_few():
    assert fit([History(1, 5, 10)] * 29) is None
    assert fit([]) is None
    assert fit([History(0, 0, 10)] * 1000) is None


@pytest.mark.parametrize("x", [0.05, 0.5, 1.0, 3.3, 12.0, 400.0])
def test_digamma(x):
    step = 1e-5 * x
    numeric = (math.lgamma(x + step) - math.lgamma(x - step)) / (2 * step)
    assert digamma(x) == pytest.approx(numeric, rel=1e-5, abs=1e-6)


def test_hyp2f1():
    # Abramowitz & Stegun 15.1.3 and 15.1.8
    assert hyp2f1(1, 1, 2, 0.5) == pytest.approx(-math.log(0.5) / 0.5)
    assert hyp2f1(3.5, 2, 2, 0.9) == pytest.approx(0.1**-3.5)
    with pytest.raises(ValueError):
        hyp2f1(1, 1, 2, 1.0)


def test_rhythm():
    today = date(2026, 6, 1)
    days = [today - timedelta(days=days) for days in (71, 95, 119, 143, 143)]
    rhythm = describe(days, today)
    assert (rhythm.interval, rhythm.silence, rhythm.state) == (24, 71, "silent")
    assert describe(days[:2], today).state == "new"
    with pytest.raises(ValueError):
        describe([], today)

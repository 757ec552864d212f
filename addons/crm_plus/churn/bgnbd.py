# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The BG/NBD model of repeat purchases.

P. S. Fader, B. G. S. Hardie, K. L. Lee, "Counting Your Customers the Easy Way: An
Alternative to the Pareto/NBD Model", Marketing Science 24 (2005), 275-284. While
active, a customer buys at random with a rate of its own; after each purchase it may
leave for good, with a probability of its own. Rates are gamma distributed (r, alpha)
among customers, probabilities beta distributed (a, b).
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from .minimise import minimise
from .special import digamma, hyp2f1

#: parameters where the fit begins, those of a shop as most are
_START = (0.5, 10.0, 0.8, 2.5)
#: the logarithms of a and b that a prior draws to, by their place
_USUAL = tuple((index, math.log(_START[index])) for index in (2, 3))
#: below this many customers who came back, four parameters say nothing
MIN_REPEATERS = 30


class History(NamedTuple):
    """What the model knows of one customer, in any one unit of time.

    ``repeats``: purchases after the first, at most one a unit; ``recency``: time from
    the first to the last one, 0 without repeats; ``age``: time from the first purchase
    to now.
    """

    repeats: int
    recency: float
    age: float


@dataclass(frozen=True)
class BgNbd:
    """A fitted model; ``alpha`` is in the unit of time of the histories."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = math.nan

    def probability_alive(self, history: History) -> float:
        """How likely the customer is still active, from 0 to 1.

        Fader, Hardie, Lee, "Computing P(alive) Using the BG/NBD Model" (2008). Who has
        bought only once is active by the model's own assumption: nobody leaves before
        the second purchase. The age of that one purchase has to be judged otherwise.
        """
        repeats, recency, age = history
        if repeats == 0:
            return 1.0
        odds = self.a / (self.b + repeats - 1.0)
        silence = (self.r + repeats) * math.log(
            (self.alpha + age) / (self.alpha + recency)
        )
        if silence + math.log(odds) > 700.0:
            return 0.0
        return 1.0 / (1.0 + odds * math.exp(silence))

    def probability_back(self, history: History) -> float:
        """How likely a customer is still active, also after one purchase only.

        E. Batislam, M. Denizel, A. Filiztekin, "Empirical validation and comparison of
        models for customer base analysis", International Journal of Research in
        Marketing 24 (2007), let customers leave after the first purchase, too: its age
        then counts as every other silence does. For who came back it is
        `probability_alive`.
        """
        if history.repeats:
            return self.probability_alive(history)
        silence = self.r * math.log((self.alpha + history.age) / self.alpha)
        return 1.0 / (1.0 + self.a / self.b * math.exp(min(silence, 500.0)))

    def expected_purchases(self, history: History, ahead: float) -> float:
        """Purchases expected in the next ``ahead`` units of time (equation 10)."""
        repeats, recency, age = history
        if ahead <= 0.0:
            return 0.0
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        if abs(a - 1.0) < 1e-9:
            a += 1e-6  # the formula has a removable gap there
        z = ahead / (alpha + age + ahead)
        gauss = hyp2f1(r + repeats, b + repeats, a + b + repeats - 1.0, z)
        shrink = ((alpha + age) / (alpha + age + ahead)) ** (r + repeats)
        expected = (a + b + repeats - 1.0) / (a - 1.0) * (1.0 - shrink * gauss)
        return expected * self.probability_alive(History(repeats, recency, age))

    def score(self, history: History, ahead: float) -> float:
        """How likely the customer buys at least once in the next ``ahead`` units.

        The rate of an active customer with this history is gamma distributed with
        shape r + repeats and rate alpha + age; leaving within the time is not taken
        off, which changes no order among customers.
        """
        shape = self.r + history.repeats
        base = self.alpha + history.age
        buys = 1.0 - (base / (base + ahead)) ** shape
        return self.probability_alive(history) * buys


def fit(histories: Iterable[History], prior: float = 0.0) -> BgNbd | None:
    """The most likely parameters for these customers.

    :param prior: the weight, in customers, of what shops are like as a rule. Without it
        a short history often fits best with customers who never leave, which is of no
        use; a few dozen do not move a fit that has something to say.
    :return: the model, or None where too few came back (fewer than ``MIN_REPEATERS``)
        or no maximum was found: then nothing is known, and nothing should be shown
    """
    counted = Counter(
        (history.repeats, history.recency, history.age)
        for history in histories
        if history.age > 0
    )
    repeaters = sum(n for (repeats, *_times), n in counted.items() if repeats)
    if repeaters < MIN_REPEATERS:
        return None
    longest = max(age for _repeats, _recency, age in counted)
    unit = longest / 40.0  # a scale on which alpha is near ten
    rows = [
        (repeats, recency / unit, age / unit, n)
        for (repeats, recency, age), n in sorted(counted.items())
    ]
    objective = _Objective(rows, prior)
    point, _value, converged = minimise(
        objective, [math.log(value) for value in _START]
    )
    if not converged:
        return None
    r, alpha, a, b = map(math.exp, point)
    model = BgNbd(r, alpha * unit, a, b)
    likelihood = _get_log_likelihood(model, counted)
    return BgNbd(r, alpha * unit, a, b, likelihood)


def _get_log_likelihood(model: BgNbd, counted: Counter) -> float:
    rows = [(*key, n) for key, n in counted.items()]
    objective = _Objective(rows)
    value, _slope = objective(
        [math.log(x) for x in (model.r, model.alpha, model.a, model.b)]
    )
    return -value * objective.size


class _Objective:
    """Minus the mean log-likelihood of the logarithms of (r, alpha, a, b).

    Equation 6 of the paper in logarithms, with its derivatives. What depends on the
    number of repeats alone is computed once for each number.
    """

    def __init__(self, rows: list[tuple[int, float, float, int]], prior=0.0):
        self.rows = rows
        self.prior = prior
        self.size = sum(row[3] for row in rows)
        self.counts = Counter()
        for repeats, _recency, _age, n in rows:
            self.counts[repeats] += n

    def __call__(self, logs: list[float]) -> tuple[float, list[float]]:
        logs = [min(max(value, -12.0), 12.0) for value in logs]
        r, alpha, a, b = map(math.exp, logs)
        value, d_r, d_a, d_b = self._sum_by_repeats(r, alpha, a, b)
        d_alpha = self.size * r / alpha
        log, log1p, exp = math.log, math.log1p, math.exp
        log_a = log(a)
        odds_of = {x: log_a - log(b + x - 1.0) for x in self.counts if x}
        for x, recency, age, n in self.rows:
            rate = r + x
            log_age = log(alpha + age)
            if not x:
                value -= n * rate * log_age
                d_r -= n * log_age
                d_alpha -= n * rate / (alpha + age)
                continue
            log_recency = log(alpha + recency)
            # how much more likely "left after the last purchase" is than "still here"
            odds = odds_of[x] + rate * (log_age - log_recency)
            if odds > 30.0:
                left, log_sum = 1.0, odds
            else:
                power = exp(odds)
                left, log_sum = power / (1.0 + power), log1p(power)
            here = 1.0 - left
            value += n * (log_sum - rate * log_age)
            d_r -= n * (here * log_age + left * log_recency)
            d_alpha -= n * rate * (here / (alpha + age) + left / (alpha + recency))
            d_a += n * left / a
            d_b -= n * left / (b + x - 1.0)
        slope = [d_r * r, d_alpha * alpha, d_a * a, d_b * b]
        # only how customers leave: how often they buy, every history tells
        for index, usual in _USUAL:
            distance = logs[index] - usual
            value -= self.prior * distance**2 / 2.0
            slope[index] -= self.prior * distance
        return -value / self.size, [-part / self.size for part in slope]

    def _sum_by_repeats(self, r, alpha, a, b):
        """Value and derivatives of what no times enter."""
        lgamma = math.lgamma
        value = d_r = d_a = d_b = 0.0
        base = r * math.log(alpha) - lgamma(r) + lgamma(a + b) - lgamma(b)
        psi_r, psi_ab, psi_b = digamma(r), digamma(a + b), digamma(b)
        log_alpha = math.log(alpha)
        for x, n in self.counts.items():
            value += n * (base + lgamma(r + x) + lgamma(b + x) - lgamma(a + b + x))
            psi_abx = digamma(a + b + x)
            d_r += n * (digamma(r + x) - psi_r + log_alpha)
            d_a += n * (psi_ab - psi_abx)
            d_b += n * (psi_ab + digamma(b + x) - psi_b - psi_abx)
        return value, d_r, d_a, d_b

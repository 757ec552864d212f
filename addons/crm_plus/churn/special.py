# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Special functions that the standard library lacks, for positive arguments."""

import math

#: from here on the asymptotic series of digamma is exact to 1e-12
_ASYMPTOTIC = 8.0
_MAX_TERMS = 10_000


def digamma(x: float) -> float:
    """The derivative of ``lgamma``, for x > 0.

    Recurrence up to 8, then the asymptotic series (Abramowitz & Stegun 6.3.5, 6.3.18).
    """
    result = 0.0
    while x < _ASYMPTOTIC:
        result -= 1.0 / x
        x += 1.0
    inverse = 1.0 / (x * x)
    series = inverse * (
        1 / 12
        - inverse
        * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse * (1 / 132))))
    )
    return result + math.log(x) - 0.5 / x - series


def hyp2f1(a: float, b: float, c: float, z: float) -> float:
    """Gauss's hypergeometric function for 0 <= z < 1 and positive a, b, c.

    The series itself, or Euler's transformation of it where that converges faster
    (Abramowitz & Stegun 15.1.1, 15.3.3).

    :raises ValueError: z outside [0, 1)
    """
    if not 0.0 <= z < 1.0:
        raise ValueError("hyp2f1 is computed for 0 <= z < 1 only")
    factor = 1.0
    if c - a - b < 0.0:
        # the terms of the series grow first: those of its transform do not
        factor = (1.0 - z) ** (c - a - b)
        a, b = c - a, c - b
    total = term = 1.0
    for n in range(_MAX_TERMS):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z
        total += term
        if abs(term) <= 1e-14 * abs(total):
            break
    return factor * total

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A minimum of a smooth function of a few variables."""

import math
from collections.abc import Callable, Sequence

Vector = list[float]
Objective = Callable[[Vector], tuple[float, Vector]]

#: a step is good when it goes down by this share of what the slope promises (Armijo)
_SUFFICIENT = 1e-4
_MAX_STEP = 2.0


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(x * y for x, y in zip(one, other, strict=True))


def minimise(
    objective: Objective,
    start: Vector,
    tolerance: float = 1e-7,
    max_rounds: int = 200,
) -> tuple[Vector, float, bool]:
    """Go downhill by BFGS with backtracking (Nocedal & Wright, chapter 6).

    :param objective: gives value and gradient at a point
    :return: the point, its value, and whether the slope there is below tolerance
    """
    size = len(start)
    inverse = _identity(size)
    point, (value, slope) = list(start), objective(start)
    for _round in range(max_rounds):
        if max(map(abs, slope)) < tolerance:
            return point, value, True
        direction = [-_dot(row, slope) for row in inverse]
        promise = _dot(direction, slope)
        if promise >= 0.0:  # rounding has spoilt the matrix: begin again
            inverse, direction = _identity(size), [-part for part in slope]
            promise = _dot(direction, slope)
        step = min(1.0, _MAX_STEP / max(map(abs, direction)))
        while True:
            new = [x + step * d for x, d in zip(point, direction, strict=True)]
            new_value, new_slope = objective(new)
            if new_value <= value + _SUFFICIENT * step * promise:
                break
            step /= 2.0
            if step < 1e-12:
                return point, value, max(map(abs, slope)) < 1e3 * tolerance
        moved = [x - y for x, y in zip(new, point, strict=True)]
        bent = [x - y for x, y in zip(new_slope, slope, strict=True)]
        inverse = _update(inverse, moved, bent)
        point, value, slope = new, new_value, new_slope
    return point, value, max(map(abs, slope)) < 1e3 * tolerance


def _identity(size: int) -> list[Vector]:
    return [[float(row == column) for column in range(size)] for row in range(size)]


def _update(inverse: list[Vector], moved: Vector, bent: Vector) -> list[Vector]:
    """The inverse Hessian after a step, by the BFGS formula."""
    curvature = _dot(moved, bent)
    if curvature <= 1e-14:
        return inverse
    through = [_dot(row, bent) for row in inverse]
    scale = (1.0 + _dot(bent, through) / curvature) / curvature
    size = range(len(moved))
    return [
        [
            inverse[i][j]
            + scale * moved[i] * moved[j]
            - (through[i] * moved[j] + moved[i] * through[j]) / curvature
            for j in size
        ]
        for i in size
    ]

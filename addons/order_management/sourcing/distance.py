# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""How far it is: along the globe, or guessed from the address."""

import math

from .facts import Place

#: mean radius of the earth in kilometres (IUGG)
RADIUS = 6371.0088
#: guesses in kilometres where coordinates are missing; on the far side, so that what
#: was measured is seldom beaten by a guess
SAME_ZIP, SAME_AREA, SAME_STATE, SAME_COUNTRY, ABROAD, NOWHERE = (
    10.0,
    50.0,
    300.0,
    3_000.0,
    8_000.0,
    20_000.0,
)
#: digits that postal areas have in common with their neighbours
_AREA_DIGITS = 3


def estimate_distance(start: Place, end: Place) -> tuple[float, bool]:
    """Kilometres between two places.

    :return: (kilometres, whether they were guessed from the addresses)
    """
    if start.has_coordinates and end.has_coordinates:
        return _measure(start, end), False
    return _guess(start, end), True


def _measure(start: Place, end: Place) -> float:
    """The great circle by the haversine formula."""
    lat1, lat2 = math.radians(start.latitude or 0), math.radians(end.latitude or 0)
    dlat = lat2 - lat1
    dlon = math.radians((end.longitude or 0) - (start.longitude or 0))
    a = (
        math.sin(dlat / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    )
    return 2 * RADIUS * math.asin(min(1.0, math.sqrt(a)))


def _guess(start: Place, end: Place) -> float:
    if not start.country or not end.country:
        return NOWHERE
    if start.country != end.country:
        return ABROAD
    if start.zip and start.zip == end.zip:
        return SAME_ZIP
    area = start.zip[:_AREA_DIGITS]
    if len(area) == _AREA_DIGITS and area == end.zip[:_AREA_DIGITS]:
        return SAME_AREA
    if start.state and start.state == end.state:
        return SAME_STATE
    return SAME_COUNTRY

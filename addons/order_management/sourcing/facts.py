# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What is known about orders, warehouses and rules, and what is decided.

Keys are whatever the caller names things by (numbers, texts); they must sort.
Quantities of stock are in each product's own unit, those of a need in the need's.
"""

from dataclasses import dataclass, field
from datetime import date

#: what candidates may be sorted by
CRITERIA = ("parcels", "distance", "cost", "balance", "sequence", "date", "promise")


@dataclass(frozen=True)
class Place:
    """Where something is. Coordinates in degrees; both zero or None: not known."""

    latitude: float | None = None
    longitude: float | None = None
    country: object = None
    state: object = None
    zip: str = ""

    @property
    def has_coordinates(self) -> bool:
        return bool(self.latitude or self.longitude)


@dataclass(frozen=True)
class Warehouse:
    """A place that orders can leave from.

    ``ready_on`` is the day on which an order given to it now leaves. ``carriers`` are
    the keys of those who fetch parcels there, None for all. ``parcel_cost`` is what it
    costs to make one parcel ready.
    """

    key: int
    place: Place = Place()
    sequence: int = 10
    ready_on: date | None = None
    carriers: tuple | None = None
    parcel_cost: float = 0.0


@dataclass(frozen=True)
class Need:
    """What one line of an order wants.

    ``parts``: ``((product, quantity of it in one unit of the need), ...)``: one for a
    plain product, several for a kit. ``value``, ``weight`` and ``volume`` are those of
    one unit; ``step`` is the smallest quantity of it that can be taken.
    """

    key: int
    parts: tuple
    quantity: float
    value: float = 0.0
    weight: float = 0.0
    volume: float = 0.0
    step: float = 1.0
    tags: frozenset = frozenset()


@dataclass(frozen=True)
class Order:
    """What has to be served. ``rank``: less is earlier.

    ``own`` is stock that is kept for this order and that nobody else sees,
    ``excluded`` holds pairs (warehouse, product), the product None for all of it.
    ``policies`` are the keys of the rules that are about this order, in their turn;
    ``carrier`` the one that somebody has chosen for it.
    """

    key: int
    needs: tuple
    place: Place = Place()
    rank: tuple = ()
    due: date | None = None
    policies: tuple = ()
    own: dict = field(default_factory=dict)
    excluded: frozenset = frozenset()
    carrier: object = None


@dataclass(frozen=True)
class Policy:
    """A rule: which warehouses, sorted by what, and how much may be split.

    ``keep_back``: quantity of each product that is left in each warehouse.
    ``min_part_value``: what both halves of a part delivery have to be worth.
    """

    key: int
    warehouses: tuple
    criteria: tuple = ("parcels", "sequence")
    max_warehouses: int = 2
    split_lines: bool = False
    partial: bool = False
    min_part_value: float = 0.0
    keep_back: float = 0.0
    needs_carrier: bool = False
    max_distance: float = 0.0


@dataclass
class Network:
    """All that orders share; `solve` works on copies.

    ``stock``: ``{(product, warehouse): quantity}``. ``orders_left`` and ``units_left``
    name only warehouses whose day is limited.
    """

    warehouses: dict
    stock: dict
    carriers: dict = field(default_factory=dict)
    orders_left: dict = field(default_factory=dict)
    units_left: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What was decided about an order.

    ``parts``: ``{need key: ((warehouse, quantity), ...)}``; empty when nobody can
    serve it. ``missing``: ``{need key: quantity}`` that nobody has. ``tries`` tells, as
    plain data for JSON, what was looked at and why it was not taken.
    """

    order: int
    result: str
    policy: int | None
    parts: dict
    missing: dict
    warehouses: tuple
    distance: float | None
    cost: float | None
    ready_on: date | None
    tries: tuple

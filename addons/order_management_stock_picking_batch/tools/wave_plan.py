# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Parcel:
    """Deliveries that leave in one parcel, and what they weigh on a wave."""

    ids: tuple[int, ...]
    #: what may not be mixed in one wave
    group: tuple
    #: which comes first: anything that can be compared
    rank: tuple
    lines: int = 1
    weight: float = 0.0


@dataclass(frozen=True)
class Limits:
    """What one wave holds; 0 is without limit. Weight in the unit of the parcels."""

    deliveries: int = 0
    lines: int = 0
    weight: float = 0.0
    #: how many waves may be planned; None is without limit
    waves: int | None = None


@dataclass
class Wave:
    """A planned wave: parcels of one group, the most urgent first."""

    group: tuple
    parcels: list[Parcel] = field(default_factory=list)
    deliveries: int = 0
    lines: int = 0
    weight: float = 0.0

    @property
    def ids(self):
        return [record_id for parcel in self.parcels for record_id in parcel.ids]

    def has_room(self, parcel, limits):
        """Whether a parcel fits; into an empty wave each does, however big."""
        if not self.parcels:
            return True
        return (
            _is_within(self.deliveries + len(parcel.ids), limits.deliveries)
            and _is_within(self.lines + parcel.lines, limits.lines)
            and _is_within(self.weight + parcel.weight, limits.weight)
        )

    def add(self, parcel):
        self.parcels.append(parcel)
        self.deliveries += len(parcel.ids)
        self.lines += parcel.lines
        self.weight += parcel.weight


def plan_waves(parcels, limits):
    """Fill waves with parcels, the most urgent first.

    A parcel goes into the first wave of its group with room for it, so small ones fill
    the gaps that big ones left. Where no more waves may be opened, what fits nowhere
    waits.

    :param parcels: iterable of `Parcel`
    :param limits: `Limits`
    :return: list of `Wave`, in the order of their most urgent parcel
    """
    waves, open_waves = [], {}
    for parcel in sorted(parcels, key=lambda parcel: parcel.rank):
        candidates = open_waves.setdefault(parcel.group, [])
        wave = next((w for w in candidates if w.has_room(parcel, limits)), None)
        if wave is None:
            if limits.waves is not None and len(waves) >= limits.waves:
                continue
            wave = Wave(parcel.group)
            waves.append(wave)
            candidates.append(wave)
        wave.add(parcel)
    return waves


def _is_within(value, limit):
    return not limit or value <= limit + 1e-9

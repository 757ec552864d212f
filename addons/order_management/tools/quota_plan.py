# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What a batch of orders may take from its quotas: figures only, no database."""

from collections import defaultdict
from dataclasses import dataclass, field

#: figures of quotas are kept to this many decimals: what is given back is then
#: exactly what was taken
DECIMALS = 6
_NOISE = 10**-DECIMALS / 2


@dataclass
class QuotaRow:
    """A quota with its counters as the transaction sees them."""

    id: int
    name: str
    state: str
    policy: str
    give_back: str
    measure: str
    uom_id: int | None
    currency_id: int | None
    limit: float
    held: float
    consumed: float

    @property
    def room(self):
        return round(self.limit - self.held - self.consumed, DECIMALS)


@dataclass
class Booking:
    """One order on one quota: what is counted, and what ought to be."""

    order_id: int
    quota: QuotaRow
    products: frozenset
    day: object
    held: float = 0.0
    consumed: float = 0.0
    moves: int = 0
    target_held: float = 0.0
    target_consumed: float = 0.0

    def aim(self, held, consumed):
        """Set what ought to be counted.

        A closed quota gives back, and never takes more than it has.
        """
        if self.quota.state != "active":
            consumed = min(consumed, self.held + self.consumed)
            held = min(held, self.held + self.consumed - consumed)
        self.target_held = round(held, DECIMALS)
        self.target_consumed = round(consumed, DECIMALS)

    @property
    def deltas(self):
        return (
            round(self.target_held - self.held, DECIMALS),
            round(self.target_consumed - self.consumed, DECIMALS),
        )

    @property
    def asked(self):
        return round(sum(self.deltas), DECIMALS)

    def get_moves(self):
        """The movements that lead from what is counted to what ought to be.

        :return: list of dicts with kind, delta_held, delta_consumed and a key that
            every repetition finds again
        """
        held, consumed = self.deltas
        steps = []
        if consumed > 0 and held <= 0:
            steps.append(("consume", held, consumed))
        else:
            if consumed:
                kind = "consume" if consumed > 0 else "give_back"
                steps.append((kind, 0.0, consumed))
            if held:
                steps.append(("hold" if held > 0 else "release", held, 0.0))
        return [
            {
                "quota_id": self.quota.id,
                "order_id": self.order_id,
                "kind": kind,
                "delta_held": delta_held,
                "delta_consumed": delta_consumed,
                "counted_on": self.day,
                "key": f"order-{self.order_id}-{self.quota.id}-{self.moves + number}",
            }
            for number, (kind, delta_held, delta_consumed) in enumerate(steps, 1)
        ]


@dataclass
class Excess:
    """An order asks for more than a quota has left."""

    booking: Booking
    asked: float
    left: float


@dataclass
class Plan:
    """What is to be written, and what is in the way."""

    moves: list = field(default_factory=list)
    bookings: list = field(default_factory=list)
    #: {order id: [Excess]}, of whatever policy
    excess: dict = field(default_factory=dict)
    #: {order id: Excess} of orders left out because of it
    refused: dict = field(default_factory=dict)


def make_plan(bookings, may_exceed):
    """Let orders take from their quotas, one after the other.

    Those that give back come first, then by id. An order takes from all its quotas or
    from none.

    :param may_exceed: function of a booking over the limit of a quota that asks for
        approval: whether there is one
    """
    by_order = defaultdict(list)
    for booking in bookings:
        by_order[booking.order_id].append(booking)
    plan = Plan(bookings=list(bookings))
    for order_id in sorted(
        by_order, key=lambda key: (any(b.asked > 0 for b in by_order[key]), key)
    ):
        _plan_order(plan, order_id, by_order[order_id], may_exceed)
    return plan


def _plan_order(plan, order_id, bookings, may_exceed):
    excess = [
        Excess(booking, booking.asked, booking.quota.room)
        for booking in bookings
        if booking.asked > 0 and booking.asked - booking.quota.room > _NOISE
    ]
    if excess:
        plan.excess[order_id] = excess
    for problem in excess:
        policy = problem.booking.quota.policy
        if policy == "block" or (
            policy == "approval" and not may_exceed(problem.booking)
        ):
            plan.refused[order_id] = problem
            return
    for booking in bookings:
        held, consumed = booking.deltas
        booking.quota.held += held
        booking.quota.consumed += consumed
        plan.moves += booking.get_moves()

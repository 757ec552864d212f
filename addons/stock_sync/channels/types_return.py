# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What a channel is told about returns: plain values, as in ``types``."""

import re
from dataclasses import dataclass
from decimal import Decimal

#: by which a refund that was made from here is known when it is read again
_MARK = re.compile(r"odoo-return-[0-9a-f]{8}-\d{1,12}")


@dataclass(frozen=True)
class RefundedLine:
    """What of one order line is given back: whole units, and money with tax."""

    external_ids: tuple[str, ...]
    units: int
    amount: Decimal


@dataclass(frozen=True)
class ReturnDecision:
    """What was decided about a return.

    ``external_id``: the channel's own; empty where it knows of none and only money is
    given back of an order. ``mark`` is to be kept with a refund, see ``find_mark``.
    """

    order_external_id: str
    decision: str  # approved, refused, received, refunded
    key: str
    mark: str
    external_id: str = ""
    number: str = ""
    note: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""
    email: str = ""
    lines: tuple[RefundedLine, ...] = ()


def find_mark(text: object) -> str:
    """The mark in a reason or note, empty where there is none."""
    found = _MARK.search(str(text or ""))
    return found[0] if found else ""


def reason_with_mark(told: ReturnDecision) -> str:
    """What is written as a refund's reason where there is no place of its own."""
    return f"{told.number} [{told.mark}]".strip()

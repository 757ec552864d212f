# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Prices of one unit for channels that tell what a whole line costs."""

from decimal import ROUND_UP, Decimal

ZERO = Decimal(0)
_STEP = Decimal("0.0001")


def unit_price(net: Decimal, quantity: Decimal | int) -> tuple[Decimal, Decimal]:
    """What one unit costs when ``quantity`` units cost ``net``.

    :return: ``(price, rest)`` with at most four decimals in the price, such that
        ``quantity * price - rest == net`` exactly; the rest is a discount, never
        negative
    """
    if not quantity:
        return ZERO, ZERO
    price = net / quantity
    short = price.quantize(_STEP)
    if short * quantity == net:
        return short.normalize() + ZERO, ZERO
    short = price.quantize(_STEP, ROUND_UP)
    return short, short * quantity - net

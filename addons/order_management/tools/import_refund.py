# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What a refund of a channel is for, in plain data (no Odoo)."""

from collections import Counter
from decimal import Decimal

from .import_item import allocate

ZERO = Decimal(0)


def iterate_refunds(order):
    """``(key, refund)`` of a neutral order; the key is unique within the order.

    It is the channel's own identifier, or where it has none, the order's and the
    refund's position.
    """
    seen = Counter()
    for position, refund in enumerate(order.refunds, 1):
        key = refund.external_id or f"{order.external_id}#{position}"
        seen[key] += 1
        yield (key if seen[key] == 1 else f"{key}#{seen[key]}"), refund


def count_goods(order):
    """``{refund key: {position of the line: pieces that come back}}``.

    Money for pieces that were cancelled before shipping was given back, too: a line's
    first refunds are for those, and only what goes beyond them can come back.
    """
    positions, cancelled = {}, {}
    for position, line in enumerate(order.lines):
        for line_id in (line.external_id, *line.external_ids):
            if line_id:
                positions.setdefault(line_id, position)
        cancelled[position] = line.cancelled_quantity
    result = {}
    for key, refund in iterate_refunds(order):
        goods = result[key] = {}
        for part in refund.lines:
            position = positions[part.line_id]
            gone = min(part.quantity, cancelled[position])
            cancelled[position] -= gone
            if part.quantity > gone:
                goods[position] = goods.get(position, ZERO) + part.quantity - gone
    return result


def share_refund(amount, worths, places):
    """What of a refund is for each of the goods, and what is for none of them.

    More than the goods are worth is given back for something else: shipping, trouble.
    A voucher that was sold as goods, for less than nothing, takes no part of it.

    :param worths: what the buyer paid for the goods, one amount for each
    :return: ``(parts, rest)``
    """
    unit = Decimal(1).scaleb(-places)
    has_voucher = any(worth < 0 for worth in worths)
    worths = [max(worth, ZERO).quantize(unit) for worth in worths]
    total = sum(worths, ZERO)
    rest = amount - total
    if not worths or (has_voucher and not total):
        return worths, amount
    if not total or abs(rest) <= unit * len(worths) or rest < 0:
        return allocate(amount, worths, places), ZERO
    return worths, rest

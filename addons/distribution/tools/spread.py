# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from decimal import ROUND_FLOOR, Decimal


def spread(total, weights, decimals):
    """Split an amount by weights so that the parts sum to it exactly.

    The largest remainders get the last units; equal ones in the order given.

    :param total: zero or more, a figure of ``decimals`` decimals
    :param weights: figures of zero or more; all zero means all alike
    :param int decimals: of the currency
    :return: list of floats, one a weight
    :raises ValueError: nothing to split among, or a figure below zero
    """
    if not weights or total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("An amount is split by one or more weights of zero or more")
    unit = Decimal(1).scaleb(-decimals)
    units = int((Decimal(repr(float(total))) / unit).to_integral_value())
    shares = [Decimal(repr(float(weight))) for weight in weights]
    if not sum(shares):
        shares = [Decimal(1)] * len(weights)
    exact = [units * share / sum(shares) for share in shares]
    parts = [int(value.to_integral_value(ROUND_FLOOR)) for value in exact]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for index in order[: units - sum(parts)]:
        parts[index] += 1
    return [float(part * unit) for part in parts]


def quarter_weights(weights):
    """Weights of twelve months in which each quarter's are alike."""
    return [sum(weights[i - i % 3 : i - i % 3 + 3]) / 3 for i in range(12)]


def split_by_accounts(distribution, account_ids, amount, currency):
    """``[(account id, part)]`` of ``amount`` by an analytic distribution.

    Percents of the same account add up; more than the whole is never split.

    :param distribution: ``{"id[,id]": percent}`` as Odoo keeps it, or none
    :param account_ids: accounts that count; others get no part
    :param currency: ``res.currency``; the parts sum to the amount rounded by it
    """
    shares = {}
    for key, percent in (distribution or {}).items():
        for account_id in map(int, key.split(",")):
            if account_id in account_ids:
                shares[account_id] = shares.get(account_id, 0.0) + percent
    if not shares:
        return []
    whole = currency.round(amount * min(sum(shares.values()), 100.0) / 100)
    sign = -1 if whole < 0 else 1
    parts = spread(abs(whole), list(shares.values()), currency.decimal_places)
    return [
        (account_id, sign * part)
        for account_id, part in zip(shares, parts, strict=True)
        if part
    ]

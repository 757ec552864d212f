"""Every source line in exactly one bucket, the money of each month to the penny.

All figures of what was imported are read from the orders and returns in the database,
not from what was sent.
"""

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal

_PENNY = Decimal("0.01")
_WORDS = {"return": "return of an unknown order", "adjustment": "stock adjustment"}


def penny(amount):
    return Decimal(amount).quantize(_PENNY, ROUND_HALF_UP)


def reconcile(env, channel, plan):
    """What became of the source: a dict that JSON can hold.

    ``lines``: lines by bucket; ``lost``: the first that are in none; ``months``: money
    by month of the source, in orders, in returns, held; ``differences``: documents
    whose order has another total.
    """
    rows = _read_rows(env, channel)
    orders = _read_orders(env, channel)
    returns = _read_returns(env, channel)
    held_refunds = _read_held_refunds(env, channel)
    lines, lost, missing = Counter(), [], set()
    held = defaultdict(Decimal)
    for share in plan.shares:
        bucket = _find_bucket(share, rows, orders, returns, held_refunds)
        if bucket is None:
            missing.add(share.document.number)
            lost.append(f"{share.document.number}, line {share.line.number}")
            bucket = "lost"
        lines[bucket] += 1
        if not bucket.startswith("imported"):
            held[share.document.month] += share.line.amount
    months = _sum_months(plan, rows, orders, returns, held)
    return {
        "documents": len(plan.documents),
        "lines": dict(sorted(lines.items())),
        "line_count": sum(lines.values()),
        "source_lines": sum(len(document.lines) for document in plan.documents),
        "lost": lost[:20],
        "months": months,
        "differences": _find_differences(plan, rows, orders),
    }


def is_good(report):
    return (
        not report["lost"]
        and not report["differences"]
        and report["line_count"] == report["source_lines"]
        and all(month["difference"] == "0.00" for month in report["months"].values())
    )


# --- the database ---------------------------------------------------------------------


def _read_rows(env, channel):
    env.cr.execute(
        "SELECT external_id, state, error_code, sale_order_id FROM channel_order"
        " WHERE channel_id = %s",
        [channel.id],
    )
    return {row[0]: row[1:] for row in env.cr.fetchall()}


def _read_orders(env, channel):
    """``{order id: (total, lines of the channel in it)}``"""
    env.cr.execute(
        "SELECT o.id, o.amount_total, array_agg(l.channel_line_ref)"
        " FROM sale_order o JOIN sale_order_line l ON l.order_id = o.id"
        " WHERE o.sale_channel_id = %s GROUP BY o.id",
        [channel.id],
    )
    return {row[0]: (Decimal(row[1]), set(row[2])) for row in env.cr.fetchall()}


def _read_returns(env, channel):
    """``{(order id, refund): (amount, quantity)}``"""
    env.cr.execute(
        "SELECT l.order_id, r.external_id, sum(l.refund_amount), sum(l.requested_qty)"
        " FROM channel_return r JOIN channel_return_line l ON l.return_id = r.id"
        " WHERE r.channel_id = %s AND r.state NOT IN ('refused', 'cancelled')"
        " GROUP BY 1, 2",
        [channel.id],
    )
    return {row[:2]: (Decimal(row[2]), row[3]) for row in env.cr.fetchall()}


def _read_held_refunds(env, channel):
    env.cr.execute(
        "SELECT order_id, value ->> 'external_id' FROM channel_order_change"
        " WHERE channel_id = %s AND kind = 'refund' AND state = 'pending'",
        [channel.id],
    )
    return set(env.cr.fetchall())


# --- buckets --------------------------------------------------------------------------


def _find_bucket(share, rows, orders, returns, held_refunds):
    """The one bucket of a source line; None when it is nowhere."""
    if share.external_id not in rows:
        return None
    state, code, order_id = rows[share.external_id]
    if state in ("held", "error"):
        words = _WORDS.get(share.document.kind)
        return f"{state}: {code}" + (f" ({words})" if words else "")
    if state not in ("imported", "updated"):
        return f"not done: {state}"
    if share.refund:
        if (order_id, share.refund) in returns:
            return "imported: return"
        return "held: refund" if (order_id, share.refund) in held_refunds else None
    known = str(share.line.number) in orders[order_id][1]
    return "imported: order" if known else None


def _sum_months(plan, rows, orders, returns, held):
    source, sold, back = (
        defaultdict(Decimal),
        defaultdict(Decimal),
        defaultdict(Decimal),
    )
    for document in plan.documents:
        source[document.month] += document.amount
        if document.kind == "sale" and document.number in rows:
            order_id = rows[document.number][2]
            if order_id in orders:
                sold[document.month] += orders[order_id][0]
    seen = set()
    for share in plan.shares:
        key = share.refund and (rows.get(share.external_id, [0] * 3)[2], share.refund)
        if key and key in returns and key not in seen:
            seen.add(key)
            back[share.document.month] -= returns[key][0]
    months = {}
    for month in sorted(source):
        parts = sold[month] + back[month] + held[month]
        months[month] = {
            "source": f"{penny(source[month])}",
            "orders": f"{penny(sold[month])}",
            "returns": f"{penny(back[month])}",
            "held": f"{penny(held[month])}",
            "difference": f"{penny(source[month]) - penny(parts)}",
        }
    return months


def _find_differences(plan, rows, orders):
    found = []
    for document in plan.documents:
        order_id = rows.get(document.number, (0, 0, 0))[2]
        if document.kind == "sale" and order_id in orders:
            total = orders[order_id][0]
            if penny(document.amount) != penny(total):
                found.append(f"{document.number}: {document.amount} is {total} here")
    return found[:20]


def describe(report):
    """The report as text for people."""
    yield f"{report['documents']:,} documents, {report['source_lines']:,} lines"
    yield ""
    for bucket, count in report["lines"].items():
        yield f"  {count:>9,}  {bucket}"
    yield f"  {report['line_count']:>9,}  together"
    yield ""
    names = ("source", "orders", "returns", "held", "difference")
    yield f"  {'GBP':<8}" + "".join(f"{name:>14}" for name in names)
    for month, parts in report["months"].items():
        figures = (f"{Decimal(parts[name]):>14,}" for name in names)
        yield f"  {month:<8}" + "".join(figures)
    for text in (*report["lost"], *report["differences"]):
        yield f"  WRONG: {text}"

"""The variance report with the figures of a million order lines of three years."""

from . import bulk
from .million import _measure

MEASURES = (
    "requested_qty:sum",
    "approved_qty:sum",
    "shipped_qty:sum",
    "returned_qty:sum",
    "fill_rate:avg",
    "cut_rate:avg",
    "difference_amount:sum",
    "__count",
)
_LAST = "2026-11-20 08:00:00"
_MONTH = [("date_order", ">=", "2026-10-01"), ("date_order", "<", "2026-11-01")]


def seed(bench, lines):
    """Figures of a real order, multiplied: other days, products, customers, reasons."""
    bulk.configure(bench)
    bulk.received(bench, 1, 9_100_000, 2)
    with bench.begin() as env:
        report = env["order.variance.report"].sudo()
        while report._refresh():
            pass
        env.cr.execute(
            """
            CREATE TEMP TABLE sold AS SELECT array_agg(id ORDER BY id) AS ids
            FROM product_product WHERE default_code LIKE 'BENCH%%';
            CREATE TEMP TABLE buyer AS SELECT array_agg(id ORDER BY id) AS ids
            FROM res_partner WHERE ref LIKE 'BENCH%%';
            INSERT INTO order_variance (id, order_id, company_id, date_order, state,
                approval_state, partner_id, channel_id, warehouse_id, user_id, team_id,
                product_id, cut_reason, unit_amount, requested_qty, ordered_qty,
                approved_qty, cut_qty, short_qty, cancelled_qty, shipped_qty,
                delivered_qty, returned_qty, invoiced_qty, open_qty)
            SELECT 100000000 + n, one.order_id, one.company_id,
                timestamp %(last)s - (%(lines)s - n) * interval '94 seconds', 'sale',
                'approved', buyer.ids[1 + n %% cardinality(buyer.ids)], one.channel_id,
                one.warehouse_id, one.user_id, one.team_id,
                sold.ids[1 + n %% cardinality(sold.ids)],
                CASE WHEN n %% 9 = 0 THEN 'Reason ' || n %% 5 END, 10 + n %% 7, 10, 10,
                10 - (n %% 9 = 0)::int, (n %% 9 = 0)::int, 0, 0,
                10 - (n %% 9 = 0)::int, 0, (n %% 20 = 0)::int, 9, 0
            FROM (SELECT * FROM order_variance ORDER BY id DESC LIMIT 1) one, sold,
                buyer, generate_series(1, %(lines)s) n
            """,
            {"lines": lines, "last": _LAST},
        )
        env.cr.execute("ANALYZE order_variance")


def read(bench):
    """Pivots and groups as the web client asks for them; a step for each."""
    for period, domain in (("month", _MONTH), ("all", [])):
        for name in ("product_id", "partner_id", "categ_id", "cut_reason"):
            with _measure(bench, f"{period} by {name}") as env:
                env["order.variance.report"].formatted_read_grouping_sets(
                    domain, [[], [name]], MEASURES
                )
        with _measure(bench, f"{period} by categ_id, day") as env:
            columns = "date_order:day"
            env["order.variance.report"].formatted_read_grouping_sets(
                domain,
                [[], ["categ_id"], [columns], ["categ_id", columns]],
                MEASURES,
            )
    with bench.begin() as env:
        report = env["order.variance.report"]
        query = report._search(_MONTH)
        env.cr.execute(query.select())
        env.cr.execute("EXPLAIN " + env.cr._obj.query.decode())
        return [row[0] for row in env.cr.fetchall()]

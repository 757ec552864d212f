"""What publishing stock costs: counting, marking, flushing.

    python -m tests.benchmarks.sync_stock DATABASE

Run on a copy of a database with `stock_sync`; what is made stays there.
"""

import contextlib
import sys
import time
from statistics import median
from unittest.mock import patch

import odoo.cli  # noqa: F401  the command line's own start-up: paths, time zone
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

#: what was promised
MAX_QUERIES, MAX_SECONDS = 10, 5.0
MAX_MARK_QUERIES, MAX_MARK_CPU = 2, 5.0


def seed(env, shops, listings):
    """Products with stock, and a listing of each in every shop."""
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", env.company.id)], limit=1
    )
    template = env["product.template"].create({"name": "Bench", "is_storable": True})
    env.flush_all()
    made = copy_rows(env.cr, "product_template", template.id, listings, {})
    variant = template.product_variant_id.id
    product_ids = copy_rows(
        env.cr, "product_product", variant, listings, {"product_tmpl_id": made}
    )
    env.cr.execute(
        """
        INSERT INTO stock_quant (product_id, location_id, company_id, quantity,
            reserved_quantity, in_date)
        SELECT id, %s, %s, 5 + id %% 90, 0, now() FROM unnest(%s) AS id
        """,
        [warehouse.lot_stock_id.id, env.company.id, product_ids],
    )
    channels = env["sale.channel"].create(
        [
            {
                "name": f"Bench {number}",
                "company_id": env.company.id,
                "channel_type": "generic",
                "sequence": number,
            }
            for number in range(shops)
        ]
    )
    env.flush_all()
    env.cr.execute(
        """
        UPDATE sale_channel SET stock_is_published = TRUE, sync_state = 'connected'
        WHERE id = ANY(%s)
        """,
        [channels.ids],
    )
    env.cr.execute(
        """
        INSERT INTO channel_listing (channel_id, company_id, item_ref, variant_ref,
            location_ref, name, product_id, factor, state, active, tracked, is_online,
            push_state)
        SELECT channel, %s, product::text, '', '', 'Bench', product, 1, 'matched', TRUE,
            TRUE, TRUE, 'none'
        FROM unnest(%s) AS channel, unnest(%s) AS product
        """,
        [env.company.id, channels.ids, product_ids],
    )
    env.cr.execute("ANALYZE channel_listing")
    env.cr.execute("ANALYZE stock_quant")
    env.invalidate_all()
    env["channel.publish.rule"].create(
        [
            {"channel_id": channels[0].id, "share": 80, "buffer": 1},
            {"channel_id": channels[1].id, "maximum": 50},
            {"categ_id": template.categ_id.id, "end_when": 6},
        ]
    )
    return product_ids


def copy_rows(cr, table, row_id, times, values):
    """Copy a row as it is; ``values``: columns that are another in each copy."""
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND table_schema = 'public' AND column_name != 'id'",
        [table],
    )
    columns = [row[0] for row in cr.fetchall()]
    picked = [
        f"(%s::int[])[number] AS {name}" if name in values else f'"{name}"'
        for name in columns
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(picked)}"
        f" FROM {table}, generate_series(1, %s) AS number WHERE id = %s RETURNING id",
        [*(values[name] for name in columns if name in values), times, row_id],
    )
    return [row[0] for row in cr.fetchall()]


def count(env, product_ids):
    """(queries, seconds) of what all listings should show."""
    env.flush_all()
    env.invalidate_all()
    queries, begin = env.cr.sql_log_count, time.monotonic()
    shown = env["channel.stock.publisher"]._publish(product_ids)
    seconds = time.monotonic() - begin
    print(f"  {len(shown)} listings", flush=True)
    return env.cr.sql_log_count - queries, seconds


def transfer(env, product_ids, marks):
    """(queries, CPU seconds) of a transfer of 50 products that is done."""
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", env.company.id)], limit=1
    )
    customers = env.ref("stock.stock_location_customers")
    moves = env["stock.move"].create(
        [
            {
                "product_id": product_id,
                "product_uom_qty": 1,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": customers.id,
                "company_id": env.company.id,
            }
            for product_id in product_ids
        ]
    )
    moves._action_confirm()
    moves._action_assign()
    moves.picked = True
    env.cr.flush()
    queries, begin = env.cr.sql_log_count, time.process_time()
    with nothing_noted(env) if not marks else contextlib.nullcontext():
        moves._action_done()
        env.cr.flush()
    return env.cr.sql_log_count - queries, time.process_time() - begin


def nothing_noted(env):
    """As if nobody listened to stock moves."""
    model = env.registry["channel.stock.dirty"]
    return patch.object(model, "_collect_products", lambda *_args: None)


def flush(env):
    """(listings, seconds, peak of memory in MB) of folding everything."""
    env["channel.stock.dirty"]._insert_scope([("state", "=", "matched")], "hand")
    begin, done, is_done = time.monotonic(), 0, False
    start = peak()
    while not is_done:
        _channels, is_done = env["channel.stock.dirty"]._flush_chunk()
        env.cr.commit()
        env.invalidate_all()
        done += 1
    return done, time.monotonic() - begin, peak() - start


def peak():
    """The most memory this process had, in MB."""
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def judge(text, value, limit):
    kept = value <= limit
    print(f"  {'ok ' if kept else 'BAD'} {text}: {value:.2f} (at most {limit:g})")
    return kept


def main():
    """Run all; the status tells whether every promise was kept."""
    with Registry(sys.argv[1]).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        product_ids = seed(env, shops=5, listings=20_000)
        cr.commit()
        results = [count(env, product_ids) for _number in range(3)]
        good = [
            judge("5 x 20,000 listings: queries", results[0][0], MAX_QUERIES),
            judge("seconds", median(one[1] for one in results), MAX_SECONDS),
        ]
        pairs = [
            [transfer(env, product_ids[:50], marks) for marks in (False, True)]
            for _number in range(7)
        ][1:]
        more = median(after[0] - before[0] for before, after in pairs)
        cpu = median(100 * (after[1] / before[1] - 1) for before, after in pairs)
        good += [
            judge("a transfer: more queries", more, MAX_MARK_QUERIES),
            judge("a transfer: more CPU (%)", cpu, MAX_MARK_CPU),
        ]
        chunks, seconds, memory = flush(env)
        print(f"  100,000 listings folded in {chunks} parts, {seconds:.1f} s")
        good.append(judge("memory that grew (MB)", memory, 150))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())

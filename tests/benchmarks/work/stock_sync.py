"""Stock as shops should show it: counted, marked by moves, folded into listings."""

import contextlib
import resource
from unittest.mock import patch


def seed(bench, shops, listings):
    """Products with stock, and a listing of each in every shop.

    :return: ids of the products
    """
    with bench.begin() as env:
        return _seed(env, shops, listings)


def count(bench, product_ids):
    """What all listings of these products should show.

    :return: how many those are
    """
    with bench.begin() as env, bench.measure(env, "count"):
        return len(env["channel.stock.publisher"]._publish(product_ids))


def transfer(bench, product_ids, marks):
    """Goods leave in one transfer.

    :param marks: whether listings are told of it
    """
    with bench.begin() as env:
        moves = _prepare_moves(env, product_ids)
        with bench.measure(env, "move", len(product_ids)):
            with contextlib.nullcontext() if marks else _nothing_noted(env):
                moves._action_done()


def fold(bench):
    """All listings are marked and folded, a part a transaction.

    :return: ``[parts, MiB that the process grew by after the first]``
    """
    with bench.begin() as env:
        env["channel.stock.dirty"]._insert_scope([("state", "=", "matched")], "hand")
    sizes, is_done = [], False
    while not is_done:
        with bench.begin() as env, bench.measure(env, "fold"):
            _channels, is_done = env["channel.stock.dirty"]._flush_chunk()
        sizes.append(_size())
    return [len(sizes), max(sizes) - sizes[0]]


def _size():
    """The memory that this process has now, in MiB."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / 2**20


def _seed(env, shops, listings):
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", env.company.id)], limit=1
    )
    template = env["product.template"].create({"name": "Bench", "is_storable": True})
    env.flush_all()
    made = _copy_rows(env.cr, "product_template", template.id, listings, {})
    variant = template.product_variant_id.id
    product_ids = _copy_rows(
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


def _copy_rows(cr, table, row_id, times, values):
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


def _prepare_moves(env, product_ids):
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
    return moves


def _nothing_noted(env):
    """As if nobody listened to stock moves."""
    model = env.registry["channel.stock.dirty"]
    return patch.object(model, "_collect_products", lambda *_args: None)

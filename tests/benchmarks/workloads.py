"""The work that is measured: the same calls in plain Odoo and with the suite.

Each function gets the `Bench` of its process first; only what happens inside
``bench.measure(env, step)`` counts.
"""

from odoo import Command

#: products on the orders; far more in stock than is ever ordered
PRODUCTS, STOCK = 250, 1_000_000


def prepare(bench):
    """Products in stock and a customer, once a database."""
    with bench.begin() as env:
        products = env["product.product"].create(
            [
                {
                    "name": f"Bench {n}",
                    "default_code": f"BENCH{n:05d}",
                    "is_storable": True,
                    "list_price": 10 + n % 7,
                    "taxes_id": False,
                }
                for n in range(PRODUCTS)
            ]
        )
        location = _warehouse(env).lot_stock_id
        for product in products:
            env["stock.quant"]._update_available_quantity(product, location, STOCK)
        env["res.partner"].create({"name": "Bench Customer", "ref": "BENCH"})
    return len(products)


def configure(bench, **values):
    """Switch the suite's features of the company on or off."""
    with bench.begin() as env:
        env.company.write(values)


def orders(bench, count, lines, approve=False):
    """Orders from the first value to the truck, each step a transaction of its own."""
    for number in range(count):
        with bench.begin() as env, bench.measure(env, "create"):
            order_id = _create_order(env, lines, number).id
        if approve:
            with bench.begin() as env, bench.measure(env, "approve"):
                order = env["sale.order"].browse(order_id)
                order.action_submit()
                order.action_approve()
        with bench.begin() as env, bench.measure(env, "confirm"):
            env["sale.order"].browse(order_id).action_confirm()
        with bench.begin() as env, bench.measure(env, "ship"):
            picking = env["sale.order"].browse(order_id).picking_ids
            picking.move_ids.picked = True
            picking.with_context(skip_sms=True).button_validate()
            assert picking.state == "done", picking.state


def submit(bench, count, lines):
    """Confirm large orders: what a quota adds to it."""
    for number in range(count):
        with bench.begin() as env:
            order_id = _create_order(env, lines, number).id
        with bench.begin() as env, bench.measure(env, "confirm"):
            order = env["sale.order"].browse(order_id)
            if order.approval_mode == "explicit":
                order.action_submit()
                order.action_approve()
            order.action_confirm()


def make_quota(bench):
    """A quota of everything that never runs out."""
    with bench.begin() as env:
        quota = env["order.quota"].create(
            {"name": "Bench", "company_id": env.company.id, "limit_qty": 1e9}
        )
        quota.action_activate()


def forget_quotas(bench):
    """As in a company that never had a quota; demo data has some in use."""
    with bench.begin() as env:
        env.cr.execute("UPDATE order_quota SET state = 'draft'")
        env.registry.clear_cache()


def seed_products(bench, count):
    """So many products with stock in one place, by SQL."""
    with bench.begin() as env:
        one = env["product.product"].search([("default_code", "=", "BENCH00000")])
        quant = env["stock.quant"].search(
            [("product_id", "=", one.id), ("quantity", ">", 0)], limit=1
        )
        cr = env.cr
        columns = _columns(cr, "product_template")
        cr.execute(
            f"INSERT INTO product_template ({columns}) SELECT {columns}"
            " FROM product_template, generate_series(1, %s) WHERE id = %s",
            [count, one.product_tmpl_id.id],
        )
        columns = _columns(cr, "product_product", "product_tmpl_id", "default_code")
        cr.execute(
            f"INSERT INTO product_product (product_tmpl_id, default_code, {columns})"
            f" SELECT tmpl.id, 'MANY' || tmpl.id, {_of('one', columns)}"
            " FROM product_product one, product_template tmpl"
            " WHERE one.id = %s AND tmpl.id > (SELECT max(product_tmpl_id)"
            " FROM product_product)",
            [one.id],
        )
        columns = _columns(cr, "stock_quant", "product_id", "reserved_quantity")
        cr.execute(
            f"INSERT INTO stock_quant (product_id, reserved_quantity, {columns})"
            f" SELECT many.id, many.id %% 5, {_of('one', columns)}"
            " FROM stock_quant one, product_product many"
            " WHERE one.id = %s AND many.default_code LIKE 'MANY%%'",
            [quant.id],
        )
        cr.execute("ANALYZE product_product, product_template, stock_quant")
    return count


def free_quantity(bench):
    """Plain Odoo's figure of all products at once, in one warehouse."""
    with bench.begin() as env:
        products, warehouse = _many(env), _warehouse(env)
        with bench.measure(env, "availability"):
            here = products.with_context(warehouse_id=warehouse.id)
            return sum(here.mapped("free_qty"))


def promise(bench):
    """The suite's figure of the same products."""
    with bench.begin() as env:
        products, warehouse = _many(env), _warehouse(env)
        with bench.measure(env, "availability"):
            return sum(products._get_available_to_promise(warehouse).values())


def seed_hub(bench, count):
    """So many orders and inbox rows, seven to three, by SQL."""
    with bench.begin() as env:
        order = _create_order(env, 1, 0)
        channel = env["sale.channel"].search(
            [("company_id", "=", env.company.id)], limit=1
        ) or env["sale.channel"].create({"name": "Bench", "company_id": env.company.id})
        # sudo: rows come from channels, nobody makes one by hand
        row = (
            env["channel.order"]
            .sudo()
            .create(
                {
                    "channel_id": channel.id,
                    "external_id": "bench",
                    "payload": {"total": "12.5", "currency": "USD"},
                }
            )
        )
        env.flush_all()
        cr = env.cr
        special = ("name", "date_order", "state", "channel_number", "entry_token")
        columns = _columns(cr, "sale_order", "access_token", *special)
        cr.execute(
            "INSERT INTO sale_order (name, date_order, state, channel_number,"
            f" {columns})"
            " SELECT 'B' || n, now() - n * interval '20 seconds',"
            f" (ARRAY['draft', 'sale', 'sale', 'cancel'])[1 + n %% 4], 'X' || n,"
            f" {_of('one', columns)} FROM sale_order one, generate_series(1, %s) n"
            " WHERE one.id = %s",
            [count * 7 // 10, order.id],
        )
        special = ("external_id", "received_at", "state", "payload_hash", "error")
        columns = _columns(cr, "channel_order", *special)
        cr.execute(
            "INSERT INTO channel_order"
            " (external_id, received_at, state, payload_hash, error,"
            f" {columns}) SELECT 'b' || n, now() - n * interval '50 seconds',"
            " (ARRAY['received', 'held', 'error', 'ignored'])[1 + n %% 4],"
            " md5(n::text), CASE WHEN n %% 4 IN (1, 2) THEN 'bench' END,"
            f" {_of('one', columns)} FROM channel_order one, generate_series(1, %s) n"
            " WHERE one.id = %s",
            [count * 3 // 10, row.id],
        )
        cr.execute("ANALYZE sale_order, channel_order")
    return count


def hub_list(bench):
    """The first page of all orders, and how many there are of each state."""
    fields = ("date", "number", "channel_id", "partner_id", "amount", "state")
    with bench.begin() as env, bench.measure(env, "first page"):
        page = env["order.hub"].web_search_read(
            [], {name: {} for name in fields}, limit=80, count_limit=10001
        )
        assert len(page["records"]) == 80
    for group in ("state", "channel_id"):
        with bench.begin() as env, bench.measure(env, f"groups by {group}"):
            assert env["order.hub"].formatted_read_group([], [group], ["__count"])


def _warehouse(env):
    return env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)


def _many(env):
    return env["product.product"].search([("default_code", "like", "MANY%")])


def _create_order(env, lines, number):
    products = env["product.product"].search(
        [("default_code", "like", "BENCH%")], order="id"
    )
    chosen = (products + products)[number % 50 : number % 50 + lines]
    partner = env["res.partner"].search([("ref", "=", "BENCH")], limit=1)
    return env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 2})
                for product in chosen
            ],
        }
    )


def _columns(cr, table, *without):
    """The columns of a table, as SQL, without ``id`` and some others."""
    cr.execute(
        "SELECT string_agg(quote_ident(column_name), ', ')"
        " FROM information_schema.columns WHERE table_name = %s"
        " AND table_schema = current_schema AND is_generated = 'NEVER'"
        " AND NOT column_name = ANY(%s)",
        [table, ["id", *without]],
    )
    return cr.fetchone()[0]


def _of(table, columns):
    """The same columns of one table."""
    return ", ".join(f"{table}.{name}" for name in columns.split(", "))

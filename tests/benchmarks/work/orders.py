"""The work that is measured: the same calls in plain Odoo and with the suite.

Each function gets the `Bench` of its process first; only what happens inside
``bench.measure(env, step)`` counts.
"""

from odoo import Command

from ... import as_installed

#: products on the orders; far more in stock than is ever ordered
PRODUCTS, STOCK = 500, 1_000_000
#: buyers, as a channel knows them
CUSTOMERS = 2_000


def prepare(bench):
    """Products in stock and customers, once a database."""
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
        env["stock.quant"].create(
            [
                {"product_id": p.id, "location_id": location.id, "quantity": STOCK}
                for p in products
            ]
        )
        env["res.partner"].create([customer_vals(env, n) for n in range(CUSTOMERS)])
        # what is measured switches on what it needs
        as_installed.switch_off_demo(env)
        if "order.review.hold" in env:
            env["sale.channel"].search([]).review_orders = False
        # nothing may work beside what is measured
        env["ir.cron"].search([]).active = False
    with bench.begin() as env:
        env.cr.execute("ANALYZE")
    return len(products)


def customer_vals(env, number):
    """A buyer as plain Odoo's user would have typed it."""
    return {
        "name": f"Bench Customer {number}",
        "ref": f"BENCH{number:05d}",
        "email": f"c{number}@bench.example.com",
        "phone": f"+8491{number:07d}",
        "street": f"{number} Bench street",
        "city": "Hanoi",
        "country_id": env.ref("base.vn").id,
    }


def configure(bench, **values):
    """Switch the suite's features of the company on or off."""
    with bench.begin() as env:
        env.company.write(values)


def orders(bench, count, lines, approve=False):
    """Orders from the first value to the truck, each step a transaction of its own."""
    for number in range(count):
        with bench.begin() as env, bench.measure(env, "create"):
            order_id = create_order(env, lines, number).id
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
            order_id = create_order(env, lines, number).id
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


def switch_off_demo(bench):
    """As in a company that switched nothing on; demo data has some in use."""
    with bench.begin() as env:
        as_installed.switch_off_demo(env)


def seed_products(bench, count):
    """So many products with stock in one place, by SQL."""
    with bench.begin() as env:
        one = env["product.product"].search([("default_code", "=", "BENCH00000")])
        quant = env["stock.quant"].search(
            [("product_id", "=", one.id), ("quantity", ">", 0)], limit=1
        )
        cr = env.cr
        columns = columns_of(cr, "product_template")
        cr.execute(
            f"INSERT INTO product_template ({columns}) SELECT {columns}"
            " FROM product_template, generate_series(1, %s) WHERE id = %s",
            [count, one.product_tmpl_id.id],
        )
        columns = columns_of(cr, "product_product", "product_tmpl_id", "default_code")
        cr.execute(
            f"INSERT INTO product_product (product_tmpl_id, default_code, {columns})"
            f" SELECT tmpl.id, 'MANY' || tmpl.id, {_of('one', columns)}"
            " FROM product_product one, product_template tmpl"
            " WHERE one.id = %s AND tmpl.id > (SELECT max(product_tmpl_id)"
            " FROM product_product)",
            [one.id],
        )
        columns = columns_of(cr, "stock_quant", "product_id", "reserved_quantity")
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


def _warehouse(env):
    return env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)


def _many(env):
    return env["product.product"].search([("default_code", "like", "MANY%")])


def create_order(env, lines, number):
    """A quotation of a customer."""
    products = env["product.product"].search(
        [("default_code", "like", "BENCH%")], order="id"
    )
    chosen = (products + products)[number % 50 : number % 50 + lines]
    partner = env["res.partner"].search([("ref", "=", "BENCH00000")], limit=1)
    return env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 2})
                for product in chosen
            ],
        }
    )


def columns_of(cr, table, *without):
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

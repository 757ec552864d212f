"""One operating system process that makes, confirms and ships orders."""

import random
import time

from .. import as_installed, harness
from ..worker import BaseWorker, main

SKUS, ORDERS, LINES, RIVALS = 20, 80, 3, 4


def seed(env, number, with_orders=True):
    """Scarce products and the orders that fight for them; a draft for each if wanted.

    :return: {products, orders: ids or [], baskets: [{product id: quantity}]}
    """
    draw = random.Random(number)
    products = env["product.product"].create(
        [
            {"name": f"Scarce {number}-{i}", "is_storable": True, "list_price": 10}
            for i in range(SKUS)
        ]
    )
    for product in products:
        env["stock.quant"]._update_available_quantity(
            product, stock_location(env), draw.randint(8, 14)
        )
    baskets = []
    for number in range(ORDERS):
        if number % RIVALS == 0:  # what everybody wants at this moment
            wanted = draw.sample(products.ids, LINES)
        baskets.append({product_id: draw.randint(1, 3) for product_id in wanted})
    orders = env["sale.order"]
    if with_orders:
        orders = orders.create([order_vals(env, basket) for basket in baskets])
    return {"products": products.ids, "orders": orders.ids, "baskets": baskets}


def switch_off_demo(env):
    as_installed.switch_off_demo(env)
    return True


def stock_location(env):
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", env.company.id)], limit=1
    )
    return warehouse.lot_stock_id


def order_vals(env, basket):
    return {
        "partner_id": env.ref("base.res_partner_2").id,
        "order_line": [
            (0, 0, {"product_id": int(product_id), "product_uom_qty": quantity})
            for product_id, quantity in basket.items()
        ],
    }


def stock_up(env, product_ids, quantity):
    """More of each product, as if it had always been there."""
    location = stock_location(env)
    for product in env["product.product"].browse(product_ids):
        env["stock.quant"]._update_available_quantity(product, location, quantity)
    return True


def seed_deliveries(env, number):
    """Enough stock for everybody, and a delivery ready to be validated per order.

    :return: {products, pickings: ids}
    """
    data = seed(env, number)
    stock_up(env, data["products"], 1000)
    orders = env["sale.order"].browse(data["orders"])
    orders.action_confirm()
    return {"products": data["products"], "pickings": orders.picking_ids.ids}


def create_and_confirm(env, basket):
    order = env["sale.order"].create(order_vals(env, basket))
    order.action_confirm()
    return order.id


def confirm_without_hooks(env, order_ids):
    """Confirm as if the process ended right after its commit: no post-commit hook."""
    env["sale.order"].browse(order_ids).action_confirm()
    env.cr.flush()
    env.cr.postcommit.clear()
    return True


def run_cron(env, xml_id):
    env.ref(xml_id).method_direct_trigger()
    return True


class Worker(BaseWorker):
    def confirm_all(self, start_at, baskets):
        """Each basket becomes a confirmed order in a transaction of its own.

        :return: {orders: ids, errors: texts, ended_at: epoch seconds}
        """
        self.wait_for(start_at)
        orders, errors = [], []
        for basket in baskets:
            try:
                orders.append(self.call("create_and_confirm", basket))
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}")
        return {"orders": orders, "errors": errors, "ended_at": time.time()}

    def press_all(self, start_at, url, model, method, ids, context):
        """Log in to a server as the web client does and press a button on each record.

        :return: {errors: texts, ended_at: epoch seconds}
        """
        session = harness.Session(url, self.registry.db_name)
        self.wait_for(start_at)
        errors = []
        for record_id in ids:
            try:
                session.button(model, method, [record_id], **context)
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}")
        return {"errors": errors, "ended_at": time.time()}


if __name__ == "__main__":
    main(Worker, globals())

"""One operating system process that takes many orders a step further."""

import os
import signal

from ..worker import BaseWorker, main


def prepare(env, count):
    """Confirmed orders with their goods reserved, and a user who may ship.

    :return: ids of the orders
    """
    # no question about text messages, which somebody would have to answer
    if "stock_text_confirmation" in env.company._fields:
        env.company.stock_text_confirmation = False
    products = env["product.product"].create(
        [{"name": f"Bulk {n}", "is_storable": True} for n in range(5)]
    )
    stock = env["stock.warehouse"].search(
        [("company_id", "=", env.company.id)], limit=1
    )
    for product in products:
        env["stock.quant"]._update_available_quantity(
            product, stock.lot_stock_id, 10 * count
        )
    orders = env["sale.order"].create(
        [
            {
                "partner_id": env.ref("base.res_partner_2").id,
                "order_line": [
                    (0, 0, {"product_id": products[n % 5].id, "product_uom_qty": 2}),
                    (0, 0, {"product_id": products[-1 - n % 5].id}),
                ],
            }
            for n in range(count)
        ]
    )
    orders._confirm_in_bulk()
    return orders.ids


def make(env, kind, order_ids):
    """A batch that is not run yet; its id and the ids of its lines."""
    batch = env["order.batch"]._make(kind, env["sale.order"].browse(order_ids))
    return [batch.id, batch.line_ids.sorted("id").ids]


def run_part(env, batch_id, line_ids):
    return env["order.batch"].browse(batch_id)._run_part(line_ids)


def die_in_part(env, batch_id, line_ids):
    """Do all the work of a part and be killed before it is committed."""
    env["order.batch"].browse(batch_id)._run_part(line_ids)
    env.flush_all()
    os.kill(os.getpid(), signal.SIGKILL)


class Worker(BaseWorker):
    def race(self, moment, number, parts):
        """Run one of several parts at a given moment."""
        self.wait_for(moment)
        return self.call("run_part", *parts[number])


if __name__ == "__main__":
    main(Worker, globals())

"""Workers that invoice and credit the same orders at the same moment: run in
`odoo shell`.

Each has a cursor and a thread of its own and goes through Odoo's `retrying`, as a job
does.
"""

import random
import threading
from functools import partial
from unittest.mock import patch

from odoo import api
from odoo.modules.registry import Registry
from odoo.service.model import retrying

WORKERS = 3
ORDERS = 4


def make_orders(env, seed, policy):
    """A channel with orders that were shipped and are due."""
    product = env["product.product"].create(
        {
            "name": f"Raced {seed}",
            "type": "consu",
            "is_storable": True,
            "list_price": 10.0,
            "taxes_id": False,
            "invoice_policy": "delivery",
        }
    )
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", env.company.id)], limit=1
    )
    env["stock.quant"]._update_available_quantity(
        product, warehouse.lot_stock_id, 1000.0
    )
    channel = env["sale.channel"].create(
        {
            "name": f"Raced {policy} {seed}",
            "company_id": env.company.id,
            "approval_mode": "none",
            "invoice_policy": policy,
            "invoice_posting": "post",
            "credit_policy": "post",
        }
    )
    partner = env["res.partner"].create({"name": f"Raced {seed}"})
    orders = env["sale.order"].create(
        [
            {
                "partner_id": partner.id,
                "sale_channel_id": channel.id,
                "order_line": [
                    (0, 0, {"product_id": product.id, "product_uom_qty": 5.0})
                ],
            }
            for _order in range(ORDERS)
        ]
    )
    orders.action_confirm()
    orders.picking_ids.move_ids.quantity = 5.0
    orders.picking_ids.move_ids.picked = True
    orders.picking_ids.button_validate()
    make_due(orders)
    env.cr.commit()
    return orders


def make_due(orders):
    orders.write({"invoice_due_at": "2020-01-01 00:00:00"})


def send_back(env, orders):
    """Two units of each order come back."""
    for picking in orders.picking_ids:
        wizard = env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.write({"quantity": 2.0, "to_refund": True})
        back = env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
    make_due(orders)
    env.cr.commit()


def race(env, orders, seed, method):
    """All workers at once; -> what went wrong, in words."""
    rng = random.Random(seed)
    barrier = threading.Barrier(WORKERS, timeout=60)
    told = [None] * WORKERS
    waits = [rng.choice((0, 0, 0.01)) for _worker in range(WORKERS)]

    def work(index):
        with Registry(env.cr.dbname).cursor() as cr:
            own = api.Environment(cr, api.SUPERUSER_ID, {})
            mine = orders.with_env(own)
            # the snapshot, then all together
            mine.mapped("invoice_due_at")
            barrier.wait()
            threading.Event().wait(waits[index])
            try:
                retrying(partial(method, mine), own)
            except Exception as error:
                told[index] = repr(error)
                cr.rollback()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(WORKERS)]
    with patch("odoo.service.model.random.uniform", lambda low, high: 0.02):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    env.cr.rollback()
    env.invalidate_all()
    return [text for text in told if text]


def by_the_job(orders):
    """What the job does: skips rows that another worker has at hand."""
    orders.sale_channel_id._invoice_due()


def by_force(orders):
    """Without the look at locks: the write alone has to hold."""
    orders.filtered("invoice_due_at")._invoice_claimed()


def invoice_beside_somebody(env, policy="shipment"):
    """-> documents made while another transaction has one of the orders at hand, and
    after it."""
    orders = make_orders(env, "beside", policy)
    made = []
    with Registry(env.cr.dbname).cursor() as cr:
        orders[2].with_env(api.Environment(cr, api.SUPERUSER_ID, {})).lock_for_update()
        for release in (cr.rollback, lambda: None):
            by_the_job(orders)
            env.cr.commit()
            made.append(len(orders.invoice_ids))
            release()
    return {
        "made": made,
        "invoiced": orders.mapped("order_line.qty_invoiced"),
        "due": [bool(due) for due in orders.mapped("invoice_due_at")],
    }


def race_invoices(env, seed, policy="shipment"):
    """-> what each order was invoiced and credited, and what went wrong."""
    method = by_force if seed % 2 else by_the_job
    orders = make_orders(env, seed, policy)
    wrong = race(env, orders, seed, method)
    invoiced = orders.mapped("order_line.qty_invoiced")
    documents = len(orders.invoice_ids)
    send_back(env, orders)
    wrong += race(env, orders, seed, method)
    return {
        "wrong": wrong,
        "invoiced": invoiced,
        "documents": documents,
        "left": orders.mapped("order_line.qty_invoiced"),
        "credits": len(
            orders.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        ),
        "problems": [text for text in orders.mapped("invoice_problem") if text],
    }

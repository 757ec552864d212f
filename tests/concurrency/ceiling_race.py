"""Several people ship one order line at the same moment: run inside `odoo shell`.

Each session has a cursor and a thread of its own and goes through Odoo's `retrying`, as
a request does. The product keeps no stock, so no quant row makes the sessions queue up:
only the order line's counter is between them.
"""

import random
import threading
from contextlib import suppress
from functools import partial

from psycopg2 import Error

from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

APPROVED = 10


def make_transfers(env, mode, quantities):
    """One confirmed order line of `APPROVED` units and a transfer for each quantity."""
    env.company.approval_mode = mode
    product = env["product.product"].create(
        {"name": "Raced", "type": "consu", "is_storable": False}
    )
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Racer"}).id,
            "order_line": [
                (0, 0, {"product_id": product.id, "product_uom_qty": APPROVED})
            ],
        }
    )
    if mode == "explicit":
        order.action_submit()
        order.action_approve()
    order.action_confirm()
    transfers = order.picking_ids
    for _quantity in quantities[1:]:
        transfers |= order.picking_ids[:1].copy()
    transfers.action_confirm()
    for transfer, quantity in zip(transfers, quantities, strict=True):
        transfer.move_ids.write({"quantity": quantity, "picked": True})
    line = order.order_line
    assert transfers.move_ids.sale_line_id == line
    return line.id, transfers.ids


def ship(env, transfer_id, barrier, pause):
    """Validate one transfer; wait for the others with the snapshot already taken."""
    transfer = env["stock.picking"].browse(transfer_id)
    transfer.move_ids.mapped("quantity")
    if barrier:
        gate = barrier.pop()
        gate.wait(30)
        env.cr.execute("SELECT pg_sleep(%s)", [pause])
    transfer.with_context(skip_backorder=True, skip_sms=True).button_validate()


def run_session(env, transfer_id, gate, pause, results):
    # emptied by the first try: a retry waits for nobody
    barrier = [gate]
    try:
        with Registry(env.cr.dbname).cursor() as cr:
            own = api.Environment(cr, env.uid, dict(env.context))
            retrying(partial(ship, own, transfer_id, barrier, pause), own)
    except UserError as error:
        results[transfer_id] = str(error)
    except Exception as error:  # told to the test, which knows what is right
        results[transfer_id] = f"{type(error).__name__}: {error}"
    else:
        results[transfer_id] = None


def ship_and_swallow(env, transfer_id):
    """What careless code does: go on after the refusal, and commit."""
    try:
        ship(env, transfer_id, [], 0)
    except UserError as error:
        told = str(error)
    with suppress(Error):
        env.cr.commit()
    env.cr.rollback()
    env.invalidate_all()
    transfer = env["stock.picking"].browse(transfer_id)
    return [told, transfer.state, transfer.move_ids.mapped("state")]


def race(env, seed, mode):
    """One race; what each session was told, and what the database says then."""
    rng = random.Random(seed)
    quantities = [rng.randint(4, 9) for _session in range(rng.choice((2, 2, 3, 4)))]
    if sum(quantities) <= APPROVED:
        quantities[0] = APPROVED
    line_id, transfer_ids = make_transfers(env, mode, quantities)
    env.cr.commit()
    gate = threading.Barrier(len(quantities))
    results = {}
    threads = [
        threading.Thread(
            target=run_session,
            args=(env, transfer_id, gate, rng.choice((0, 0, 0.02)), results),
        )
        for transfer_id in transfer_ids
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    env.cr.rollback()
    env.invalidate_all()
    env.cr.execute(
        "SELECT COALESCE(SUM(quantity), 0) FROM stock_move "
        "WHERE sale_line_id = %s AND state = 'done'",
        [line_id],
    )
    [shipped] = env.cr.fetchone()
    line = env["sale.order.line"].browse(line_id)
    return {
        "seed": seed,
        "quantities": quantities,
        "told": [results.get(transfer_id, "lost") for transfer_id in transfer_ids],
        "shipped": float(shipped),
        "counter": line.net_shipped_qty,
    }

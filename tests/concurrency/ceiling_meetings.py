"""What else meets a shipment of the same order line at the same moment.

Imported inside `odoo shell`, beside `ceiling_race.py` and its ways to ship.
"""

import random
import threading
from functools import partial

from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

from .ceiling_race import APPROVED, make_transfers, ship


def meet(env, transfer_id, barrier, pause):
    """The snapshot is taken; wait for the other session."""
    transfer = env["stock.picking"].browse(transfer_id)
    transfer.move_ids.sale_line_id.mapped("net_shipped_qty")
    if barrier:
        barrier.pop().wait(30)
        env.cr.execute("SELECT pg_sleep(%s)", [pause])
    return transfer.move_ids.sale_line_id


def allow(env, transfer_id, barrier, pause, quantity):
    """A reviewer's decision, or the ordered quantity that approval follows."""
    line = meet(env, transfer_id, barrier, pause)
    if line.approval_mode == "explicit":
        line.write({"approved_qty": quantity, "cut_reason": "Decided meanwhile"})
    else:
        line.product_uom_qty = quantity


def mend(env, transfer_id, barrier, pause, quantity):
    meet(env, transfer_id, barrier, pause)
    env["stock.picking"].browse(transfer_id).move_ids.quantity = quantity


def make_meeting(env, mode, kind):
    """The order of `APPROVED` units as both find it.

    :return: line id, [(name, what a session does)]
    """
    if kind in ("raise", "cut"):
        quantity, allowed = (12, 12) if kind == "raise" else (APPROVED, 6)
        line_id, [transfer_id] = make_transfers(env, mode, [quantity])
        other = partial(allow, transfer_id=transfer_id, quantity=allowed)
        return line_id, [
            ("ship", partial(ship, transfer_id=transfer_id)),
            (kind, other),
        ]
    first, rest = (APPROVED, 4) if kind == "return" else (6, 4)
    line_id, [gone_id, next_id] = make_transfers(env, mode, [first, rest])
    ship(env, gone_id, [], 0)
    if kind == "mend":
        other = partial(mend, transfer_id=gone_id, quantity=9)
    else:
        wizard = env["stock.return.picking"].create({"picking_id": gone_id})
        wizard.product_return_moves.quantity = 4
        back_id = wizard.action_create_returns()["res_id"]
        back = env["stock.picking"].browse(back_id)
        back.move_ids.write({"quantity": 4, "picked": True})
        other = partial(ship, transfer_id=back_id)
    return line_id, [("ship", partial(ship, transfer_id=next_id)), (kind, other)]


def run_action(env, name, action, gate, pause, results):
    barrier = [gate]
    try:
        with Registry(env.cr.dbname).cursor() as cr:
            own = api.Environment(cr, env.uid, dict(env.context))

            def again():
                return action(own, barrier=barrier, pause=pause)

            retrying(again, own)
    except UserError as error:
        results[name] = str(error)
    except Exception as error:  # told to the test, which knows what is right
        results[name] = f"{type(error).__name__}: {error}"
    else:
        results[name] = None


def hold_meeting(env, seed, mode, kind):
    """One meeting; what both were told, and what the database says then."""
    rng = random.Random(seed)
    line_id, actions = make_meeting(env, mode, kind)
    env.cr.commit()
    gate, results = threading.Barrier(2), {}
    threads = [
        threading.Thread(
            target=run_action,
            args=(env, name, action, gate, rng.choice((0, 0, 0.02, 0.05)), results),
        )
        for name, action in actions
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    env.cr.rollback()
    env.invalidate_all()
    env.cr.execute(
        """
        SELECT COALESCE(SUM(
            CASE WHEN dest.usage = 'customer' THEN part.quantity ELSE -part.quantity END
        ), 0)
        FROM stock_move move JOIN stock_move_line part ON part.move_id = move.id
        JOIN stock_location dest ON dest.id = part.location_dest_id
        WHERE move.sale_line_id = %s AND move.state = 'done'
        """,
        [line_id],
    )
    [net] = env.cr.fetchone()
    line = env["sale.order.line"].browse(line_id)
    return {
        "seed": seed,
        "kind": kind,
        "ship": results.get("ship", "lost"),
        "other": results.get(kind, "lost"),
        "net": float(net),
        "counter": line.net_shipped_qty,
        "approved": line.approved_qty,
    }

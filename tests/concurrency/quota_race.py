"""Several people draw on the same quotas at the same moment: run in `odoo shell`.

Each session has a cursor and a thread of its own and goes through Odoo's `retrying`, as
a request does.
"""

import random
import threading
from functools import partial
from unittest.mock import patch

from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

LIMIT = 100


def make_world(env, seed):
    """A whole with two parts, and orders of the first part's customer."""
    env.company.approval_mode = "none"
    product = env["product.product"].create(
        {"name": f"Raced {seed}", "type": "service", "taxes_id": False}
    )
    partners = env["res.partner"].create([{"name": "One"}, {"name": "Two"}])
    common = {
        "period_type": "season",
        "date_from": "2020-01-01",
        "date_to": "2099-12-31",
        "product_scope": "product",
        "product_id": product.id,
    }
    whole = env["order.quota"].create(
        {**common, "name": f"Whole {seed}", "limit_qty": 2 * LIMIT + 20}
    )
    parts = env["order.quota"].create(
        [
            {
                **common,
                "name": f"{partner.name} {seed}",
                "scope_type": "customer",
                "partner_id": partner.id,
                "limit_qty": LIMIT,
                "parent_id": whole.id,
            }
            for partner in partners
        ]
    )
    (whole + parts).action_activate()
    return product, partners, whole, parts


def make_order(env, partner, product, quantity):
    return env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [
                (0, 0, {"product_id": product.id, "product_uom_qty": quantity})
            ],
        }
    )


def confirm(env, order_id, _quantity):
    env["sale.order"].browse(order_id).action_confirm()


def cancel(env, order_id, _quantity):
    env["sale.order"].browse(order_id)._action_cancel()


def change_line(env, order_id, quantity):
    env["sale.order"].browse(order_id).order_line.product_uom_qty = quantity


def transfer(env, transfer_id, _quantity):
    env["order.quota.transfer"].browse(transfer_id).action_approve()


def change_limit(env, quota_id, quantity):
    env["order.quota"].browse(quota_id).limit_qty = quantity


def run_session(env, act, gate, results, index):
    waiting = [gate]

    def work(own):
        # the snapshot is taken, then everybody goes; a retry waits for nobody
        own.cr.execute("SELECT 1 FROM order_quota LIMIT 1")
        if waiting:
            waiting.pop().wait(30)
        act(own)

    try:
        with Registry(env.cr.dbname).cursor() as cr:
            own = api.Environment(cr, env.uid, dict(env.context))
            retrying(partial(work, own), own)
    except UserError as error:
        results[index] = str(error)
    except Exception as error:  # told to the test, which knows what is right
        results[index] = f"{type(error).__name__}: {error}"
    else:
        results[index] = None


def run_all(env, acts):
    """Run all acts at once; one error text or None each."""
    env.cr.commit()
    gate = threading.Barrier(len(acts))
    results = {}
    threads = [
        threading.Thread(target=run_session, args=(env, act, gate, results, index))
        for index, act in enumerate(acts)
    ]
    with patch("odoo.service.model.random.uniform", lambda low, high: 0.01):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    env.cr.rollback()
    env.invalidate_all()
    return [results.get(index, "lost") for index in range(len(acts))]


def audit(env, quotas, orders, limits):
    """What must hold whatever happened; a list of what does not."""
    wrong = []
    for quota in quotas:
        moves = quota.move_ids
        used = sum(moves.mapped("delta_consumed"))
        if abs(used - quota.consumed_qty) > 1e-6 or quota.held_qty:
            wrong.append(f"{quota.name}: counter {quota.consumed_qty}, moves {used}")
        if quota.consumed_qty > quota.limit_qty + 1e-6:
            wrong.append(f"{quota.name}: {quota.consumed_qty} of {quota.limit_qty}")
        changed = limits[quota.id] + sum(moves.mapped("delta_limit"))
        if abs(changed - quota.limit_qty) > 1e-6:
            wrong.append(f"{quota.name}: limit {quota.limit_qty}, moves {changed}")
        given = sum(quota.child_ids.mapped("limit_qty"))
        if abs(given - quota.allocated_qty) > 1e-6 or given > quota.limit_qty + 1e-6:
            wrong.append(f"{quota.name}: {given} given of {quota.limit_qty}")
        taken = sum(
            order.order_line.product_uom_qty
            for order in orders
            if order.state == "sale"
            and quota.partner_id.id in (False, order.partner_id.id)
        )
        if abs(taken - quota.consumed_qty) > 1e-6:
            wrong.append(f"{quota.name}: orders {taken}, {quota.consumed_qty} counted")
    return wrong


def race_confirm(env, seed):
    """Sessions confirm orders of one customer that together are too much."""
    rng = random.Random(seed)
    product, partners, whole, parts = make_world(env, seed)
    quantities = [rng.randint(25, 70) for _session in range(rng.choice((2, 3, 4)))]
    orders = env["sale.order"]
    for quantity in quantities:
        orders |= make_order(env, partners[0], product, quantity)
    limits = {quota.id: quota.limit_qty for quota in whole + parts}
    told = run_all(env, [partial(confirm, order_id=o.id, _quantity=0) for o in orders])
    return {
        "seed": seed,
        "quantities": quantities,
        "told": told,
        "consumed": parts[0].consumed_qty,
        "wrong": audit(env, whole + parts, orders, limits),
    }


def race_mixed(env, seed):
    """Confirmations, cancellations, changes, transfers and new limits at once."""
    rng = random.Random(1000 + seed)
    product, partners, whole, parts = make_world(env, f"m{seed}")
    orders = env["sale.order"]
    for number in range(4):
        orders |= make_order(env, partners[number % 2], product, rng.randint(20, 50))
    orders[:2].action_confirm()
    wish = env["order.quota.transfer"].create(
        {
            "source_id": parts[0].id,
            "target_id": parts[1].id,
            "quantity": rng.randint(20, 70),
            "reason": "race",
        }
    )
    wish.action_request()
    limits = {quota.id: quota.limit_qty for quota in whole + parts}
    acts = [
        partial(confirm, order_id=orders[2].id, _quantity=0),
        partial(confirm, order_id=orders[3].id, _quantity=0),
        partial(cancel, order_id=orders[0].id, _quantity=0),
        partial(change_line, order_id=orders[1].id, quantity=rng.randint(1, 90)),
        partial(transfer, transfer_id=wish.id, _quantity=0),
        partial(change_limit, quota_id=parts[0].id, quantity=rng.randint(30, 130)),
        partial(change_limit, quota_id=parts[1].id, quantity=rng.randint(30, 130)),
    ]
    told = run_all(env, rng.sample(acts, 4))
    return {
        "seed": seed,
        "told": told,
        "wrong": audit(env, whole + parts, orders, limits),
    }

"""Invoices of shipped orders, one by one and in bulk."""

from .orders import PRODUCTS, create_order


def has_bulk(bench):
    """Whether the suite knows how to invoice in bulk."""
    with bench.begin() as env:
        return hasattr(env["sale.order"], "_invoice_in_bulk")


def one_by_one(bench, count, lines):
    """Plain Odoo: an invoice made and posted, then the next."""
    for order_id in _ship(bench, count, lines):
        with bench.begin() as env, bench.measure(env, "invoice"):
            order = env["sale.order"].browse(order_id)
            move = order._create_invoices()
            move.action_post()
            assert move.state == "posted"


def in_bulk(bench, count, lines):
    """The suite: all at once."""
    order_ids = _ship(bench, count, lines)
    with bench.begin() as env, bench.measure(env, "invoice", count):
        moves = env["sale.order"].browse(order_ids)._invoice_in_bulk()
        assert len(moves) == count, len(moves)
        assert set(moves.mapped("state")) == {"posted"}


def _ship(bench, count, lines):
    """Ids of orders that were shipped and wait for their invoice."""
    with bench.begin() as env:
        orders = env["sale.order"]
        for number in range(count):
            orders += create_order(env, lines, number % PRODUCTS)
        orders.action_confirm()
        orders.picking_ids.move_ids.picked = True
        orders.picking_ids.with_context(skip_sms=True).button_validate()
        assert set(orders.mapped("invoice_status")) == {"to invoice"}
        return orders.ids

"""The orders of a month on their way: approved, confirmed, shipped, invoiced, credited.

Each step takes what is still to be done from the database, so that an interrupted run
goes on where it was.
"""

import time
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from functools import partial

from feed import in_transaction

STEPS = ("shipped", "invoiced")
#: orders of one transaction; shipping reserves and values each line
_CHUNK = 25
#: seconds until records that nothing happens to are an error: the jobs of a running
#: server may be at work on them
_PATIENCE = 180


class Month:
    """The live orders of one month of the channel."""

    def __init__(self, database, channel_id, numbers, say):
        """:param numbers: of the month's orders, as the channel knows them"""
        self.run = partial(in_transaction, database)
        self.channel_id, self.numbers, self.say = channel_id, numbers, say
        self.seconds = {}

    def go(self, until):
        """Ship the month's orders and, ``until="invoiced"``, invoice them."""
        self._step("approve", self._find_quotations, _approve)
        self._step("ship", self._find_transfers, _ship)
        if until == "invoiced":
            self._step("invoice", self._find_due, _invoice)

    def take_back(self):
        """Receive what the customers sent back, and credit it."""
        self._step("take back", self._find_returns, _receive)
        self._step("credit", self._find_due, _invoice)

    def set_up(self, until):
        """Approval by a person, invoices at the shipment, credit notes at once."""

        def write(env):
            env["sale.channel"].browse(self.channel_id).write(
                {
                    "approval_mode": "explicit",
                    "invoice_policy": "shipment" if until == "invoiced" else "manual",
                    "invoice_posting": "post",
                    "invoice_date_rule": "shipment",
                    "credit_policy": "post",
                }
            )

        self.run(write)

    def _step(self, name, find, act):
        start = changed = time.monotonic()
        done = 0
        while ids := self.run(find):
            self.run(lambda env, ids=ids: act(env, ids, self.channel_id))
            if self.run(find) != ids:
                done += len(ids)
                changed = time.monotonic()
            elif time.monotonic() - changed > _PATIENCE:
                raise RuntimeError(f"{name}: {len(ids)} records stay as they are")
            else:
                time.sleep(1)
        self.seconds[name] = round(time.monotonic() - start, 1)
        self.say(f"{name}: {done:,} in {self.seconds[name]:,.0f} s")

    def _get_domain(self, prefix=""):
        return [
            (f"{prefix}sale_channel_id", "=", self.channel_id),
            (f"{prefix}channel_number", "in", self.numbers),
            (f"{prefix}is_channel_history", "=", False),
        ]

    def _find_quotations(self, env):
        domain = [*self._get_domain(), ("state", "in", ("draft", "sent"))]
        return env["sale.order"].search(domain, order="id", limit=_CHUNK).ids

    def _find_transfers(self, env):
        domain = [
            *self._get_domain("sale_id."),
            ("state", "not in", ("done", "cancel")),
            ("picking_type_code", "=", "outgoing"),
        ]
        return env["stock.picking"].search(domain, order="id", limit=_CHUNK).ids

    def _find_due(self, env):
        domain = [*self._get_domain(), ("invoice_due_at", "<=", datetime.utcnow())]
        return env["sale.order"].search(domain, order="id", limit=_CHUNK).ids

    def _find_returns(self, env):
        domain = [
            *self._get_domain("line_ids.order_id."),
            ("state", "=", "requested"),
        ]
        return env["channel.return"].search(domain, order="id", limit=_CHUNK).ids

    def check(self):
        """What the books say: a dict that JSON can hold."""
        return self.run(self._read)

    def _read(self, env):
        moves = env["account.move"].search(
            [("line_ids.sale_line_ids.order_id", "any", self._get_domain())]
        )
        orders = env["sale.order"].search(self._get_domain())
        totals = defaultdict(Decimal)
        for move in moves:
            totals[move.move_type] += Decimal(str(move.amount_total))
        left = sum(
            order.state != "sale" or order.invoice_status == "to invoice"
            for order in orders
        )
        returns = env["channel.return"].search(self._get_domain("line_ids.order_id."))
        return {
            "orders": len(orders),
            "order_total": _money(sum(orders.mapped("amount_total"))),
            "transfers": len(orders.picking_ids.filtered(lambda p: p.state == "done")),
            "invoices": len(moves),
            "drafts": len(moves.filtered(lambda move: move.state != "posted")),
            "invoice_total": f"{totals['out_invoice']:.2f}",
            "credit_total": f"{totals['out_refund']:.2f}",
            "return_total": _money(sum(returns.mapped("refund_amount"))),
            "left": left,
            "seconds": self.seconds,
            **_read_balance(env, moves),
        }


def _approve(env, ids, channel_id):
    orders = env["sale.order"].browse(ids)
    orders.filtered(lambda order: order.approval_state == "none").action_submit()
    orders.action_approve()
    days = {order: order.date_order for order in orders}
    orders._confirm_in_bulk()
    for order, day in days.items():
        # confirmed now, and ordered then
        order.date_order = day


def _ship(env, ids, channel_id):
    """Everything that was approved leaves; on the day on which it once did."""
    pickings = env["stock.picking"].browse(ids)
    for move in pickings.move_ids:
        # what could not be reserved was there all the same
        if move.product_uom.compare(move.quantity, move.product_uom_qty):
            move.quantity = move.product_uom_qty
    left = pickings.sale_id.with_context(skip_sms=True)._ship_in_bulk()
    if left:
        raise RuntimeError("; ".join(text for _shipped, text in left.values()))
    for picking in pickings:
        # read by the invoice: the day of the shipment
        picking.date_done = picking.sale_id.date_order


def _invoice(env, ids, channel_id):
    orders = env["sale.order"].browse(ids)
    orders = orders.try_lock_for_update(allow_referencing=True)
    orders._invoice_claimed()


def _receive(env, ids, channel_id):
    """A return is approved; its goods, if any, come back in its transfer and are
    accepted."""
    # the source does not tell why; the policy of the demonstration wants to know
    reason = env.ref("order_management.channel_return_reason_mind")
    for record in env["channel.return"].browse(ids):
        record.line_ids.filtered(lambda line: not line.reason_id).reason_id = reason
        record.action_approve()
        if record.state == "to_receive":
            record.with_context(skip_sms=True).action_receive()
        if record.to_inspect_qty:
            record.action_accept_all()


def _read_balance(env, moves):
    """The trial balance of these documents, and whether the company's books balance."""
    groups = env["account.move.line"]._read_group(
        [("move_id", "in", moves.ids), ("parent_state", "=", "posted")],
        ["account_id"],
        ["debit:sum", "credit:sum", "balance:sum"],
    )
    rows = [
        {
            "account": account.display_name,
            "debit": _money(debit),
            "credit": _money(credit),
            "balance": _money(balance),
        }
        for account, debit, credit, balance in groups
    ]
    everything = env["account.move.line"]._read_group(
        [("company_id", "=", moves.company_id.id), ("parent_state", "=", "posted")],
        [],
        ["debit:sum", "credit:sum"],
    )
    debit = sum((Decimal(row["debit"]) for row in rows), Decimal(0))
    credit = sum((Decimal(row["credit"]) for row in rows), Decimal(0))
    [(all_debit, all_credit)] = everything
    return {
        "trial_balance": sorted(rows, key=lambda row: row["account"]),
        "debit": f"{debit:.2f}",
        "credit": f"{credit:.2f}",
        "balanced": debit == credit and _money(all_debit) == _money(all_credit),
    }


def _money(amount):
    return f"{Decimal(str(amount or 0)):.2f}"


def is_good(books, until):
    """Whether all was shipped and invoiced, and the money is the same everywhere."""
    if until == "shipped":
        return not books["left"] and bool(books["transfers"])
    return (
        books["balanced"]
        and not books["left"]
        and not books["drafts"]
        and books["invoice_total"] == books["order_total"]
        and books["credit_total"] == books["return_total"]
    )


def describe(books):
    """The books as text for people."""
    yield (
        f"{books['orders']:,} orders of {books['order_total']} GBP, "
        f"{books['transfers']:,} transfers"
    )
    yield (
        f"{books['invoices']:,} documents: invoiced {books['invoice_total']}, credited "
        f"{books['credit_total']} of {books['return_total']} returned"
    )
    yield ""
    yield f"  {'account':<40}{'debit':>16}{'credit':>16}{'balance':>16}"
    for row in books["trial_balance"]:
        figures = (f"{Decimal(row[x]):>16,}" for x in ("debit", "credit", "balance"))
        yield f"  {row['account'][:39]:<40}" + "".join(figures)
    debit, credit = Decimal(books["debit"]), Decimal(books["credit"])
    yield f"  {'together':<40}{debit:>16,}{credit:>16,}{debit - credit:>16,}"
    yield f"  balanced: {'yes' if books['balanced'] else 'NO'}"

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.transient import is_transient
from .product_availability_query import OPEN_STATES
from .sale_order_line_availability import _find_date, _shift

#: products that one transaction of the cron looks at
_PRODUCTS = 200
#: a receipt that should be here already has no date any more
_NOW = timedelta(minutes=1)


class Supply(NamedTuple):
    """What is known about the goods of one line."""

    #: what is not there now, in the line's unit
    missing: float
    #: when all of it is there: a moment, None (now) or False (nobody knows)
    date: object


class SaleOrderLine(models.Model):
    """A line of an order; here: when its goods are promised to leave.

    The promise is kept, so that it can be compared with what became of it, and each
    change of its day is in the history. It follows real supply: what lies there and is
    not reserved, then what is on order, added up by date and given out in the order in
    which Odoo reserves. A receipt that is overdue changes no promise: nobody knows.
    """

    _inherit = "sale.order.line"

    promised_at = fields.Datetime(
        "Promised For",
        readonly=True,
        copy=False,
        help="When the goods are to leave, by what is there and on order.",
    )

    def _refresh_promises(self):
        """Promise confirmed lines anew; customers hear of a later day.

        Costs the same number of queries for any number of lines.
        """
        lines = self._filter_promised()
        if not lines:
            return
        before = lines.order_id._get_promises()
        supply = lines._get_supply()
        promises = {line: line._get_promise(supply[line]) for line in lines}
        lines._write_promises(promises)
        lines._sync_shortages(supply)
        lines.order_id._tell_promises(before)

    def _is_still_open(self):
        """Whether something of this line has not left yet."""
        self.ensure_one()
        return self.product_uom_id.compare(self.qty_delivered, self.product_uom_qty) < 0

    def _filter_promised(self):
        """Confirmed lines of goods, in companies that promise."""
        return self.sudo().filtered(
            lambda line: (
                line.order_id.company_id.has_shortages
                and line.state == "sale"
                and not line.order_id.is_channel_history
                and line._is_goods()
                and line.product_uom_qty > 0
            )
        )

    # supply

    def _get_supply(self):
        """What is known about the goods of these confirmed lines.

        :return: ``{line: Supply}``, for every line
        """
        queues, own_dates, asked = self._get_demand()
        products = self.env["product.product"].browse({key[0] for key in queues})
        warehouses = self.env["stock.warehouse"].browse({key[1] for key in queues})
        timelines = products._get_promise_timeline(warehouses)
        shorts, dates = defaultdict(float), defaultdict(list)
        for (product_id, warehouse_id), queue in queues.items():
            uom = products.browse(product_id).uom_id
            total = sum(missing for _move, missing in queue)
            # what can be promised to others, plus what these moves ask for themselves
            timeline = _shift(timelines[product_id, warehouse_id], total)
            taken = 0.0
            for move, missing in queue:
                taken += missing
                short = min(missing, taken - max(timeline[0][1], 0.0))
                if uom.compare(short, 0.0) <= 0 or move.sale_line_id not in self:
                    continue
                line = move.sale_line_id
                dates[line].append(_find_date(timeline, taken, uom))
                shorts[line, move.product_id] += short
        for line, moments in own_dates.items():
            dates[line] += moments
        shares = defaultdict(float)
        for (line, product), short in shorts.items():
            # a kit misses as much as the component that misses most
            shares[line] = max(shares[line], short / asked[line, product])
        return {
            line: Supply(line._get_open_share(shares.get(line)), _latest(dates[line]))
            for line in self
        }

    def _get_demand(self):
        """What is still to be taken from stock, in the order in which it will be.

        :return: (``{(product id, warehouse id): [(move, missing in the product's
            unit)]}``, ``{line: [when its own receipt or production is planned]}``,
            ``{(line, product): all that is open}``)
        """
        queues, own_dates = defaultdict(list), defaultdict(list)
        asked = defaultdict(float)
        for move in self._get_competing_moves():
            product = move.product_id
            asked[move.sale_line_id, product] += move.product_qty
            reserved = move.product_uom._compute_quantity(
                move.quantity, product.uom_id, round=False
            )
            missing = move.product_qty - reserved
            if product.uom_id.compare(missing, 0.0) <= 0:
                continue
            before = move.move_orig_ids.filtered(
                lambda origin: origin.state in OPEN_STATES
            )
            if before:
                line = move.sale_line_id
                # an earlier step of the same line is in the queue itself
                if line not in before.sale_line_id:
                    own_dates[line].append(max(before.mapped("date")))
                continue
            warehouse = move.location_id.warehouse_id
            if warehouse and product.is_storable:
                queues[product.id, warehouse.id].append((move, missing))
        return queues, own_dates, asked

    def _get_competing_moves(self):
        """Open moves to customers of the products of these lines, as Odoo reserves."""
        moves = self.env["stock.move"].sudo()
        own = moves.search(
            [("sale_line_id", "in", self.ids), ("state", "in", OPEN_STATES)]
        )
        found = moves.search(
            [
                ("product_id", "in", own.product_id.ids),
                ("sale_line_id", "!=", False),
                ("state", "in", OPEN_STATES),
                ("company_id", "in", own.company_id.ids),
            ],
        )
        return found.filtered(
            lambda move: (
                (move.location_final_id or move.location_dest_id)._is_customer_side()
                and not move.location_id._is_customer_side()
            )
        ).sorted(lambda move: (-int(move.priority or 0), move.date, move.id))

    def _get_open_share(self, share):
        """A part of what is still open of this line, in its unit."""
        self.ensure_one()
        if not share:
            return 0.0
        uom = self.product_uom_id
        still = max(self.product_uom_qty - self.qty_delivered, 0.0)
        return min(uom.round(still * share, rounding_method="UP"), still)

    # promises

    def _get_promise(self, supply):
        """The moment to promise this line for; False: none."""
        self.ensure_one()
        planned = self.order_id.commitment_date or self._expected_date()
        if supply.date is False:
            return False
        if supply.date is None:
            if self.promised_at and self.promised_at > planned:
                # there earlier than promised: not later than today, never in the past
                return min(self.promised_at, max(planned, fields.Datetime.now()))
            return planned
        if supply.date <= fields.Datetime.now() + _NOW:
            return self.promised_at or planned
        return max(planned, supply.date)

    def _write_promises(self, promises):
        """Store what changed, in one statement, and log changes of the day."""
        changed = {
            line: moment
            for line, moment in promises.items()
            if (line.promised_at or False) != moment
        }
        if not changed:
            return
        logged = defaultdict(self.browse)
        before = {line.id: _as_day(line.promised_at) for line in changed}
        for line, moment in changed.items():
            if _as_day(moment) != before[line.id]:
                logged[_as_day(moment)] |= line
        self.flush_model(["promised_at"])
        self.env.execute_query(
            SQL(
                """
                UPDATE sale_order_line line SET promised_at = promise.moment
                FROM unnest(%s, %s::timestamp[]) AS promise(id, moment)
                WHERE line.id = promise.id RETURNING line.id
                """,
                [line.id for line in changed],
                [moment or None for moment in changed.values()],
            )
        )
        self.invalidate_recordset(["promised_at"], flush=False)
        for day, lines in logged.items():
            lines._log_event("promise", before, day)

    def _sync_shortages(self, supply):
        """Bring the list of shortages up to date, and tell customers of new ones."""
        now = fields.Datetime.now() + _NOW
        facts = {
            line: (
                line_supply.missing,
                # overdue: nobody knows
                bool(line_supply.date) and line_supply.date > now and line_supply.date,
            )
            for line, line_supply in supply.items()
        }
        self.env["order.shortage"]._sync(facts)._tell()

    # when

    @api.model
    def _cron_refresh_promises(self):
        """Compare all promises with supply, some products a transaction."""
        cron = self.env["ir.cron"]
        companies = self.env["res.company"].search([("has_shortages", "=", True)])
        groups = self.env["stock.move"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("sale_line_id", "!=", False),
                ("state", "in", OPEN_STATES),
            ],
            ["product_id"],
        )
        ids = sorted(product.id for [product] in groups)
        cron._commit_progress(remaining=len(ids))
        for start in range(0, len(ids), _PRODUCTS):
            chunk = ids[start : start + _PRODUCTS]
            try:
                self._refresh_promises_of(companies, chunk)
            except Exception as error:
                if not is_transient(error):
                    raise
                # somebody works on these orders: their turn comes with the next run
                self.env.cr.rollback()
            if not cron._commit_progress(len(chunk)):
                break
        self.env["order.shortage"]._solve_over(companies)

    @api.model
    def _refresh_promises_of(self, companies, product_ids):
        moves = self.env["stock.move"].search(
            [
                ("company_id", "in", companies.ids),
                ("product_id", "in", product_ids),
                ("sale_line_id", "!=", False),
                ("state", "in", OPEN_STATES),
            ]
        )
        moves.sale_line_id._refresh_promises()


def _latest(moments):
    """The last of some moments: False if one is unknown, None where all is there."""
    if False in moments:
        return False
    known = [moment for moment in moments if moment]
    return max(known) if known else None


def _as_day(moment):
    return f"{moment:%Y-%m-%d}" if moment else None

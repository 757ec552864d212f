# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_FIELDS = (
    "sourcing_state",
    "sourcing_trace",
    "sourcing_rule_id",
    "sourced_at",
    "sourcing_key",
    "has_split_lines",
    "sourcing_summary",
    "sourcing_story",
)
#: what the outcome of the solver is called on the order
_STATES = {"full": "sourced", "partial": "partial", "none": "queued"}


class SaleOrder(models.Model):
    """An order; here: what was decided about its warehouses is done."""

    _inherit = "sale.order"

    def _apply_sourcing(self, plans, reason=None, lines=None):
        """Let goods follow plans of the solver; the orders are of one company.

        :param plans: ``{order: Plan}``; orders without one need nothing from stock
        :param reason: why it was done again
        :param lines: only these lines; None: all
        """
        orders = self.filtered(lambda order: order in plans)
        wanted = orders.order_line
        if lines is not None:
            wanted &= lines.with_env(self.env)
        # all at once: routes are looked up for it
        by_order = wanted._filter_sourced().grouped("order_id")
        targets, rows, bookings = {}, [], []
        for order in orders:
            plan = plans[order]
            if plan.parts:
                own = by_order.get(order, wanted.browse())
                main = plan.warehouses[0]
                targets.update(order._get_line_targets(plan.parts, main, own))
                bookings += order._prepare_bookings(plan.parts, plan.ready_on)
            rows.append(order._prepare_sourcing_row(plan, reason, targets))
        orders._move_goods(targets, rows)
        orders.env["order.sourcing.load"]._book(orders._filter_bookings(bookings))
        queued = orders.filtered(lambda order: plans[order].result == "none")
        queued._log_queued(reason)

    def _apply_choices(self, choices):
        """Let goods follow what a person, or a rule about orders, says.

        :param choices: ``{order: (warehouse id, parts, trace)}`` of these orders, whose
            room in a day was given back by the caller; see :meth:`_choose_by_hand`
        """
        lines = self.order_line._filter_sourced()
        by_order, stocked = lines.grouped("order_id"), lines._filter_stocked()
        targets, rows, bookings = {}, [], []
        for order, (warehouse_id, parts, trace) in choices.items():
            own = by_order.get(order, lines.browse())
            own = order._get_line_targets(parts, warehouse_id, own)
            houses = {house for part in own.values() for house, _qty in part}
            trace = {"chosen": sorted(houses) or [warehouse_id], "tries": [], **trace}
            torn = any(len(part) > 1 for part in own.values())
            torn = torn or order._has_torn_beside(own)
            key = order._get_sourcing_key()
            rows.append((order.id, trace["result"], trace, None, key, torn))
            whole = {line.id: part for line, part in own.items() if line in stocked}
            bookings += order._prepare_bookings(whole, None)
            targets |= own
        self._move_goods(targets, rows)
        self.env["order.sourcing.load"]._book(self._filter_bookings(bookings))
        reasons = {order.id: order.sourcing_summary for order in self}
        self._log_event("sourcing", reason=reasons)

    def _get_line_targets(self, parts, main, lines):
        """Where each of these lines of an order comes from.

        :param parts: ``{line id: ((warehouse id, quantity), ...)}``
        :param main: id of the warehouse that serves what ``parts`` does not name
        :param lines: those whose warehouse may be chosen
        :return: ``{line: ((warehouse id, quantity), ...)}``
        """
        self.ensure_one()
        targets = {}
        for line in lines:
            rows = list(parts.get(line.id, ()))
            quantity = line._get_sourcing_quantity()
            rest = quantity - sum(amount for _warehouse, amount in rows)
            if not line.product_uom_id.is_zero(max(rest, 0.0)) or not rows:
                given = dict(rows)
                given[main] = given.get(main, 0.0) + max(rest, 0.0)
                rows = sorted(given.items())
            targets[line] = tuple(rows)
        return targets

    def _has_torn_beside(self, targets):
        """Whether a line that stays where it is comes from several warehouses."""
        self.ensure_one()
        return self.has_split_lines and any(
            line.sourcing_line_ids and line not in targets for line in self.order_line
        )

    def _prepare_sourcing_row(self, plan, reason, targets):
        """(order id, state, trace, rule id, key, whether a line is torn)"""
        trace = {
            "result": plan.result,
            "chosen": list(plan.warehouses),
            "km": plan.distance,
            "cost": plan.cost,
            "date": plan.ready_on and plan.ready_on.isoformat(),
            "missing": {str(key): qty for key, qty in plan.missing.items()},
            "lines": len(plan.parts) + len(set(plan.missing) - set(plan.parts)),
            "reason": reason or "",
            "no_country": not self.partner_shipping_id.country_id,
            "tries": list(plan.tries),
        }
        torn = any(len(rows) > 1 for rows in plan.parts.values())
        if plan.missing and plan.parts:
            main = plan.warehouses[0]
            torn = torn or any(
                key in plan.parts and plan.parts[key][0][0] != main
                for key in plan.missing
            )
        torn = torn or self._has_torn_beside(targets)
        return (
            self.id,
            _STATES[plan.result],
            trace,
            plan.policy,
            self._get_sourcing_key(),
            torn,
        )

    def _move_goods(self, targets, rows):
        """Change the warehouses of lines; deliveries, holds and orders follow.

        :param targets: ``{line: ((warehouse id, quantity), ...)}``
        :param rows: what `_prepare_sourcing_row` returned
        """
        lines = self.env["sale.order.line"].union(*targets)
        changed = lines.filtered(lambda line: line._is_moved_by(targets[line]))
        waiting = lines.filtered(lambda line: line.state == "sale")
        (changed & waiting)._withdraw_demand()
        changed._set_sources(targets)
        self._store_sourcing(rows)
        self._set_order_warehouse(targets)
        if waiting:
            # asks for what is missing: nothing where nothing was withdrawn; Odoo asks
            # nothing for locked orders, whose goods a warehouse may have given back
            locked = waiting.order_id.filtered("locked")
            locked.locked = False
            waiting._action_launch_stock_rule()
            locked.locked = True
        changed._move_holds(targets)

    def _store_sourcing(self, rows):
        """Write what was decided, one statement for any number of orders.

        Not by the ORM: each order has a trace of its own, and would be written by
        itself.
        """
        if not rows:
            return
        self.flush_recordset()
        ids, states, traces, rules, keys, torn = zip(*rows, strict=True)
        self.env.execute_query(
            SQL(
                """
                UPDATE sale_order SET sourcing_state = new.state,
                    sourcing_trace = new.trace::jsonb, sourcing_rule_id = new.rule,
                    sourcing_key = new.key, has_split_lines = new.torn,
                    sourced_at = %(now)s
                FROM unnest(%(ids)s::int[], %(states)s::text[], %(traces)s::text[],
                        %(rules)s::int[], %(keys)s::text[], %(torn)s::bool[])
                    AS new (id, state, trace, rule, key, torn)
                WHERE sale_order.id = new.id RETURNING sale_order.id
                """,
                now=fields.Datetime.now(),
                ids=list(ids),
                states=list(states),
                traces=[json.dumps(trace) for trace in traces],
                rules=list(rules),
                keys=list(keys),
                torn=list(torn),
            )
        )
        self.invalidate_recordset(_FIELDS, flush=False)

    def _set_order_warehouse(self, targets):
        """An order whose lines all come from one warehouse is that warehouse's."""
        by_order = defaultdict(set)
        for line, rows in targets.items():
            by_order[line.order_id].update(warehouse for warehouse, _qty in rows)
        by_warehouse = defaultdict(self.browse)
        for order, warehouses in by_order.items():
            if len(warehouses) == 1 and order.warehouse_id.id not in warehouses:
                by_warehouse[min(warehouses)] |= order
        for warehouse_id, orders in by_warehouse.items():
            orders.with_context(order_management_sourcing=True).write(
                {"warehouse_id": warehouse_id}
            )

    def _prepare_bookings(self, parts, day):
        """What an order takes of the days of its warehouses."""
        self.ensure_one()
        units = defaultdict(float)
        for rows in parts.values():
            for warehouse_id, quantity in rows:
                units[warehouse_id] += quantity
        return [
            {
                "order_id": self.id,
                "warehouse_id": warehouse_id,
                "day": day,
                "unit_qty": quantity,
            }
            for warehouse_id, quantity in sorted(units.items())
        ]

    def _filter_bookings(self, bookings):
        """Those of warehouses whose day is limited, on the day that each ships."""
        houses = self.env["stock.warehouse"].browse(
            {vals["warehouse_id"] for vals in bookings}
        )
        limited = houses.filtered(lambda house: house._has_sourcing_limit())
        days = limited._get_sourcing_days() if limited else {}
        return [
            {**vals, "day": days[vals["warehouse_id"]]}
            for vals in bookings
            if vals["warehouse_id"] in days
        ]

    def _queue_unserved(self, lines, reason):
        """Orders whose lines were taken back and that no rule is about any more: they
        wait for a person as well, and say why."""
        left = self.filtered(
            lambda order: (
                order.sourcing_state != "queued"
                and any(line._is_unserved() for line in lines & order.order_line)
            )
        )
        trace = {"result": "none", "chosen": [], "reason": reason, "tries": []}
        left._store_sourcing(
            [
                (
                    order.id,
                    "queued",
                    trace,
                    None,
                    order._get_sourcing_key(),
                    order.has_split_lines,
                )
                for order in left
            ]
        )

    def _log_queued(self, reason):
        """The history tells which orders wait for a person."""
        if self:
            text = self.env._("No warehouse can serve it: waits for a person")
            self._log_event("sourcing", reason=f"{reason}. {text}" if reason else text)


class SaleOrderLine(models.Model):
    """A line; here: its goods follow the warehouse that was chosen."""

    _inherit = "sale.order.line"

    def _is_moved_by(self, rows):
        """Whether the line comes from elsewhere, or in other parts, than so far."""
        self.ensure_one()
        if len(rows) > 1 or self.sourcing_line_ids:
            return True
        return rows[0][0] != self.source_warehouse_id.id or (
            self.state == "sale" and rows[0][0] != self.warehouse_id.id
        )

    def _withdraw_demand(self):
        """Cancel the open moves of these lines; what they ask for is asked again."""
        moves = self.env["stock.move"]
        for line in self:
            moves |= line._get_open_sourced_moves()
        moves._action_cancel()

    def _take_back(self, warehouse):
        """Cancel what one warehouse was to send of these lines."""
        moves = self.env["stock.move"]
        for line in self:
            moves |= line._get_open_sourced_moves().filtered(
                lambda move: move.location_id.warehouse_id == warehouse
            )
        moves._action_cancel()

    def _filter_open_at(self, warehouse):
        """Lines of which something is to leave from this warehouse."""
        return self.filtered(
            lambda line: (
                warehouse in line._get_open_sourced_moves().location_id.warehouse_id
            )
        )

    def _is_unserved(self):
        """Whether some of a confirmed line is asked of no warehouse."""
        self.ensure_one()
        asked = self._get_qty_procurement()
        return self.product_uom_id.compare(asked, self.product_uom_qty) < 0

    def _set_sources(self, targets):
        """:param targets: ``{line: ((warehouse id, quantity), ...)}``"""
        by_warehouse, vals_list = defaultdict(self.browse), []
        for line in self:
            rows = targets[line]
            main = max(rows, key=lambda row: (row[1], -row[0]))[0]
            if line.source_warehouse_id.id != main:
                by_warehouse[main] |= line
            if len(rows) > 1:
                # what left counts as asked already, see `_get_room_by_warehouse`
                left = line._get_shipped_by_warehouse()
                vals_list += [
                    {
                        "line_id": line.id,
                        "warehouse_id": w,
                        "quantity": quantity + left[w],
                    }
                    for w, quantity in rows
                ]
        for warehouse_id, lines in by_warehouse.items():
            lines.write({"source_warehouse_id": warehouse_id})
        self.sourcing_line_ids.unlink()
        self.env["order.sourcing.line"].create(vals_list)

    def _move_holds(self, targets):
        """What is held for these lines is held where they come from now."""
        if not any(line.company_id.has_holds for line in self):
            return
        holds = self.order_id._get_active_holds()
        for hold in holds.filtered(lambda hold: hold.sale_line_id in self):
            rows = targets[hold.sale_line_id.with_env(self.env)]
            main = max(rows, key=lambda row: (row[1], -row[0]))[0]
            if hold.warehouse_id.id == main:
                continue
            try:
                with self.env.cr.savepoint():
                    hold.warehouse_id = main
                    hold.flush_recordset()
            except UserError as error:
                # stays where it was: a promise is never lost by moving it
                hold.invalidate_recordset()
                hold.order_id._log_event("stock", reason=str(error))

"""How the machine counts for itself, and what has to hold after each of its steps."""

import re
from fractions import Fraction

from hypothesis.stateful import invariant

#: noise of conversions: what the CHECK itself allows
TOLERANCE = Fraction(1, 1_000_000)
CEILING_WORDS = re.compile(r"already left for the customer; with this it would be")


def is_raised_in(error, module):
    """Whether an error comes from the code of an addon of Odoo."""
    frame = error.__traceback__
    while frame.tb_next:
        frame = frame.tb_next
    return f"/{module}/" in frame.tb_frame.f_code.co_filename


class Invariants:
    """Part of `machine.OrderMachine`: its order, its way to try an action."""

    # ------------------------------------------------------------- counting

    def is_outside(self, location):
        return location.usage == "customer"

    def get_crossing(self, part):
        into = self.is_outside(part.location_dest_id)
        out_of = self.is_outside(part.location_id)
        if out_of and part.location_dest_id.usage == "inventory":
            return 0
        return int(into) - int(out_of)

    def convert(self, quantity, unit, target):
        return (
            Fraction(str(quantity))
            * Fraction(str(unit.factor))
            / Fraction(str(target.factor))
        )

    def count(self, line, more=()):
        """What left for a line, in its unit, one move line after the other.

        :param more: (move, quantity) that would leave as well
        """
        moves = self.env["stock.move"].search(
            [("sale_line_id", "=", line.id), ("state", "=", "done")]
        )
        gone = [
            (move, self.get_crossing(part) * part.quantity, part.product_uom_id)
            for move in moves
            for part in move.move_line_ids
        ]
        gone += [(move, quantity, move.product_uom) for move, quantity in more]
        if line.product_id == self.case.cart:
            return self.count_kits(line, gone)
        return sum(
            (self.convert(q, unit, line.product_uom_id) for _move, q, unit in gone),
            Fraction(0),
        )

    def count_kits(self, line, gone):
        by_version = {}
        for move, quantity, unit in gone:
            version = by_version.setdefault(move.kit_version, {})
            product = move.product_id
            version[product.id] = version.get(product.id, 0) + self.convert(
                quantity, unit, product.uom_id
            )
        total = Fraction(0)
        for number, parts in by_version.items():
            made_of = line._get_kit_version(number)
            assert made_of in self.compositions, (number, made_of)
            total += max(
                parts[product_id] / Fraction(str(made_of[product_id]))
                for product_id in parts
            )
        return total

    def is_allowed(self, typed):
        """Whether these quantities of linked moves stay below the ceiling."""
        for line in self.order.order_line:
            more = [
                (move, quantity)
                for move, quantity in typed.items()
                if move.sale_line_id == line and self.is_outside(move.location_dest_id)
            ]
            if more and self.count(line, more) > Fraction(str(line.approved_qty)):
                return False
        return True

    def check_refusal_deserved(self, allowed):
        if allowed and CEILING_WORDS.search(self.refusal):
            raise AssertionError(f"refused though it was approved: {self.refusal}")

    # ------------------------------------------------------------- invariants

    @invariant()
    def counter_is_what_left(self):
        if not self.order:
            return
        for line in self.order.order_line:
            net = self.count(line)
            assert abs(net - Fraction(str(line.net_shipped_qty))) <= TOLERANCE, (
                line.product_id.name,
                float(net),
                line.net_shipped_qty,
            )
            assert net <= Fraction(str(line.approved_qty)) + TOLERANCE, (
                line.product_id.name,
                float(net),
                line.approved_qty,
            )

    @invariant()
    def follow_follows(self):
        if not self.order or self.order.approval_mode != "follow":
            return
        for line in self.order.order_line:
            if line.cut_reason:  # closed short: it follows no more
                assert line.approved_qty <= line.product_uom_qty
            else:
                assert line.approved_qty == line.product_uom_qty

    @invariant()
    def demand_within_approval(self):
        if not self.order or self.order.state != "sale":
            return
        for line in self.order.order_line[:2]:
            if line.id in self.by_hand:
                continue
            demand = sum(
                self.convert(
                    move.product_uom_qty, move.product_uom, line.product_uom_id
                )
                for move in line.move_ids
                if move.state not in ("done", "cancel")
                and self.is_outside(move.location_dest_id)
            )
            room = Fraction(str(line.approved_qty)) - self.count(line)
            assert demand <= room + TOLERANCE, (
                line.product_id.name,
                float(demand),
                float(room),
            )

    @invariant()
    def events_stay(self):
        """History is append-only."""
        if not self.order:
            return
        rows = self.env["order.event"].search_read(
            [("order_id", "=", self.order.id)], ["kind", "from_state", "to_state"]
        )
        now = {row["id"]: row for row in rows}
        for event_id, row in self.events.items():
            assert now.get(event_id) == row, (event_id, row)
        self.events = now

    def check_not_stuck(self):
        """Whatever happened: what is approved and still here can leave, no more."""
        for line in self.order.order_line[:2]:
            room = Fraction(str(line.approved_qty)) - self.count(line)
            unit = line.product_id.uom_id
            quantity = float(room) * line.product_uom_id.factor / unit.factor
            vals = {"product_id": line.product_id.id, "product_uom": unit.id}
            if quantity > 0:
                with self.trying():
                    self.case._do(self.case._make_direct_move(quantity, line, **vals))
                assert not self.refusal, f"stuck: {self.refusal}"
            with self.trying():
                self.case._do(self.case._make_direct_move(1, line, **vals))
            assert CEILING_WORDS.search(self.refusal), "one more left than approved"

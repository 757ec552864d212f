"""OM-10 as properties: any sequence of what people do, the invariants after each step.

Imported inside `odoo shell`. The machine drives one order of three lines (pieces,
dozens, a kit) through Odoo's own methods and counts for itself, slowly and in
fractions, what left. Every example runs in a savepoint of its own.
"""

import sys
from collections import Counter
from contextlib import contextmanager

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.reporting import with_reporter
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.sql_db import Savepoint

from odoo.addons.order_management.tests.ceiling_common import CeilingCase

from .machine_count import CEILING_WORDS, Invariants, is_raised_in

#: which of the things at hand (taken modulo their number)
which = st.integers(0, 5)
pieces = st.integers(0, 15)


class OrderMachine(Invariants, RuleBasedStateMachine):
    case = None
    #: how often each action was tried, refused, refused by the ceiling
    tally = Counter()

    def __init__(self):
        super().__init__()
        self.env = self.case.env
        self.savepoint = Savepoint(self.env.cr)
        self.order = None
        self.by_hand = set()
        self.events = {}
        self.compositions = [dict(self.case.cart_made_of)]
        self.refusal = ""

    def teardown(self):
        try:
            if self.order:
                self.check_not_stuck()
        finally:
            self.savepoint.rollback()
            self.savepoint.close(rollback=False)
            self.env.invalidate_all(flush=False)
            self.env.transaction.clear()

    @initialize(
        mode=st.sampled_from(["follow", "explicit"]),
        steps=st.sampled_from(["ship_only", "ship_only", "pick_ship"]),
        ordered=st.tuples(*[st.integers(1, 12)] * 3),
        cut=st.integers(0, 3),
    )
    def start(self, mode, steps, ordered, cut):
        case = self.case
        case.company.approval_mode = mode
        case.warehouse.delivery_steps = steps
        self.order = self.env["sale.order"].create(
            {
                "partner_id": case.partner.id,
                "company_id": case.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_id": unit.id,
                            "product_uom_qty": quantity,
                        }
                    )
                    for product, unit, quantity in zip(
                        (case.product, case.egg, case.cart),
                        (case.unit, case.dozen, case.unit),
                        ordered,
                        strict=True,
                    )
                ],
            }
        )
        if mode == "explicit":
            self.order.action_submit()
            if cut:
                line = self.order.order_line[0]
                self.decide(line, max(line.product_uom_qty - cut, 0))
            self.order.action_approve()
        self.order.action_confirm()

    @contextmanager
    def trying(self):
        """An action that may be refused, by Odoo or by us; that leaves no trace."""
        try:
            with self.env.cr.savepoint():
                yield
                self.env.flush_all()
        except UserError as error:
            self.env.invalidate_all()
            self.refusal = str(error)
        except ZeroDivisionError as error:
            # plain Odoo values a return by its delivery, worth nothing when mended
            if not is_raised_in(error, "stock_account"):
                raise
            self.env.invalidate_all()
            self.refusal = "Odoo cannot value the return"
        else:
            self.refusal = ""
        # the rule, past contextlib's __exit__
        rule_name = sys._getframe(2).f_code.co_name
        ceiling = bool(CEILING_WORDS.search(self.refusal))
        outcome = "ceiling" if ceiling else "refused" if self.refusal else "done"
        self.tally[rule_name, outcome] += 1

    def pick(self, records, number):
        return records[number % len(records)] if records else records

    def get_line(self, number):
        return self.pick(self.order.order_line, number)

    def get_open(self):
        return self.order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )

    def get_done(self):
        return self.order.picking_ids.filtered(lambda picking: picking.state == "done")

    def decide(self, line, quantity):
        line.with_user(self.case.users["reviewer"]).write(
            {"approved_qty": quantity, "cut_reason": "Decided by the machine"}
        )

    def taint(self, moves):
        """Demand made or counted by hand is not the procurement's any more."""
        self.by_hand |= set(moves.sale_line_id.ids)

    @rule(number=which, quantities=st.lists(pieces, min_size=5, max_size=5))
    def ship(self, number, quantities):
        """Any quantities typed into a transfer; the rest becomes a backorder."""
        picking = self.pick(self.get_open(), number)
        if not picking:
            return
        moves = picking.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        typed = dict(zip(moves, quantities, strict=False))
        allowed = self.is_allowed(typed)
        for move, quantity in typed.items():
            if quantity > move.product_uom_qty:
                # more picked than asked for: the next step asks for all of it
                self.taint(move)
        with self.trying():
            for move, quantity in typed.items():
                move.quantity = quantity
            moves.picked = True
            picking.with_context(skip_backorder=True).button_validate()
        self.check_refusal_deserved(allowed)

    @rule(number=which)
    def ship_all(self, number):
        picking = self.pick(self.get_open(), number)
        if not picking:
            return
        with self.trying():
            self.case._ship(picking)

    @rule(number=which)
    def ship_without_backorder(self, number):
        picking = self.pick(self.get_open(), number)
        if not picking:
            return
        with self.trying():
            picking.move_ids[:1].write({"quantity": 1, "picked": True})
            picking.with_context(
                skip_backorder=True, picking_ids_not_to_backorder=picking.ids
            ).button_validate()

    @rule(number=which, quantity=pieces, dozens=st.booleans())
    def ship_direct(self, number, quantity, dozens):
        line = self.get_line(number)
        if not quantity or line.product_id == self.case.cart:
            return
        unit = self.case.dozen if dozens else self.case.unit
        move = self.case._make_direct_move(
            quantity, line, product_id=line.product_id.id, product_uom=unit.id
        )
        self.taint(move)
        allowed = self.is_allowed({move: quantity})
        with self.trying():
            self.case._do(move)
        self.check_refusal_deserved(allowed)

    @rule(number=which, quantity=st.integers(1, 4))
    def extra_in_transfer(self, number, quantity):
        picking = self.pick(self.get_open(), number)
        if not picking:
            return
        self.by_hand |= set(self.order.order_line.ids)
        with self.trying():
            extra = self.case._make_direct_move(quantity, picking_id=picking.id)
            extra._action_confirm(merge=False)
            extra.quantity = quantity
            self.case._ship(picking)

    @rule(number=which, quantity=st.integers(1, 6), refund=st.booleans())
    def give_back(self, number, quantity, refund):
        picking = self.pick(self.get_done(), number)
        if not picking:
            return
        self.taint(picking.move_ids)
        with self.trying():
            self.case._return(picking, quantity, refund)

    @rule(number=which, quantity=pieces)
    def mend_done(self, number, quantity):
        part = self.pick(self.get_done().move_ids.move_line_ids, number)
        if not part:
            return
        self.taint(part.move_id)
        with self.trying():
            part.quantity = quantity

    @rule(number=which)
    def mend_place(self, number):
        part = self.pick(self.get_done().move_ids.move_line_ids, number)
        if not part:
            return
        self.taint(part.move_id)
        with self.trying():
            part.location_dest_id = (
                self.case.customers
                if part.location_dest_id == self.case.stock
                else self.case.stock
            )

    @rule(number=which, quantity=st.integers(0, 15))
    def decide_quantity(self, number, quantity):
        line = self.get_line(number)
        with self.trying():
            self.decide(line, quantity)

    @rule(number=which, quantity=st.integers(0, 15))
    def change_ordered(self, number, quantity):
        line = self.get_line(number)
        with self.trying():
            line.product_uom_qty = quantity

    @rule(number=which)
    def cancel_transfer(self, number):
        picking = self.pick(self.get_open(), number)
        if picking:
            with self.trying():
                picking.action_cancel()

    @rule(number=which)
    def copy_transfer(self, number):
        picking = self.pick(self.order.picking_ids, number)
        if not picking:
            return
        self.taint(picking.move_ids)
        with self.trying():
            picking.copy().action_confirm()

    @rule(number=which)
    def split_transfer(self, number):
        picking = self.pick(self.get_open(), number)
        if not picking:
            return
        with self.trying():
            picking.move_ids[:1].quantity = 1
            picking.action_split_transfer()

    @rule()
    def merge_transfers(self):
        pickings = self.get_open()
        if len(pickings) < 2:
            return
        first, second = pickings[0], pickings[1]
        if first.picking_type_id != second.picking_type_id:
            return
        with self.trying():
            second.do_unreserve()
            second.move_ids.picking_id = first
            first.move_ids._merge_moves()

    @rule(number=which)
    def detach(self, number):
        """Nobody takes goods that left away from the order."""
        moves = self.get_done().move_ids.filtered(
            lambda move: move.state == "done" and move.sale_line_id
        )
        move = self.pick(moves, number)
        if not move:
            return
        with self.trying():
            move.sale_line_id = False
        assert self.refusal, "a done move was detached"

    @rule()
    def start_anew(self):
        """Cancelled, back to a quotation, approved and confirmed again."""
        self.by_hand |= set(self.order.order_line.ids)
        with self.trying():
            self.order._action_cancel()
            self.order.action_draft()
            if self.order.approval_mode == "explicit":
                self.order.action_submit()
                self.order.action_approve()
            self.order.action_confirm()

    @rule(number=which)
    def short_close(self, number):
        line = self.get_line(number)
        if not hasattr(line, "action_short_close"):
            return
        with self.trying():
            line.with_user(self.case.users["reviewer"]).action_short_close("Enough")

    @rule(wheels=st.integers(2, 4))
    def change_kit(self, wheels):
        """From now on a cart is made of something else."""
        case = self.case
        bom = self.env["mrp.bom"].search(
            [("product_tmpl_id", "=", case.cart.product_tmpl_id.id)]
        )
        part = bom.bom_line_ids.filtered(lambda x: x.product_id == case.wheel)
        part.product_qty = wheels
        self.compositions.append({case.frame.id: 1, case.wheel.id: wheels})
        # Odoo weighs all moves by the bill of materials of today
        self.by_hand |= {self.order.order_line[2].id}


class Properties(CeilingCase):
    """Where the machine runs: a company, its products, and a cart of two parts."""

    examples = 30
    steps = 12
    seed = None
    shrink = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.egg = cls._make_product("Egg")
        cls.egg.uom_ids = cls.dozen
        cls.frame, cls.wheel = cls._make_product("Frame"), cls._make_product("Wheel")
        cls.cart = cls.env["product.product"].create({"name": "Cart", "type": "consu"})
        cls.cart_made_of = {cls.frame.id: 1, cls.wheel.id: 4}
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.cart.product_tmpl_id.id,
                "type": "phantom",
                "company_id": cls.company.id,
                "bom_line_ids": [
                    Command.create({"product_id": part, "product_qty": quantity})
                    for part, quantity in cls.cart_made_of.items()
                ],
            }
        )

    def test_any_sequence(self):
        machine = type("Machine", (OrderMachine,), {"case": self, "tally": Counter()})
        if self.seed is not None:
            machine = seed(self.seed)(machine)
        said = []
        try:
            with with_reporter(said.append):
                run_state_machine_as_test(machine, settings=self.get_settings())
        except BaseException as error:
            raise AssertionError("\n".join(map(str, said))) from error
        self.check_not_vacuous(machine.tally)

    def check_not_vacuous(self, tally):
        """Every action went through at least once, and the ceiling spoke."""
        told = Counter()
        for (_name, outcome), count in tally.items():
            told[outcome] += count
        self.assertGreater(told["done"], self.examples, tally)
        self.assertGreater(told["ceiling"], self.examples, tally)

    def get_settings(self):
        return settings(
            max_examples=self.examples,
            stateful_step_count=self.steps,
            derandomize=self.seed is None,
            database=None,
            deadline=None,
            print_blob=False,
            verbosity=Verbosity.normal,
            # shrinking takes minutes: only for whoever looks for the cause
            phases=(Phase.generate, Phase.shrink) if self.shrink else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )

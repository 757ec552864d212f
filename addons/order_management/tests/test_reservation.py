# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import gc
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from unittest.mock import patch

import psycopg2.errors

from odoo import sql_db
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from ..models import stock_quant_turn

CRON = "order_management.ir_cron_reserve_deferred"


@tagged("post_install", "-at_install", "meets_others")
class TestReservation(TransactionCase):
    """OM-29: reservation is exact. Rivals are played by a second connection that
    holds the turn of a product; real processes fight in the suite's own tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.cron = cls.env.ref(CRON)
        cls.apple = cls._create_product("Apple", 10)
        cls.pear = cls._create_product("Pear", 10)

    @classmethod
    def _create_product(cls, name, on_hand=0, **vals):
        product = cls.env["product.product"].create(
            {"name": name, "is_storable": True, **vals}
        )
        if on_hand:
            cls.env["stock.quant"]._update_available_quantity(
                product, cls.stock, on_hand
            )
        return product

    def _create_delivery(self, *needs):
        return self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": self.stock.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": self.stock.id,
                            "location_dest_id": self.env.ref(
                                "stock.stock_location_customers"
                            ).id,
                        }
                    )
                    for product, quantity in needs
                ],
            }
        )

    @contextmanager
    def _rival_of(self, product):
        """Another connection is changing the stock of this product."""
        with sql_db.db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '5s'")
            cr.execute(
                "SELECT pg_advisory_xact_lock_shared(%s, %s)",
                [stock_quant_turn._LOCK_SPACE, product.id],
            )
            yield

    def _has_turn(self, product):
        """Whether any connection owns the turn of this product."""
        self.env.cr.execute(
            """SELECT count(*) FROM pg_locks
                WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted
                  AND classid = %s AND objid = %s""",
            [stock_quant_turn._LOCK_SPACE, product.id],
        )
        return bool(self.env.cr.fetchone()[0])

    def _reserved(self, product):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", self.stock.id)]
        )
        lines = self.env["stock.move.line"].search(
            [("product_id", "=", product.id), ("state", "!=", "done")]
        )
        in_quants = sum(quants.mapped("reserved_quantity"))
        self.assertEqual(in_quants, sum(lines.mapped("quantity_product_uom")))
        return in_quants

    def _triggers(self):
        return self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])

    # nobody else wants it: as in plain Odoo

    def test_reserved_at_once_when_nobody_else_wants_it(self):
        before = self._triggers()
        delivery = self._create_delivery((self.apple, 4), (self.pear, 12))
        delivery.action_confirm()
        apple, pear = delivery.move_ids
        self.assertEqual(apple.state, "assigned")
        self.assertEqual(pear.state, "partially_available")
        self.assertEqual(self._reserved(self.apple), 4)
        self.assertEqual(self._reserved(self.pear), 10)
        self.assertFalse((apple | pear).filtered("is_reservation_deferred"))
        self.assertEqual(self._triggers(), before)

    def test_second_move_of_a_product_gets_what_the_first_left(self):
        delivery = self._create_delivery((self.apple, 7), (self.pear, 1))
        other = self._create_delivery((self.apple, 7))
        (delivery | other).move_ids._action_confirm(merge=False)
        states = (delivery | other).move_ids.mapped("state")
        self.assertCountEqual(states, ["assigned", "partially_available", "assigned"])
        self.assertEqual(self._reserved(self.apple), 10)

    def test_same_product_twice_in_one_call(self):
        delivery = self._create_delivery((self.apple, 7), (self.apple, 7))
        delivery.move_ids._action_confirm(merge=False)
        self.assertEqual(delivery.move_ids.mapped("quantity"), [7, 3])
        self.assertEqual(self._reserved(self.apple), 10)

    def test_calls_do_not_mix_up_their_lines(self):
        """Each call of the transaction creates the lines that it collected itself."""
        Move = type(self.env["stock.move"])
        plain, kept = Move._update_reserved_quantity_vals, []

        def keep_environment(move, *args, **kwargs):
            # alive, the next call could find it again: its context is equal but for
            # the collection
            kept.append(move.env)
            return plain(move, *args, **kwargs)

        with patch.object(Move, "_update_reserved_quantity_vals", keep_environment):
            for _number in range(3):
                delivery = self._create_delivery((self.apple, 1), (self.pear, 1))
                delivery.action_confirm()
                gc.collect()
                self.assertEqual(len(delivery.move_line_ids), 2)
        self.assertEqual(len(kept), 6)
        self.assertEqual(self._reserved(self.apple), 3)

    def test_reserving_more_later_adds_to_the_same_line(self):
        delivery = self._create_delivery((self.apple, 15))
        delivery.action_confirm()
        self.env["stock.quant"]._update_available_quantity(self.apple, self.stock, 5)
        delivery.action_assign()
        self.assertEqual(delivery.move_ids.state, "assigned")
        self.assertEqual(len(delivery.move_line_ids), 1)
        self.assertEqual(self._reserved(self.apple), 15)

    def test_lots_are_chosen_as_in_plain(self):
        honey = self._create_product("Honey", tracking="lot")
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": honey.id} for name in ("A", "B")]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(
                honey, self.stock, 3, lot_id=lot
            )
        delivery = self._create_delivery((honey, 5))
        delivery.action_confirm()
        self.assertEqual(
            [(ml.lot_id.name, ml.quantity) for ml in delivery.move_line_ids],
            [("A", 3), ("B", 2)],
        )
        self.assertEqual(self._reserved(honey), 5)

    def test_pieces_with_serial_numbers(self):
        clock = self._create_product("Clock", tracking="serial")
        lots = self.env["stock.lot"].create(
            [{"name": f"S{i}", "product_id": clock.id} for i in range(3)]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(
                clock, self.stock, 1, lot_id=lot
            )
        delivery = self._create_delivery((clock, 2))
        delivery.action_confirm()
        self.assertEqual(delivery.move_line_ids.lot_id, lots[:2])
        self.assertEqual(delivery.move_ids.state, "assigned")

    def test_delivering_frees_and_takes(self):
        delivery = self._create_delivery((self.apple, 4))
        delivery.action_confirm()
        delivery.move_ids.picked = True
        delivery._action_done()
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.apple.id), ("location_id", "=", self.stock.id)]
        )
        self.assertEqual((quant.quantity, quant.reserved_quantity), (6, 0))

    def test_second_step_waits_for_the_first(self):
        self.warehouse.delivery_steps = "pick_ship"
        with self._rival_of(self.pear):
            pick = self._create_delivery((self.apple, 4))
            pick.picking_type_id = self.warehouse.pick_type_id
            pick.action_confirm()
        ship = pick.move_ids.move_dest_ids
        self.assertEqual(pick.move_ids.state, "assigned")
        self.assertFalse(ship.filtered("is_reservation_deferred"))

    def test_queries_do_not_grow_beyond_plain(self):
        """One more product costs at most the searches that core makes for it."""

        def queries(count):
            products = [self._create_product(f"P{i}", 5) for i in range(count)]
            delivery = self._create_delivery(*((product, 2) for product in products))
            delivery.move_ids.write({"state": "confirmed"})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            delivery.move_ids._action_assign()
            self.env.flush_all()
            self.assertEqual(set(delivery.move_ids.mapped("state")), {"assigned"})
            return self.env.cr.sql_log_count - before

        queries(1)  # warm caches
        one, eleven = queries(1), queries(11)
        self.assertLessEqual((eleven - one) / 10, 7)

    # somebody else is taking it

    def test_only_the_contested_move_is_deferred(self):
        delivery = self._create_delivery((self.apple, 4), (self.pear, 4))
        before = self._triggers()
        with self._rival_of(self.apple):
            delivery.action_confirm()
        apple, pear = delivery.move_ids
        self.assertTrue(apple.is_reservation_deferred)
        self.assertEqual(apple.state, "confirmed")
        self.assertFalse(pear.is_reservation_deferred)
        self.assertEqual(pear.state, "assigned")
        self.assertEqual(self._reserved(self.apple), 0)
        self.assertEqual(len(self._triggers() - before), 1)

    def test_reserved_after_the_commit(self):
        delivery = self._create_delivery((self.apple, 4), (self.pear, 4))
        with self._rival_of(self.apple), self._rival_of(self.pear):
            delivery.action_confirm()
        self.assertEqual(len(delivery.move_ids.filtered("is_reservation_deferred")), 2)
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.cr.postcommit.run()
        self.env.invalidate_all()
        self.assertEqual(delivery.state, "assigned")
        self.assertFalse(delivery.move_ids.filtered("is_reservation_deferred"))
        self.assertEqual(self._reserved(self.apple), 4)
        self.assertFalse(self._has_turn(self.apple))

    def _defer(self, delivery):
        """As if the process ended right after the commit."""
        with self._rival_of(self.apple):
            delivery.action_confirm()
        self.assertTrue(delivery.move_ids.filtered("is_reservation_deferred"))
        self.env.flush_all()
        self.env.cr.postcommit.clear()

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_scheduled_action_is_the_safety_net(self):
        delivery = self._create_delivery((self.apple, 4))
        self._defer(delivery)
        self._run_cron()
        self.assertEqual(delivery.state, "assigned")
        self.assertFalse(delivery.move_ids.is_reservation_deferred)

    def test_scheduled_action_leaves_what_is_still_contested(self):
        delivery = self._create_delivery((self.apple, 4))
        self._defer(delivery)
        with (
            patch.object(stock_quant_turn, "_MAX_WAIT", 0.05),
            self._rival_of(self.apple),
        ):
            self._run_cron()
        self.assertTrue(delivery.move_ids.is_reservation_deferred)
        self.assertEqual(delivery.move_ids.state, "confirmed")
        self._run_cron()
        self.assertEqual(delivery.move_ids.state, "assigned")

    def test_one_bad_move_does_not_stop_the_others(self):
        good, bad = (self._create_delivery((self.apple, 2)) for _i in range(2))
        self._defer(good)
        self._defer(bad)
        Move = type(self.env["stock.move"])
        plain, reason = Move._action_assign, "The shelf is on fire"

        def fail_on_bad(moves, force_qty=False):
            if bad.move_ids & moves:
                raise UserError(reason)
            return plain(moves, force_qty=force_qty)

        with (
            patch.object(Move, "_action_assign", fail_on_bad),
            self.assertLogs("odoo.addons.order_management", "WARNING"),
        ):
            self._run_cron()
        self.assertEqual(good.state, "assigned")
        self.assertEqual(bad.state, "confirmed")
        self.assertFalse((good | bad).move_ids.filtered("is_reservation_deferred"))
        self.assertIn("The shelf is on fire", bad.message_ids[0].body)

    def test_cancelled_before_its_turn(self):
        delivery = self._create_delivery((self.apple, 4))
        self._defer(delivery)
        delivery.action_cancel()
        self._run_cron()
        self.assertEqual(delivery.state, "cancel")
        self.assertFalse(delivery.move_ids.is_reservation_deferred)
        self.assertEqual(self._reserved(self.apple), 0)

    def test_reserved_by_hand_before_its_turn(self):
        delivery = self._create_delivery((self.apple, 4))
        self._defer(delivery)
        delivery.action_assign()
        self.assertEqual(delivery.state, "assigned")
        self.assertFalse(delivery.move_ids.is_reservation_deferred)

    def test_copy_is_not_deferred(self):
        delivery = self._create_delivery((self.apple, 4))
        self._defer(delivery)
        self.assertFalse(delivery.copy().move_ids.is_reservation_deferred)

    def test_caller_may_insist_on_now(self):
        delivery = self._create_delivery((self.apple, 4))
        with self._rival_of(self.apple):
            delivery.with_context(order_management_reserve_wait=True).action_confirm()
        self.assertEqual(delivery.move_ids.state, "assigned")

    # turns

    def test_turn_is_given_back_after_an_error(self):
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            quants = self.env(cr=cr)["stock.quant"]
            # not assertRaises: Odoo's own opens a savepoint on the other cursor
            with suppress(ZeroDivisionError):
                with quants._turn_of_products({self.apple.id}):
                    self.assertTrue(self._has_turn(self.apple))
                    raise ZeroDivisionError
            self.assertFalse(self._has_turn(self.apple))

    def test_turn_is_not_waited_for_without_end(self):
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            quants, had_turn = self.env(cr=cr)["stock.quant"], False
            with (
                patch.object(stock_quant_turn, "_MAX_WAIT", 0.05),
                self._rival_of(self.pear),
                suppress(psycopg2.errors.LockNotAvailable),
                quants._turn_of_products({self.apple.id, self.pear.id}),
            ):
                had_turn = True
            self.assertFalse(had_turn)
            self.assertFalse(self._has_turn(self.apple))

    def test_lost_race_makes_the_retry_queue(self):
        """The products of a lost race are remembered on the request, and its next
        attempt begins with their turn."""
        fake = SimpleNamespace()
        quants = self.env["stock.quant"]
        with (
            patch.object(stock_quant_turn, "request", fake),
            self.assertRaises(psycopg2.errors.SerializationFailure),
            quants._remember_lost_races([self.apple.id]),
        ):
            raise psycopg2.errors.SerializationFailure
        contended = fake.order_management_contended_products
        self.assertEqual(contended, {self.apple.id})
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["stock.quant"]._begin_in_turn(contended)
            self.assertTrue(self._has_turn(self.apple))
            self.assertFalse(self._has_turn(self.pear))

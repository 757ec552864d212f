# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-15: promises from real supply, and what happens when goods are not there."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .track_common import TrackCase


class ShortageCase(TrackCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.has_shortages = True
        cls.cup = cls._make_product("Cup", 10)

    def _days(self, moment):
        """Whole days from now; None for no moment."""
        if not moment:
            return None
        return round((moment - fields.Datetime.now()) / timedelta(days=1))

    def _refresh(self):
        companies = self.company
        products = self.env["product.product"].search([("name", "=like", "Cup%")])
        self.env["sale.order.line"]._refresh_promises_of(companies, products.ids)
        self.env["order.shortage"]._solve_over(companies)


@tagged("post_install", "-at_install")
class TestTrackPromise(ShortageCase):
    def test_supply_added_up(self):
        """10 now, 10 on day 10, 10 on day 20: twenty are promised for day 10."""
        self._expect(self.cup, 10, 10)
        self._expect(self.cup, 10, 20)
        line = self._order_of((self.cup, 20)).order_line
        self.assertEqual(self._days(line.promised_at), 10)
        later = self._order_of((self.cup, 10)).order_line
        self.assertEqual(self._days(later.promised_at), 20)
        never = self._order_of((self.cup, 1)).order_line
        self.assertFalse(never.promised_at)

    def test_what_is_there_is_promised_as_planned(self):
        line = self._order_of((self.cup, 5)).order_line
        self.assertEqual(self._days(line.promised_at), 0)
        planned = fields.Datetime.now() + timedelta(days=4)
        line = self._order_of((self.cup, 5), commitment_date=planned).order_line
        self.assertEqual(line.promised_at, planned.replace(microsecond=0))

    def test_units(self):
        self._expect(self.cup, 20, 5)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.cup.id,
                            "product_uom_id": self.dozen.id,
                            "product_uom_qty": 1,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        self.assertEqual(self._days(order.order_line.promised_at), 5)
        # two of twelve cups, rounded up
        self.assertAlmostEqual(order.shortage_ids.missing_qty, 0.17, 2)

    def test_off(self):
        self.company.has_shortages = False
        order = self._order_of((self.cup, 20))
        self.assertFalse(order.order_line.promised_at)
        self.assertFalse(order.shortage_ids)

    def test_later_supply_tells_once(self):
        receipt = self._expect(self.cup, 10, 10)
        order = self._order_of((self.cup, 20))
        self.assertFalse(self._get_messages(order, "delayed"))
        receipt.date += timedelta(days=5)
        for _time in range(2):
            self._refresh()
        self.assertEqual(self._days(order.order_line.promised_at), 15)
        self.assertEqual(len(self._get_messages(order, "delayed")), 1)
        receipt.date += timedelta(days=2)
        self._refresh()
        self.assertEqual(len(self._get_messages(order, "delayed")), 2)
        receipt.date -= timedelta(days=4)
        self._refresh()
        self.assertEqual(self._days(order.order_line.promised_at), 13)
        self.assertEqual(len(self._get_messages(order, "delayed")), 2, "good news")
        events = self._get_events(order.order_line, "promise")
        self.assertEqual(len(events), 4)
        self.assertEqual(events[1].from_state, events[0].to_state)

    def test_overdue_receipt_promises_nothing_new(self):
        receipt = self._expect(self.cup, 10, 10)
        order = self._order_of((self.cup, 20))
        promised = order.order_line.promised_at
        receipt.date = fields.Datetime.now() - timedelta(days=1)
        self._refresh()
        self.assertEqual(order.order_line.promised_at, promised)
        self.assertFalse(order.shortage_ids.expected_at, "nobody knows")

    def test_goods_that_came_early(self):
        receipt = self._expect(self.cup, 10, 10)
        order = self._order_of((self.cup, 20))
        receipt.quantity = 10
        receipt.picked = True
        receipt._action_done()
        order.picking_ids.action_assign()
        self._refresh()
        self.assertEqual(self._days(order.order_line.promised_at), 0)
        self.assertEqual(order.shortage_ids.state, "solved")

    def test_queries_do_not_grow(self):
        def count(number):
            products = self.env["product.product"].concat(
                *(self._make_product(f"Cup {number}-{n}", 0) for n in range(number))
            )
            for product in products:
                self._expect(product, 5, 5)
            orders = self.env["sale.order"].concat(
                *(self._order_of((product, 7)) for product in products)
            )
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            orders.order_line._refresh_promises()
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        count(1)
        few = count(2)
        self.assertLessEqual(count(15), few + 2)


@tagged("post_install", "-at_install")
class TestTrackShortage(ShortageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mug = cls._make_product("Mug", 50)
        cls.cup.product_tmpl_id.substitute_ids = cls.mug.product_tmpl_id

    def _short(self, quantity=16, **values):
        self._expect(self.cup, 10, 10)
        order = self._order_of((self.cup, quantity), (self.other, 2), **values)
        return order.shortage_ids

    def test_customer_is_told_and_purchasing_sees_it(self):
        shortage = self._short()
        self.assertEqual(shortage.missing_qty, 6)
        self.assertEqual(self._days(shortage.expected_at), 10)
        self.assertEqual(shortage.state, "asked")
        message = self._get_messages(shortage.order_id, "no_stock")
        self.assertEqual(len(message), 1)
        rules = self.env["stock.warehouse.orderpoint"]
        self.assertFalse(rules.search([("product_id", "=", self.cup.id)]))
        action = shortage.action_view_replenishment()
        self.assertFalse(rules.search(action["domain"]), "what is coming covers it")
        self._order_of((self.cup, 30))
        action = shortage.action_view_replenishment()
        rule = rules.search(action["domain"])
        self.assertEqual(rule.product_id, self.cup)
        self.assertEqual(rule.location_id, self.stock)
        self.assertGreater(rule.qty_to_order, 0)

    def test_silent_company_keeps_a_list(self):
        self.company.has_customer_messages = False
        shortage = self._short()
        self.assertEqual(shortage.state, "waiting")
        with self.assertRefused("Call them"):
            self._as(shortage, "clerk").action_ask()
        self.company.has_customer_messages = True
        self.company.customer_messages_since = False
        self._as(shortage, "clerk").action_ask()
        self.assertEqual(shortage.state, "asked")

    def test_options(self):
        shortage = self._short()
        values = [option["value"] for option in shortage._get_options()]
        self.assertEqual(
            values, ["wait", "partial", f"substitute:{self.mug.id}", "cancel"]
        )

    def test_wait(self):
        shortage = self._short()
        shortage._answer("wait")
        self.assertEqual((shortage.state, shortage.is_applied), ("answered", True))
        self.assertFalse(shortage.activity_ids)
        shortage._answer("partial")
        self.assertEqual(shortage.option, "partial", "minds are changed")

    def test_partial(self):
        shortage = self._short(picking_policy="one")
        order = shortage.order_id
        shortage._answer("partial")
        self.assertEqual(order.picking_ids.move_type, "direct")
        with self.assertRefused("settled"):
            shortage._answer("cancel")

    def test_cancel_waits_for_a_clerk(self):
        shortage = self._short()
        line = shortage.line_id
        shortage._answer("cancel")
        self.assertEqual((line.product_uom_qty, shortage.state), (16, "answered"))
        self.assertTrue(shortage.activity_ids)
        self._as(shortage, "clerk").action_apply()
        self.assertEqual((line.product_uom_qty, shortage.state), (10, "solved"))
        moves = line.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 10)

    def test_cancel_by_itself(self):
        self.company.has_automatic_answers = True
        shortage = self._short()
        price = shortage.line_id.price_unit
        shortage._answer("cancel")
        self.assertEqual(shortage.line_id.product_uom_qty, 10)
        self.assertEqual(shortage.line_id.price_unit, price)
        self.assertEqual(shortage.order_id.state, "sale")

    def test_cancel_of_all(self):
        self.company.has_automatic_answers = True
        self._order_of((self.cup, 10))
        order = self._order_of((self.cup, 3))
        order.shortage_ids._answer("cancel")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.shortage_ids.state, "solved")

    def test_substitute(self):
        self.company.has_automatic_answers = True
        shortage = self._short()
        order, price = shortage.order_id, shortage.line_id.price_unit
        shortage._answer(f"substitute:{self.mug.id}")
        self.assertEqual(shortage.state, "answered", "a person decides")
        self._as(shortage, "clerk").action_apply()
        new = order.order_line.filtered(lambda line: line.product_id == self.mug)
        self.assertEqual((new.product_uom_qty, new.price_unit), (6, price))
        self.assertEqual(shortage.line_id.product_uom_qty, 10)

    def test_substitute_in_its_own_unit(self):
        """Twelve cups are a dozen mugs, at twelve times the price; metres are none."""
        crate = self._make_product("Mug Crate", 50, uom_id=self.dozen.id)
        cable = self._make_product(
            "Cable", 50, uom_id=self.env.ref("uom.product_uom_meter").id
        )
        self.cup.product_tmpl_id.substitute_ids = (
            crate.product_tmpl_id | cable.product_tmpl_id
        )
        shortage = self._short(22)
        order, price = shortage.order_id, shortage.line_id.price_unit
        values = [option["value"] for option in shortage._get_options()]
        self.assertIn(f"substitute:{crate.id}", values)
        self.assertNotIn(f"substitute:{cable.id}", values)
        shortage._answer(f"substitute:{crate.id}")
        self._as(shortage, "clerk").action_apply()
        new = order.order_line.filtered(lambda line: line.product_id == crate)
        self.assertEqual((new.product_uom_qty, new.product_uom_id), (1, self.dozen))
        self.assertEqual(new.price_unit, 12 * price)

    def test_what_is_not_offered(self):
        shortage = self._short()
        for value in ("", "substitute", f"substitute:{self.product.id}", "<b>"):
            with self.assertRefused("cannot be chosen"):
                shortage._answer(value)
        shortage.order_id._action_cancel()
        self.assertEqual(shortage.state, "solved")
        with self.assertRefused("settled"):
            shortage.order_id._answer_shortage(shortage.id, "wait")

    def test_shortage_of_another_order(self):
        mine, theirs = self._short(), self._short()
        with self.assertRefused("settled"):
            mine.order_id._answer_shortage(theirs.id, "wait")
        self.assertNotEqual(theirs.option, "wait")

    def test_solved_when_the_goods_come(self):
        shortage = self._short()
        self.env["stock.quant"]._update_available_quantity(self.cup, self.stock, 50)
        self._refresh()
        self.assertEqual(shortage.state, "solved")
        self.assertEqual(len(shortage.order_id.shortage_ids), 1)

    def test_split_takes_it_along_and_back(self):
        lamp = self._make_product("Lamp", 10)
        order = self._order_of((lamp, 5), (self.cup, 15))
        shortage = order.shortage_ids
        cup = shortage.line_id
        part = order._split([{cup: 15}], "The rest later")
        self.assertEqual(shortage.order_id, part)
        self.assertFalse(order._get_tracking_shortages())
        self.assertEqual(len(part._get_tracking_shortages()), 1)
        part._undo_split()
        self.assertEqual(shortage.order_id, order)
        self.assertEqual(shortage.state, "asked")

    def test_bulk(self):
        shortages = self._short() | self._short(30)
        clerk = self._as(shortages, "clerk")
        clerk.action_wait()
        self.assertEqual(set(shortages.mapped("option")), {"wait"})
        self.assertEqual(set(shortages.mapped("answered_by")), {"user"})

    def test_neighbours_see_nothing(self):
        shortage = self._short()
        shortage.order_id._request("change", "Ring twice")
        neighbour = self.env["res.company"].create({"name": "Nb", "logo": False})
        user = new_test_user(
            self.env,
            "track_neighbour",
            groups="order_management.group_manager",
            company_id=neighbour.id,
            company_ids=[Command.set(neighbour.ids)],
        )
        for model in ("order.message", "order.request", "order.shortage"):
            records = self.env[model]
            domain = [("order_id", "=", shortage.order_id.id)]
            self.assertTrue(records.search_count(domain), model)
            theirs = records.with_user(user).with_context(
                allowed_company_ids=neighbour.ids
            )
            self.assertFalse(theirs.search_count(domain), model)

    def test_rights(self):
        shortage = self._short()
        with self.assertRaises(AccessError):
            self._as(shortage, "storekeeper").action_wait()
        with self.assertRaises(UserError):
            self._as(shortage, "clerk").write({"state": "solved"})


@tagged("post_install", "-at_install")
class TestTrackShortageRoute(ShortageCase, HttpCase):
    def test_answer_on_the_page(self):
        self._expect(self.cup, 10, 10)
        order = self._order_of((self.cup, 16))
        shortage = order.shortage_ids
        url = f"/order/track/{order._get_tracking_token()}"
        self.env.flush_all()
        page = self.url_open(url)
        self.assertIn("Not in stock", page.text)
        for option, status in (("substitute:1", 422), ("wait", 200), ("wait", 200)):
            page = self.url_open(
                f"{url}/shortage", data={"shortage": shortage.id, "option": option}
            )
            self.assertEqual(page.status_code, status)
        shortage.invalidate_recordset()
        self.assertEqual((shortage.option, shortage.answered_by), ("wait", "customer"))

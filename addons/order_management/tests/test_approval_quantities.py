# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-10: what a reviewer approves, and what a change does to it."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged

from .ceiling_common import CeilingCase


@tagged("post_install", "-at_install")
class TestApprovalQuantities(CeilingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = "explicit"

    # ------------------------------------------------------------ quantities

    def test_reviewer_cuts_with_a_reason(self):
        order = self._make_order(10, 5, confirm=False)
        first, second = order.order_line
        order.action_submit()
        with self.assertRaises(AccessError):
            self._as(first, "clerk").write({"approved_qty": 6, "cut_reason": "x"})
        with self.assertRaises(AccessError):
            self._as(first, "clerk").write({"cut_reason": "x"})
        cutter = self._as(first, "reviewer")
        for vals in ({}, {"cut_reason": False}, {"cut_reason": " "}):
            with self.assertRaisesRegex(UserError, "reason"):
                cutter.write({"approved_qty": 6, **vals})
        with self.assertRaises(UserError):
            cutter.write({"approved_qty": -1, "cut_reason": "Below nothing"})
        cutter.write({"approved_qty": 6, "cut_reason": "Short supply"})
        self._as(order, "reviewer").action_approve()
        self.assertEqual((first.approved_qty, second.approved_qty), (6, 5))
        order.action_confirm()
        # demand follows what was approved
        self.assertEqual(order.picking_ids.move_ids.mapped("product_uom_qty"), [6, 5])
        event = self._get_events(first, "quantity")
        self.assertEqual((event.from_state, event.to_state), ("0", "6"))
        self.assertEqual(event.reason, "Short supply")
        self.assertEqual(event.order_id, order)

    def test_everything_cut_is_no_approval(self):
        order = self._make_order(confirm=False)
        order.action_submit()
        order.order_line.with_user(self.users["reviewer"]).write(
            {"approved_qty": 0, "cut_reason": "None left"}
        )
        with self.assertRaisesRegex(UserError, "Refuse instead"):
            order.action_approve()

    def test_raise_and_cut_after_confirmation(self):
        order = self._make_order()
        line = self._as(order.order_line, "reviewer")
        self._ship(order.picking_ids, 6)
        with self.assertRaisesRegex(UserError, "reason"):
            line.write({"approved_qty": 12})
        line.write({"approved_qty": 12, "cut_reason": "Two for samples"})
        demand = order.picking_ids.move_ids.filtered(lambda m: m.state != "done")
        self.assertEqual(sum(demand.mapped("product_uom_qty")), 6)
        with self.assertRaisesRegex(UserError, "6 Units already left"):
            line.write({"approved_qty": 5, "cut_reason": "Too late"})
        self._ship(demand.picking_id, 6)
        self.assertNet(order.order_line, 12)

    def test_unapproved_part_cannot_leave(self):
        order = self._make_order(confirm=False)
        order.action_submit()
        order.order_line.with_user(self.users["reviewer"]).write(
            {"approved_qty": 6, "cut_reason": "Short supply"}
        )
        order.action_approve()
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "6 Units approved"):
            with self.env.cr.savepoint():
                self._ship(order.picking_ids, 7)
        self.env.invalidate_all()
        self._ship(order.picking_ids, 6)
        self.assertNet(order.order_line, 6)

    def test_ordered_quantity_after_approval(self):
        order = self._make_order()
        line = order.order_line
        line.product_uom_qty = 15
        self.assertEqual(line.approved_qty, 10, "a raise waits for a reviewer")
        line.product_uom_qty = 8
        self.assertEqual(line.approved_qty, 8, "less ordered, less may leave")
        line.product_uom_qty = 10
        self.assertEqual(line.approved_qty, 8)

    def test_new_line_in_confirmed_order_waits(self):
        order = self._make_order()
        order.write(
            {
                "order_line": [
                    Command.create({"product_id": self.other.id, "product_uom_qty": 3})
                ]
            }
        )
        self.assertEqual(order.order_line[1].approved_qty, 0)
        self.assertEqual(order.picking_ids.move_ids.product_id, self.product)
        order.order_line[1].with_user(self.users["reviewer"]).write(
            {"approved_qty": 3, "cut_reason": "Added by phone"}
        )
        self.assertEqual(
            order.picking_ids.move_ids.product_id, self.product | self.other
        )

    def test_changed_quotation_is_approved_again(self):
        for name, value in (
            ("product_uom_qty", 11),
            ("price_unit", 0.5),
            ("discount", 50),
            ("product_id", self.other.id),
            ("product_uom_id", self.dozen.id),
        ):
            with self.subTest(name=name):
                order = self._make_order(confirm=False)
                order.action_submit()
                order.action_approve()
                self._as(order.order_line, "clerk").write({name: value})
                self.assertEqual(order.approval_state, "to_approve")
                self.assertEqual(order.order_line.approved_qty, 0)
        for vals in (
            {"partner_shipping_id": self.partner.copy().id},
            {"order_line": [Command.create({"product_id": self.other.id})]},
        ):
            with self.subTest(vals=vals):
                order = self._make_order(confirm=False)
                order.action_submit()
                order.action_approve()
                order.write(vals)
                self.assertEqual(order.approval_state, "to_approve")

    def test_delivery_fee_needs_no_new_approval(self):
        order = self._make_order(confirm=False)
        order.action_submit()
        order.action_approve()
        fee = self.env["product.product"].create({"name": "Fee", "type": "service"})
        order.order_line.create(
            {"order_id": order.id, "product_id": fee.id, "is_delivery": True}
        )
        self.assertEqual(order.approval_state, "approved")

    def test_lowered_or_same_quotation_stays_approved(self):
        order = self._make_order(confirm=False)
        order.action_submit()
        order.action_approve()
        order.order_line.write({"product_uom_qty": 9, "name": "Bolt, blue"})
        order.order_line.write({"price_unit": order.order_line.price_unit})
        order.write({"partner_shipping_id": order.partner_shipping_id.id})
        self.assertEqual(order.approval_state, "approved")
        self.assertEqual(order.order_line.approved_qty, 9)

    def test_unit_of_approved_line_is_fixed(self):
        order = self._make_order()
        with self.assertRaisesRegex(UserError, "Units"):
            self._as(order.order_line, "clerk").product_uom_id = self.dozen

    def test_nothing_smuggled_in_at_creation(self):
        clerk = self.env["sale.order"].with_user(self.users["clerk"])
        vals = {"partner_id": self.partner.id, "company_id": self.company.id}
        for smuggled in ({"approval_state": "approved"}, {"approval_mode": "none"}):
            with self.subTest(smuggled=smuggled), self.assertRaises(AccessError):
                clerk.create({**vals, **smuggled})
        for smuggled in (
            {"approved_qty": 99, "cut_reason": "Mine"},
            {"approval_mode": "none"},
            {"net_shipped_qty": -99},
        ):
            line = Command.create({"product_id": self.product.id, **smuggled})
            with self.subTest(smuggled=smuggled), self.assertRaises(AccessError):
                clerk.create({**vals, "order_line": [line]})

    def test_default_values_do_not_approve(self):
        order = self._make_order(confirm=False)
        context = {
            "default_approved_qty": 99,
            "default_net_shipped_qty": -99,
            "default_approval_mode": "none",
            "default_approval_state": "approved",
        }
        self.env["ir.default"].set("sale.order.line", "approved_qty", 99)
        self.env["ir.default"].set("sale.order", "approval_state", "approved")
        clerk = self.users["clerk"]
        [line_id] = call_kw(
            self.env["sale.order.line"].with_user(clerk),
            "create",
            [[{"order_id": order.id, "product_id": self.product.id}]],
            {"context": context},
        )
        line = self.env["sale.order.line"].browse(line_id)
        self.assertEqual(line.approval_mode, "explicit")
        self.assertEqual((line.approved_qty, line.net_shipped_qty), (0, 0))
        [order_id] = call_kw(
            self.env["sale.order"].with_user(clerk),
            "create",
            [[{"partner_id": self.partner.id, "company_id": self.company.id}]],
            {"context": context},
        )
        order = self.env["sale.order"].browse(order_id)
        self.assertEqual(order.approval_state, "none")
        self.assertEqual(order.approval_mode, "explicit")

    def test_what_left_of_a_dozen_is_approved_as_it_is(self):
        """55 of 60 are 4.58 dozen on the screen, and more than that in the counter."""
        self.product.uom_ids = self.dozen
        order = self._make_order(5, uom=self.dozen)
        self._ship(order.picking_ids, 55)
        order._action_cancel()
        order.action_draft()
        line = order.order_line
        self.assertAlmostEqual(line.approved_qty, 55 / 12, 9)
        self._as(line, "clerk").product_uom_qty = 4.59
        self._as(line, "reviewer").write(
            {"approved_qty": line.net_shipped_qty, "cut_reason": "No more"}
        )
        order.action_submit()
        order.action_approve()
        order.action_confirm()
        self.assertAlmostEqual(line.approved_qty, 55 / 12, 9)
        self.assertNet(line, 55 / 12)
        with self.assertRefused("already left"):
            self._do(self._make_direct_move(1, line))

    def test_copy_starts_anew(self):
        order = self._make_order()
        copied = order.copy()
        self.assertEqual(copied.approval_state, "none")
        self.assertEqual(copied.order_line.approved_qty, 0)
        self.assertEqual(copied.order_line.product_uom_qty, 10)

    # ------------------------------------------------------------ many, paid

    def test_many_orders_at_once(self):
        """The same number of queries for every order more."""
        counts = []
        for size in (25, 30, 55):
            orders = self.env["sale.order"].concat(
                *(self._make_order(confirm=False) for _number in range(size))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders.with_user(self.users["reviewer"]).action_submit()
            orders.with_user(self.users["reviewer"]).action_approve()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(orders.mapped("approval_state")), {"approved"})
            self.assertEqual(set(orders.order_line.mapped("approved_qty")), {10})
        # users and their rights may have been read by another test before
        self.assertAlmostEqual(counts[1], counts[2], delta=3)

    def test_one_wrong_order_and_none_moves(self):
        good, bad = self._make_order(confirm=False), self._make_order(confirm=False)
        good.action_submit()
        with self.assertRaisesRegex(UserError, bad.name):
            (good | bad).action_approve()
        self.assertEqual(good.approval_state, "to_approve")

    def test_customer_is_never_stopped(self):
        """A paid or signed quotation waits for the reviewer instead of failing."""
        order = self._make_order(confirm=False)
        order._validate_order()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.approval_state, "to_approve")
        self.assertIn("approve and confirm", order.activity_ids.summary)
        order.action_approve()
        order._validate_order()
        self.assertEqual(order.state, "sale")

    def test_paid_order_waits(self):
        order = self._make_order(confirm=False)
        provider = self.env["payment.provider"].create(
            {"name": "Test", "company_id": self.company.id}
        )
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": self.partner.id,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        with patch.object(
            type(order), "_is_confirmation_amount_reached", lambda order: True
        ):
            self.assertFalse(transaction._check_amount_and_confirm_order())
        self.assertEqual(order.approval_state, "to_approve")
        self.assertEqual(order.state, "draft")

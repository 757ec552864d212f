# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-19, invariant 7: what customers get back for what they returned, once."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .returns_common import ReturnsCase


@tagged("post_install", "-at_install")
class TestReturnsMoney(ReturnsCase):
    def _credits(self, order):
        return self._invoices(order, "out_refund")

    def test_accepted_is_credited_once(self):
        for product in self.goods:
            order = self._invoiced_order(10, product=product)
            record = self._arrive(order, 3)
            self.assertFalse(self._credits(order), "not inspected yet")
            self._inspect(record, 2)
            self._inspect(record, 1, "customer", is_accepted=False)
            credit = self._credits(order)
            self.assertEqual(credit.invoice_line_ids.quantity, 2)
            self.assertEqual(credit.amount_total, 22)
            self.assertEqual(credit.invoice_line_ids.tax_ids, self.tax)
            self.assertEqual(credit.reversed_entry_id, self._invoices(order))
            self.assertEqual(credit.channel_return_ids, record)
            self.assertEqual(record.refund_amount, 22)
            record.action_credit_again()
            self.assertEqual(self._credits(order), credit, "never twice")
            with self.assertRefused("settled already"):
                record.action_settle()

    def test_channel_credits_by_its_job(self):
        for policy in ("shipment", "order"):
            self.channel.invoice_policy = policy
            order = self._sell(10)
            self._deliver(order)
            self._run()
            record = self._arrive(order, 3)
            self._run()
            self.assertFalse(self._credits(order), "nobody looked at it yet")
            self._inspect(record, 2)
            self._inspect(record, 1, "customer", is_accepted=False)
            self._run()
            credit = self._credits(order)
            self.assertEqual((credit.state, credit.amount_total), ("posted", 22))
            self.assertEqual(credit.channel_return_ids, record)
            order._mark_credit_due()
            self._run()
            self.assertEqual(self._credits(order), credit)

    def test_discounts_are_shared(self):
        """A discount of the line and one of the whole order lower the refund."""
        order = self._make_order(10, product=self.by_order, confirm=False)
        order.order_line.discount = 10
        discount = self._make_product("Discount", 0, type="service", is_storable=False)
        order.order_line = [
            Command.create(
                {
                    "product_id": discount.id,
                    "product_uom_qty": 1,
                    "price_unit": -9,
                    "tax_ids": [Command.set(self.tax.ids)],
                }
            )
        ]
        order.action_confirm()
        self._ship(order.picking_ids)
        order._create_invoices().action_post()
        self.assertAlmostEqual(order.amount_total, 89.1)
        record = self._arrive(order, 5)
        record.action_accept_all()
        self.assertAlmostEqual(record.refund_amount, 44.55)
        self.assertAlmostEqual(self._credits(order).amount_total, 44.55)

    def _policy(self, **vals):
        return self.env["channel.return.policy"].create(
            {"name": "Terms", "company_id": self.company.id, **vals}
        )

    def test_fee_and_freight(self):
        self._policy(
            restocking_fee=10, freight_payer="fault", freight_amount=2, window_days=0
        )
        order = self._invoiced_order(10)
        record = self._arrive(order, 2)
        record.action_accept_all()
        self.assertAlmostEqual(record.fee_amount, 4.2)
        self.assertAlmostEqual(record.refund_amount, 17.8)
        self.assertAlmostEqual(self._credits(order).amount_total, 17.8)
        fault = self._arrive(order, 2, reason=self.defect)
        fault.action_accept_all()
        self.assertEqual((fault.fee_amount, fault.refund_amount), (0, 22))

    def test_refund_at(self):
        policy = self._policy(refund_at="receipt")
        order = self._invoiced_order(10)
        record = self._arrive(order, 2)
        self.assertEqual(record.refund_amount, 22)
        self.assertEqual(record.state, "received")
        policy.refund_at = "approval"
        record = self._ask(order, 1)
        record.action_approve()
        self.assertEqual(record.refund_amount, 11)
        with self.assertRaisesRegex(UserError, r"settled: .*11\.00 is given back"):
            record.action_cancel()
        self.assertEqual(record.state, "to_receive")
        record.action_close()
        self.assertEqual((record.state, record.picking_ids.state), ("closed", "cancel"))
        policy.refund_at = "manual"
        record = self._arrive(order, 1)
        record.action_accept_all()
        self.assertFalse(record.settled_at)
        record.action_settle()
        self.assertEqual(record.refund_amount, 11)

    def test_refund_without_goods(self):
        order = self._invoiced_order(10)
        record = self._ask(order, 2, kind="refund_only")
        record.action_approve()
        self.assertFalse(record.picking_ids)
        self.assertEqual(self._credits(order).amount_total, 22)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.assertEqual(order.order_line._get_returnable_qty()[order.order_line], 8)

    def test_no_more_than_was_paid(self):
        order = self._invoiced_order(2)
        record = self._ask(order, 1, kind="refund_only", refund_amount=20)
        record.action_approve()
        self.assertEqual(self._credits(order).amount_total, 20)
        more = self._ask(order, 1, kind="refund_only", refund_amount=20)
        more.action_approve()
        self.assertFalse(more.settled_at)
        self.assertIn("can still be given back", more.settle_problem)
        with (
            self.assertRaisesRegex(UserError, "can still be given back"),
            self.env.cr.savepoint(),
        ):
            more.action_settle()
        # as the message says
        with self.assertRaises(AccessError):
            self._as(more.line_ids, "clerk").refund_amount = 2
        self._as(more.line_ids, "reviewer").refund_amount = 2
        self._as(more, "reviewer").action_settle()
        self.assertEqual(more.refund_amount, 2)
        with self.assertRaisesRegex(UserError, "is decided"):
            self._as(more.line_ids, "reviewer").refund_amount = 1

    def test_amount_is_for_what_is_accepted(self):
        """An amount that was agreed on for three is not paid for one, unseen."""
        order = self._invoiced_order(10)
        record = self._arrive(order, 3, refund_amount=33)
        self._inspect(record, 1)
        self._inspect(record, 2, "customer", is_accepted=False)
        self.assertEqual(record.state, "inspected")
        self.assertFalse(record.settled_at)
        self.assertIn("can still be given back", record.settle_problem)
        record.line_ids.refund_amount = 9
        record.action_settle()
        self.assertEqual(self._credits(order).amount_total, 9)

    def test_exchange_settles_the_difference(self):
        """Credit for what came back, invoice for what is sent: the difference stays."""
        dearer = self._make_product(
            "Dearer", 50, list_price=15, taxes_id=[Command.set(self.tax.ids)]
        )
        order = self._invoiced_order(10)
        record = self._ask(order, 2, kind="exchange")
        with self.assertRefused("choose on its lines"):
            record.action_approve()
        record.line_ids.exchange_product_id = dearer
        record.action_approve()
        record.action_receive()
        record.action_accept_all()
        new = record.new_order_ids
        self.assertEqual(new.state, "sale")
        self.assertEqual(new.order_line.product_uom_qty, 2)
        self.assertEqual(new.channel_return_id, record)
        self.assertEqual(self._credits(order).amount_total, 22)
        self.assertEqual(record.exchange_difference, 11)
        cheap = self._ask(order, 1, kind="exchange", exchange_product_id=dearer.id)
        cheap.line_ids.exchange_product_id.list_price = 5
        cheap.action_approve()
        cheap.action_receive()
        cheap.action_accept_all()
        self.assertAlmostEqual(cheap.exchange_difference, -5.5)

    def test_exchange_of_a_dozen(self):
        """What is sent instead is counted in the unit of what came back."""
        order = self._invoiced_order(3, uom=self.dozen)
        other = self._make_product("Other", 50, list_price=10)
        record = self._arrive(order, 1, kind="exchange", exchange_product_id=other.id)
        record.action_accept_all()
        new = record.new_order_ids.order_line
        self.assertEqual((new.product_uom_id, new.product_uom_qty), (self.dozen, 1))
        self.assertEqual(new.move_ids.product_qty, 12)

    def test_replacement_costs_nothing(self):
        """Sent once more, for nothing, and never invoiced."""
        order = self._invoiced_order(5)
        record = self._ask(order, 2, kind="replacement")
        record.action_approve()
        new = record.new_order_ids
        self.assertEqual((new.state, new.amount_total), ("sale", 0))
        self.assertEqual(new.order_line.replaced_line_id, order.order_line)
        with self.assertRefused("cannot become"):
            record.action_cancel()
        self._ship(new.picking_ids)
        self.assertEqual(new.order_line.qty_to_invoice, 0)
        self.assertFalse(self._credits(order))
        self.assertEqual(order.order_line.qty_to_invoice, 0)

    def test_repair_changes_no_money(self):
        order = self._invoiced_order(5)
        record = self._arrive(order, 1, kind="repair")
        self._inspect(record, 1, "repair")
        self.assertEqual(record.state, "closed")
        self.assertFalse(self._credits(order))
        self.assertEqual(order.order_line.qty_to_invoice, 0)

    def test_draft_invoice_is_told(self):
        order = self._sold_order(5)
        order._create_invoices()
        record = self._arrive(order, 2)
        record.action_accept_all()
        self.assertIn("not posted yet", record.settle_problem)
        self._invoices(order).action_post()
        record.action_credit_again()
        self.assertEqual(self._credits(order).amount_total, 22)
        self.assertFalse(record.settle_problem)

    def test_service_comes_along(self):
        """A fee that is given back with the goods is never shipped, nor awaited."""
        service = self._make_product(
            "Wrapping", 0, type="service", is_storable=False, invoice_policy="order"
        )
        order = self._make_order(4, product=self.by_order, confirm=False)
        order.order_line = [
            Command.create(
                {
                    "product_id": service.id,
                    "price_unit": 5,
                    "tax_ids": [Command.clear()],
                }
            )
        ]
        order.action_confirm()
        self._ship(order.picking_ids)
        order._create_invoices().action_post()
        record = self._ask(order, 1)
        record.line_ids = [
            Command.create(
                {
                    "order_id": order.id,
                    "sale_line_id": order.order_line[1].id,
                    "requested_qty": 1,
                    "reason_id": self.reason.id,
                }
            )
        ]
        record.action_approve()
        record.action_receive()
        record.action_accept_all()
        self.assertEqual((record.state, record.refund_amount), ("closed", 16))
        self.assertEqual(self._credits(order).amount_total, 16)

    def test_problem_of_one_order_stays(self):
        """Of several orders each has its own problem, and its own part to repay."""
        draft, fine = self._sold_order(5), self._invoiced_order(5)
        draft._create_invoices()
        record = self._ask(draft, 2)
        record.line_ids = [
            Command.create(
                {
                    "order_id": fine.id,
                    "sale_line_id": fine.order_line.id,
                    "requested_qty": 1,
                    "reason_id": self.reason.id,
                }
            )
        ]
        record.action_approve()
        record.action_receive()
        record.action_accept_all()
        self.assertEqual(self._credits(fine).amount_total, 11)
        self.assertFalse(self._credits(draft))
        self.assertIn("not posted yet", record.settle_problem)

    def test_not_invoiced_yet(self):
        """What came back is not invoiced any more."""
        order = self._sold_order(5)
        record = self._arrive(order, 2)
        record.action_accept_all()
        invoice = order._create_invoices()
        self.assertEqual(invoice.invoice_line_ids.quantity, 3)

    def test_channel_is_to_be_told(self):
        order = self._invoiced_order(5)
        record = self._ask(order, 1)
        record.write({"channel_id": self.channel.id, "external_id": "R-7"})
        record.action_approve()
        self.assertEqual(record.intent_ids.mapped("decision"), ["approved"])
        self.assertTrue(record.is_channel_to_tell)
        record.action_receive()
        record.action_accept_all()
        self.assertEqual(record.intent_ids.mapped("decision"), ["approved", "refunded"])
        record.action_told()
        self.assertFalse(record.is_channel_to_tell)
        own = self._ask(order, 1)
        own.write({"channel_id": self.channel.id, "external_id": "R-8"})
        own.with_context(order_management_source="channel")._transition("approved")
        self.assertFalse(own.intent_ids, "it told us")

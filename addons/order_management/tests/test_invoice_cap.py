# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-10: no more is invoiced than was approved or has left; what was paid for and is
cut is proposed to be given back."""

from odoo.fields import Command
from odoo.tests import tagged

from .ceiling_common import CeilingCase


@tagged("post_install", "-at_install", "meets_others")
class TestInvoiceCap(CeilingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.company.approval_mode = "explicit"
        cls.by_order = cls._make_product("By order", invoice_policy="order")
        cls.by_delivery = cls._make_product("By delivery", invoice_policy="delivery")
        (cls.by_order | cls.by_delivery).write({"list_price": 10, "taxes_id": False})

    def _approve(self, quantity, product, approved=None, **vals):
        order = self._make_order(quantity, product=product, confirm=False, **vals)
        order.action_submit()
        if approved is not None:
            self._as(order.order_line, "reviewer").write(
                {"approved_qty": approved, "cut_reason": "Short supply"}
            )
        order.action_approve()
        order.action_confirm()
        return order

    def _cut(self, order, quantity):
        self._as(order.order_line.filtered("product_id")[0], "reviewer").write(
            {"approved_qty": quantity, "cut_reason": "Short supply"}
        )

    def _get_refund_activity(self, order):
        kind = self.env.ref("order_management.mail_activity_type_refund")
        return order.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    # ----------------------------------------------------------------- cap

    def test_policy_order(self):
        order = self._approve(10, self.by_order, approved=6)
        line = order.order_line
        self.assertEqual(line.qty_to_invoice, 6)
        self.assertEqual(line.untaxed_amount_to_invoice, 60)
        self.assertEqual(line.amount_to_invoice, 60)
        invoice = order._create_invoices()
        self.assertEqual(invoice.invoice_line_ids.quantity, 6)
        invoice.action_post()
        self.assertEqual(line.qty_to_invoice, 0)
        self.assertEqual(line.untaxed_amount_to_invoice, 0)
        self.assertEqual(order.invoice_status, "invoiced")
        self._cut(order, 8)
        self.assertEqual(line.qty_to_invoice, 2)
        self.assertEqual(order.invoice_status, "to invoice")

    def test_policy_delivery(self):
        order = self._approve(10, self.by_delivery, approved=6)
        line = order.order_line
        self.assertEqual(line.qty_to_invoice, 0)
        self._ship(order.picking_ids, 6)
        self.assertEqual(line.qty_to_invoice, 6)
        # two come back to be exchanged: nothing is credited, nothing more is invoiced
        self._return(order.picking_ids, 2, to_refund=False)
        self.assertEqual(line.qty_delivered, 6)
        self.assertEqual(line.qty_to_invoice, 4)
        order._create_invoices().action_post()
        self.assertEqual(line.qty_invoiced, 4)
        self.assertEqual(line.qty_to_invoice, 0)

    def test_return_after_the_invoice(self):
        order = self._approve(10, self.by_delivery)
        self._ship(order.picking_ids, 10)
        order._create_invoices().action_post()
        line = order.order_line
        delivery = order.picking_ids
        self._return(delivery, 2, to_refund=False)
        self.assertEqual(line.qty_to_invoice, 0, "nobody wanted a credit")
        self._return(delivery, 3, to_refund=True)
        self.assertEqual(line.qty_to_invoice, -3)
        credit = order._create_invoices(final=True)
        self.assertEqual(credit.move_type, "out_refund")
        self.assertEqual(credit.invoice_line_ids.quantity, 3)

    def test_units(self):
        self.by_order.uom_ids = self.dozen
        order = self._approve(2, self.by_order, approved=1.5, uom=self.dozen)
        self.assertEqual(order.order_line.qty_to_invoice, 1.5)
        self._ship(order.picking_ids, 18)
        self.assertEqual(order.order_line.qty_to_invoice, 1.5)

    def test_sections_fees_and_new_lines(self):
        order = self._approve(10, self.by_order, approved=6)
        fee = self.env["product.product"].create(
            {"name": "Fee", "type": "service", "invoice_policy": "order"}
        )
        order.write(
            {
                "order_line": [
                    Command.create({"display_type": "line_section", "name": "Extras"}),
                    Command.create(
                        {
                            "product_id": fee.id,
                            "is_delivery": True,
                            "price_unit": 3,
                            "tax_ids": False,
                        }
                    ),
                    Command.create(
                        {"product_id": self.by_order.id, "product_uom_qty": 2}
                    ),
                ]
            }
        )
        ordered, section, sent, added = order.order_line
        self.assertEqual(sent.qty_to_invoice, 1)
        self.assertEqual(added.qty_to_invoice, 0, "nobody approved it yet")
        invoice = order._create_invoices()
        self.assertEqual(invoice.amount_untaxed, 63)
        self.assertIn("Extras", invoice.invoice_line_ids.mapped("name"))
        self.assertFalse(section.qty_to_invoice)
        self._as(order, "reviewer").action_approve()
        self.assertEqual(added.qty_to_invoice, 2)
        self.assertEqual(ordered.qty_to_invoice, 0)

    def test_new_fee_needs_no_new_approval(self):
        order = self._approve(10, self.by_order)
        fee = self.env["product.product"].create({"name": "Fee", "type": "service"})
        order.order_line.create(
            {"order_id": order.id, "product_id": fee.id, "is_delivery": True}
        )
        self.assertFalse(order._get_live_steps())

    def test_follow_and_none_stay_as_odoo(self):
        for mode in ("follow", "none"):
            self.company.approval_mode = mode
            order = self._make_order(10, product=self.by_order)
            self.assertEqual(order.order_line.qty_to_invoice, 10)
            order = self._make_order(10, product=self.by_delivery)
            self._ship(order.picking_ids, 7)
            self.assertEqual(order.order_line.qty_to_invoice, 7)

    def test_invoice_of_a_paid_order(self):
        order = self._approve(10, self.by_delivery, approved=6)
        order._force_lines_to_invoice_policy_order()
        self.assertEqual(order.order_line.qty_to_invoice, 6)

    def test_short_close(self):
        order = self._approve(10, self.by_order)
        self._ship(order.picking_ids, 4)
        self._as(order, "reviewer").action_short_close("Out of stock")
        self.assertEqual(order.order_line.qty_to_invoice, 4)
        order._create_invoices().action_post()
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertFalse(self._get_refund_activity(order))

    # -------------------------------------------------------------- refund

    def test_cut_after_the_invoice(self):
        order = self._approve(10, self.by_order)
        invoice = order._create_invoices()
        invoice.action_post()
        self._cut(order, 7)
        credit = order.invoice_ids - invoice
        self.assertEqual((credit.move_type, credit.state), ("out_refund", "draft"))
        self.assertEqual(credit.amount_total, 30)
        activity = self._get_refund_activity(order)
        self.assertIn("30.00", activity.summary)
        self.assertIn("draft credit note", activity.note)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        # the draft is adjusted by hand; the amount told is that of now
        self._cut(order, 6)
        self.assertEqual(len(order.invoice_ids), 2)
        self.assertIn("40.00", self._get_refund_activity(order).summary)
        self.assertEqual(len(self._get_refund_activity(order)), 1)

    def test_cut_after_a_down_payment(self):
        order = self._approve(10, self.by_order)
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        wizard.create(
            {"advance_payment_method": "percentage", "amount": 50}
        ).create_invoices()
        order.invoice_ids.action_post()
        down = order.order_line.filtered("is_downpayment")
        self.assertTrue(down)
        self._cut(order, 7)
        self.assertFalse(self._get_refund_activity(order), "50 paid of 70")
        self._cut(order, 3)
        self.assertIn("20.00", self._get_refund_activity(order).summary)
        credit = order.invoice_ids.filtered(lambda m: m.state == "draft")
        self.assertEqual(credit.move_type, "out_refund")
        self.assertEqual(credit.amount_total, 20)

    def test_short_close_after_a_down_payment_before_delivery(self):
        """By delivery, while goods are still to come, only the amount is told."""
        order = self._approve(10, self.by_delivery)
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        wizard.create(
            {"advance_payment_method": "percentage", "amount": 50}
        ).create_invoices()
        order.invoice_ids.action_post()
        self._cut(order, 3)
        self.assertIn("20.00", self._get_refund_activity(order).summary)
        self.assertEqual(len(order.invoice_ids), 1)
        self._ship(order.picking_ids.filtered(lambda p: p.state != "cancel"), 1)
        self._as(order, "reviewer").action_short_close("No more")
        self.assertIn("40.00", self._get_refund_activity(order).summary)
        credit = order.invoice_ids.filtered(lambda m: m.state == "draft")
        self.assertEqual((credit.move_type, credit.amount_total), ("out_refund", 40))

    def test_cut_after_an_online_payment(self):
        order = self._approve(10, self.by_order)
        provider = self.env["payment.provider"].create(
            {"name": "Test", "company_id": self.company.id}
        )
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": 100,
                "currency_id": order.currency_id.id,
                "partner_id": self.partner.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "done",
            }
        )
        self._as(order, "reviewer").action_short_close("Sold out")
        activity = self._get_refund_activity(order)
        self.assertIn("100.00", activity.summary)
        self.assertIn("refund the online payment", activity.note)
        self.assertFalse(order.invoice_ids)

    def test_nothing_paid_nothing_proposed(self):
        order = self._approve(10, self.by_order)
        self._cut(order, 3)
        self.assertFalse(self._get_refund_activity(order))
        self.assertFalse(order.invoice_ids)

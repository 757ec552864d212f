# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-21: what came back is credited once, against the invoice it was on."""

import random

from odoo.fields import Command
from odoo.tests import tagged

from .invoice_common import InvoiceCase


@tagged("post_install", "-at_install")
class TestInvoiceCredit(InvoiceCase):
    def _sold(self, quantity=10, policy="shipment", **vals):
        """An order that is shipped and invoiced."""
        self.channel.invoice_policy = policy
        order = self._sell(quantity, **vals)
        picking = self._deliver(order)
        self._run()
        return order, picking

    def _enter_return(self, order, kind="refund_only", quantity=2.0, **vals):
        line = order.order_line[0]
        return self.env["channel.return"].create(
            {
                "partner_id": order.partner_id.id,
                "company_id": self.company.id,
                "return_type": kind,
                "currency_id": order.currency_id.id,
                "line_ids": [
                    Command.create(
                        {
                            "order_id": order.id,
                            "sale_line_id": line.id,
                            "requested_qty": quantity,
                            **vals,
                        }
                    )
                ],
            }
        )

    def test_goods_that_came_back(self):
        for policy in ("shipment", "order"):
            for product in self.goods:
                order, picking = self._sold(policy=policy, product=product)
                invoice = self._invoices(order)
                self._return(picking, 3)
                self.assertEqual(order.order_line.qty_to_invoice, -3)
                self._run()
                credit = self._invoices(order, "out_refund")
                self.assertEqual((credit.state, credit.amount_total), ("posted", 33))
                self.assertEqual(credit.reversed_entry_id, invoice)
                self.assertEqual(credit.invoice_line_ids.tax_ids, self.tax)
                self.assertEqual(invoice.amount_residual, 77)
                self.assertEqual(order.order_line.qty_to_invoice, 0)
                order._mark_credit_due()
                self._run()
                self.assertEqual(len(order.invoice_ids), 2, "never twice")
                self._return(picking, 2)
                self._run()
                self.assertEqual(invoice.amount_residual, 55)

    def test_drafts_count(self):
        self.channel.credit_policy = "draft"
        order, picking = self._sold()
        self._return(picking, 3)
        self._run()
        credit = self._invoices(order, "out_refund")
        self.assertEqual(credit.state, "draft")
        order._mark_credit_due()
        self._run()
        self.assertEqual(self._invoices(order, "out_refund"), credit)

    def test_by_hand(self):
        self.channel.credit_policy = "manual"
        order, picking = self._sold()
        self._return(picking, 3)
        self._run()
        self.assertFalse(self._invoices(order, "out_refund"))
        self.assertEqual(order.order_line.qty_to_invoice, -3)

    def test_without_refund(self):
        """Goods that came back to be exchanged: nothing is credited."""
        order, picking = self._sold()
        self._return(picking, 3, to_refund=False)
        self._run()
        self.assertEqual(len(order.invoice_ids), 1)

    def test_partly_invoiced(self):
        """What was not invoiced yet is not credited, and not invoiced any more."""
        self.channel.invoice_policy = "shipment"
        order = self._sell(10)
        self._deliver(order, 4)
        self._run()
        second = self._deliver(order)
        self._return(second, 5)
        self.assertEqual(order.order_line.qty_to_invoice, 1)
        self._run()
        self.assertEqual(
            sorted(order.invoice_ids.invoice_line_ids.mapped("quantity")), [1, 4]
        )

    def test_several_invoices(self):
        """Newest first, each by its own credit note."""
        self.channel.invoice_policy = "shipment"
        order = self._sell(10)
        first = self._deliver(order, 4)
        self._run()
        second = self._deliver(order)
        self._run()
        self._return(second, 6)
        self._return(first, 1)
        self._run()
        credits = self._invoices(order, "out_refund")
        self.assertEqual(
            {
                credit.reversed_entry_id.invoice_line_ids.quantity: (
                    credit.invoice_line_ids.quantity
                )
                for credit in credits
            },
            {6: 6, 4: 1},
        )

    def test_refund_only(self):
        order, _picking = self._sold()
        record = self._enter_return(order)
        self._run()
        self.assertEqual(len(order.invoice_ids), 1, "nobody has decided yet")
        record.action_approve()
        self._run()
        credit = self._invoices(order, "out_refund")
        self.assertEqual(credit.amount_total, 22)
        self.assertEqual(credit.channel_return_ids, record)
        self.assertEqual(record.credit_note_ids, credit)
        self.assertEqual(record.credit_note_count, 1)
        record._transition("closed")
        self._run()
        self.assertEqual(len(order.invoice_ids), 2)

    def test_amount_of_the_return(self):
        """A part of the price is given back."""
        order, _picking = self._sold()
        record = self._enter_return(order, refund_amount=5.5)
        record.action_approve()
        self._run()
        credit = self._invoices(order, "out_refund")
        self.assertEqual(credit.amount_total, 5.5)
        self.assertEqual(credit.invoice_line_ids.quantity, 2)
        self.assertEqual(credit.invoice_line_ids.tax_ids, self.tax)

    def test_received_goods_count_once(self):
        """The return and the transfer tell of the same goods."""
        for policy in ("shipment", "order"):
            order, picking = self._sold(policy=policy)
            record = self._enter_return(order, kind="return_refund", quantity=3)
            record.action_approve()
            record._transition("to_receive")
            record.line_ids.sudo().received_qty = 3
            record._transition("received")
            self._return(picking, 3)
            self._run()
            credit = self._invoices(order, "out_refund")
            self.assertEqual(credit.invoice_line_ids.quantity, 3)
            self.assertEqual(credit.channel_return_ids, record)
            self.assertEqual(order.order_line.qty_to_invoice, 0)

    def test_draft_invoice(self):
        """There is nothing to credit yet: somebody is told."""
        self.channel.invoice_posting = "draft"
        order, picking = self._sold()
        self._return(picking, 3)
        self._run()
        self.assertIn("not posted yet", order.invoice_problem)
        order.invoice_ids.action_post()
        order.action_invoice_again()
        self._run()
        self.assertEqual(self._invoices(order, "out_refund").amount_total, 33)
        self.assertFalse(order.invoice_problem)

    def test_rate_of_the_invoice(self):
        """A credit note leaves no exchange difference."""
        currency = self.env.ref("base.EUR")
        currency.active = True
        rates = self.env["res.currency.rate"]
        common = {"currency_id": currency.id, "company_id": self.company.id}
        rates.create({**common, "name": "2020-01-01", "rate": 0.5})
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "EUR",
                "currency_id": currency.id,
                "company_id": self.company.id,
            }
        )
        order, picking = self._sold(pricelist_id=pricelist.id)
        invoice = self._invoices(order)
        self.assertEqual(invoice.currency_id, currency)
        rates.create({**common, "name": invoice.invoice_date, "rate": 0.8})
        self._return(picking, 10)
        self._run()
        credit = self._invoices(order, "out_refund")
        self.assertEqual(credit.amount_total, invoice.amount_total)
        self.assertEqual(credit.amount_total_signed, -invoice.amount_total_signed)
        self.assertEqual(invoice.payment_state, "reversed")

    def test_random_orders_tie_out(self):
        """Order, invoice and credit notes are the same to the cent, whatever the
        prices, discounts, taxes and the company's rounding."""
        seven = self.tax.copy({"name": "VAT 7.75", "amount": 7.75})
        within = self.tax.copy(
            {"name": "VAT in", "amount": 21.0, "price_include_override": "tax_included"}
        )
        self.channel.invoice_policy = "shipment"
        for seed in range(8):
            rng = random.Random(seed)
            self.company.tax_calculation_rounding_method = rng.choice(
                ("round_per_line", "round_globally")
            )
            order = self._sell(
                *[rng.randint(1, 9) for _line in range(rng.randint(1, 4))],
                confirm=False,
            )
            for line in order.order_line:
                line.price_unit = rng.randint(1, 99999) / 100
                line.discount = rng.choice((0, 0, 7.5, 33.33))
                taxes = rng.choice((self.tax, seven, within, self.tax | seven))
                line.tax_ids = taxes
            order.action_confirm()
            picking = self._deliver(order)
            self._run()
            invoice = self._invoices(order)
            self.assertEqual(invoice.amount_total, order.amount_total, seed)
            for part in (0.4, 1):
                wizard = self.env["stock.return.picking"].create(
                    {"picking_id": picking.id}
                )
                for move in wizard.product_return_moves:
                    sold = move.move_id.quantity
                    gone = sum(move.move_id.returned_move_ids.mapped("quantity"))
                    wanted = int(sold * part) if part < 1 else sold - gone
                    move.write({"quantity": wanted, "to_refund": True})
                if any(wizard.product_return_moves.mapped("quantity")):
                    action = wizard.action_create_returns()
                    self._ship(self.env["stock.picking"].browse(action["res_id"]))
                    self._run()
            credits = self._invoices(order, "out_refund")
            self.assertEqual(set(credits.mapped("state")), {"posted"}, seed)
            total = sum(credits.mapped("amount_total"))
            self.assertAlmostEqual(total, invoice.amount_total, 2, seed)
            self.assertEqual(invoice.payment_state, "reversed", seed)
            self.assertEqual(invoice.amount_residual, 0, seed)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import CustomerCommon


@tagged("post_install", "-at_install")
class TestCustomerReturns(CustomerCommon):
    """Revenue is net of what credit notes say came back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        account = cls.env["account.account"].create(
            [
                {"name": "Income", "code": "CP400", "account_type": "income"},
                {
                    "name": "Receivable",
                    "code": "CP120",
                    "account_type": "asset_receivable",
                    "reconcile": True,
                },
            ]
        )
        cls.env["account.journal"].create(
            {
                "name": "Sales",
                "code": "CPS",
                "type": "sale",
                "company_id": cls.company.id,
                "default_account_id": account[0].id,
            }
        )
        cls.product.property_account_income_id = account[0]
        cls.env["res.partner"].browse(
            cls.customer.id
        ).property_account_receivable_id = account[1]

    def _invoice(self, orders):
        moves = orders._create_invoices()
        moves.action_post()
        return moves

    def _credit(self, move, amount=None):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard = wizard.create({"journal_id": move.journal_id.id})
        credit = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        if amount:
            credit.invoice_line_ids.price_unit = amount
        credit.action_post()
        return credit

    def _bill(self, move_type, amount):
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "invoice_date": self.today - timedelta(days=10),
                "invoice_date_due": self.today - timedelta(days=5),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "quantity": 1,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        move.action_post()
        return move

    def test_what_is_invoiced_is_not_to_invoice(self):
        self._buy(self.customer, 1, 80)
        order = self.env["sale.order"].search([("partner_id", "=", self.customer.id)])
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 0.5
        self.assertEqual(self._snapshot(self.customer).open_order_amount, 80)
        invoice.action_post()
        row = self._snapshot(self.customer)
        self.assertEqual((row.open_order_count, row.open_order_amount), (1, 40))

    def test_credit_note(self):
        orders = self._buy(self.customer, [20, 10], 100)
        self._credit(self._invoice(orders[0]), 30)
        row = self._snapshot(self.customer)
        self.assertEqual((row.order_count, row.revenue_total), (2, 170))
        self.assertEqual(row.margin_total, 80 * 170 / 200)

    def test_written_anew(self):
        """An invoice that was credited and billed again took nothing back."""
        order = self._buy(self.customer, 10, 100)
        self._credit(self._invoice(order))
        self._invoice(order)
        self.assertEqual(self._snapshot(self.customer).revenue_total, 100)

    def test_without_order(self):
        """Invoices that belong to no order are purchases of their own."""
        self._bill("out_invoice", 50)
        self._bill("out_refund", 20)
        row = self._snapshot(self.customer)
        self.assertEqual((row.order_count, row.revenue_total), (1, 30))
        self.assertEqual((row.balance_due, row.overdue_due), (30, 30))

    def test_only_returns(self):
        self._bill("out_refund", 20)
        row = self._snapshot(self.customer)
        self.assertEqual((row.order_count, row.revenue_total), (0, -20))
        self.assertEqual((row.rfm_r, row.churn_band), (0, "none"))
        self.assertEqual(row.average_order, 0)

    def test_paid(self):
        """What was paid is not owed; the payment marks the customer."""
        move = self._bill("out_invoice", 50)
        self.env.cr.precommit.run()
        self.env["customer.snapshot.dirty"].search([]).unlink()
        credit = self._bill("out_refund", 50)
        lines = (move | credit).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        lines.reconcile()
        self.env.cr.precommit.run()
        self.assertEqual(
            self.env["customer.snapshot.dirty"].search([]).partner_id, self.customer
        )
        self.assertEqual(self._snapshot(self.customer).balance_due, 0)

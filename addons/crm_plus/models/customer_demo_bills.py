# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import Command, api, models

#: days after an order in which it is not billed yet
_OPEN_DAYS = 14
#: demo customers whose last bill is not paid, or half of it only
_UNPAID, _HALF_PAID = ("at_risk", "lost"), ("loyal",)


class CustomerSnapshot(models.Model):
    """What the demo customers were billed and have paid, for demonstration only."""

    # split by concern
    _inherit = "customer.snapshot"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _create_demo_bills(self, orders):
        """Bills for each customer and quarter, payments, one credit note.

        Without books (no chart of accounts yet) nothing is posted; see
        `account.chart.template`, which comes back here when there are some.

        :param orders: confirmed `sale.order` of the demo; those of the last days stay
            open
        :return: the posted bills
        """
        bills = self.env["account.move"]
        if not all(self._get_demo_journal(kind) for kind in ("sale", "bank")):
            return bills
        moment = self._get_moment(self.env.company)
        limit = moment.now - timedelta(days=_OPEN_DAYS)
        due = orders.filtered(
            lambda order: (
                order.invoice_status == "to invoice" and order.date_order <= limit
            )
        ).sorted("date_order")
        for batch in due.grouped(self._get_demo_period).values():
            bill = batch.with_context(raise_if_nothing_to_invoice=False)
            bill = bill._create_invoices()
            bill.invoice_date = batch[-1].date_order.date()
            bills |= bill
        if not bills:
            return bills
        bills.action_post()
        self._create_demo_payments(bills)
        self._create_demo_credit(bills)
        return bills

    def _get_demo_orders(self):
        """Confirmed orders of the demo customers in this company, if there are any."""
        category = self.env.ref(
            "crm_plus.res_partner_category_demo_subscriber", raise_if_not_found=False
        )
        if not category:
            return self.env["sale.order"]
        names = self.env["ir.model.data"].search(
            [
                ("module", "=", "crm_plus"),
                ("model", "=", "res.partner"),
                ("name", "=like", "partner_demo_%"),
            ]
        )
        partners = category.partner_ids.ids + names.mapped("res_id")
        return self.env["sale.order"].search(
            [
                ("partner_invoice_id", "in", partners),
                ("state", "=", "sale"),
                ("company_id", "=", self.env.company.id),
            ]
        )

    def _get_demo_period(self, order):
        """Companies get a bill a quarter, people one for all they have bought."""
        partner, day = order.partner_invoice_id, order.date_order
        if not partner.is_company:
            return partner, 0
        return partner, (day.year, (day.month - 1) // 3)

    def _get_demo_journal(self, kind):
        return self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.env.company),
                ("type", "=", kind),
                ("default_account_id", "!=", False),
            ],
            limit=1,
        )

    def _get_demo_partners(self, names):
        found = self.env["res.partner"]
        for name in names:
            found |= (
                self.env.ref(f"crm_plus.partner_demo_{name}", raise_if_not_found=False)
                or self.env["res.partner"]
            )
        return found

    def _create_demo_payments(self, bills):
        """Everybody pays after some weeks; not all of them, and not all of it."""
        today = self._get_moment(self.env.company).today
        unpaid = self._get_demo_partners(_UNPAID)
        half = self._get_demo_partners(_HALF_PAID)
        paid, vals_list = [], []
        for number, bill in enumerate(bills):
            later = bills.filtered(
                lambda move, bill=bill: (
                    move.partner_id == bill.partner_id
                    and move.invoice_date > bill.invoice_date
                )
            )
            day = bill.invoice_date + timedelta(days=12 + number * 5 % 16)
            last = not later
            if day > today or last and bill.partner_id in unpaid:
                continue
            share = 0.5 if last and bill.partner_id in half else 1.0
            paid.append(bill)
            vals_list.append(self._prepare_demo_payment(bill, day, share))
        payments = self.env["account.payment"].create(vals_list)
        payments.action_post()
        for bill, payment in zip(paid, payments, strict=True):
            lines = bill.line_ids | payment.move_id.line_ids
            lines.filtered(
                lambda line: (
                    line.account_type == "asset_receivable" and not line.reconciled
                )
            ).reconcile()
            bill.matched_payment_ids |= payment

    def _prepare_demo_payment(self, bill, day, share):
        currency = bill.currency_id
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": bill.partner_id.id,
            "amount": currency.round(bill.amount_total * share),
            "currency_id": currency.id,
            "date": day,
            "journal_id": self._get_demo_journal("bank").id,
            "memo": bill.name,
        }

    def _create_demo_credit(self, bills):
        """A tin that came back, from the customer who has most of them."""
        partner = self._get_demo_partners(["champion"])
        bill = bills.filtered(lambda move: move.partner_id == partner)[-2:-1]
        if not bill:
            return
        line = bill.invoice_line_ids[:1]
        credit = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": partner.id,
                "reversed_entry_id": bill.id,
                "ref": bill.name,
                "invoice_date": bill.invoice_date + timedelta(days=9),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "quantity": 1,
                            "price_unit": 60.0,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        credit.action_post()

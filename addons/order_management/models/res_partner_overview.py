# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: rows of each list of the page; whoever wants more opens the list behind it
MAX_ROWS = 20


class ResPartner(models.Model):
    """A partner; here: its goods, money and messages on one page.

    The page is the same for the customer and for staff, so that both talk about the
    same figures.
    """

    # split by concern
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def action_view_overview(self):
        """Open the page of goods, money and messages, as the customer sees it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/my/overview/{self.commercial_partner_id.id}",
            "target": "new",
        }

    def _may_see_overview(self):
        """Whether the user may see the page of this customer.

        Customers see their own; so do the hub's clerks and accountants those of
        customers they may read. Addons let more people in.
        """
        self.ensure_one()
        user = self.env.user
        # sudo: only to compare whose it is; who may not read it learns nothing
        if self.sudo().commercial_partner_id == user.partner_id.commercial_partner_id:
            return True
        is_staff = user.has_group("order_management.group_clerk") or user.has_group(
            "order_management.group_accountant"
        )
        return is_staff and self.has_access("read")

    def _get_overview(self, company, months=12):
        """Goods, money and messages of this customer with ``company``.

        Meant for ``sudo()``: who may look is ``_may_see_overview``'s to say.

        :param int months: how far back orders, invoices and payments are counted
        :return: dict with ``orders`` (recordset, newest first), ``goods`` ([{product,
            uom, ordered, approved, shipped, returned, open}], quantities in the
            product's unit), ``money`` ({invoiced, credited, paid, due, overdue}, in
            the company's currency with tax), ``invoices`` (open ones, most urgent
            first), ``messages`` (newest first), ``currency``, ``since`` (date)
        """
        self.ensure_one()
        customer = self.commercial_partner_id.with_company(company)
        since = fields.Date.context_today(self) - relativedelta(months=months)
        orders = customer._get_overview_orders(company, since)
        return {
            "partner": customer,
            "company": company,
            "currency": company.currency_id,
            "since": since,
            "months": months,
            "orders": orders,
            "goods": customer._get_overview_goods(company, since),
            "money": customer._get_overview_money(company, since),
            "invoices": customer._get_overview_invoices(company),
            "messages": customer._get_overview_messages(orders),
        }

    def _get_overview_orders(self, company, since):
        return self.env["sale.order"].search(
            self._get_overview_order_domain(company, since),
            order="date_order desc, id desc",
            limit=MAX_ROWS,
        )

    def _get_overview_order_domain(self, company, since):
        """Orders the customer knows of: sent, waiting for approval, confirmed."""
        return (
            Domain("partner_id", "child_of", self.id)
            & Domain("company_id", "=", company.id)
            & Domain("date_order", ">=", since)
            & (
                Domain("state", "in", ("sent", "sale"))
                | Domain("approval_state", "!=", "none")
            )
        )

    def _get_overview_goods(self, company, since):
        """What became of what was requested, product by product."""
        domain = self._get_overview_order_domain(company, since)
        sums = ("ordered", "approved", "shipped", "returned", "open")
        rows = self.env["order.quantity.report"]._read_group(
            domain & Domain("state", "!=", "cancel"),
            ["product_id"],
            [f"{name}_qty:sum" for name in sums],
            order="ordered_qty:sum desc, product_id",
            limit=MAX_ROWS,
        )
        return [
            {
                "product": product,
                "uom": product.uom_id,
                **dict(zip(sums, quantities, strict=True)),
            }
            for product, *quantities in rows
        ]

    def _get_overview_money(self, company, since):
        """What was invoiced, credited and paid since then, and what is due now.

        Signs are the customer's: everything is positive but a balance in his favour.
        """
        today = fields.Date.context_today(self)
        lines = self.env["account.move.line"]
        lines.flush_model()
        self.env["account.move"].flush_model(["move_type", "state"])
        row = self.env.execute_query(
            SQL(
                """
                SELECT
                    SUM(line.balance) FILTER (
                        WHERE move.move_type IN ('out_invoice', 'out_receipt')
                        AND line.date >= %(since)s),
                    SUM(-line.balance) FILTER (
                        WHERE move.move_type = 'out_refund'
                        AND line.date >= %(since)s),
                    SUM(-line.balance) FILTER (
                        WHERE move.move_type NOT IN
                            ('out_invoice', 'out_receipt', 'out_refund')
                        AND line.date >= %(since)s),
                    SUM(line.amount_residual),
                    SUM(line.amount_residual) FILTER (
                        WHERE COALESCE(line.date_maturity, line.date) < %(today)s
                        AND line.amount_residual > 0)
                FROM account_move_line line
                JOIN account_move move ON move.id = line.move_id
                JOIN account_account account ON account.id = line.account_id
                WHERE line.partner_id = ANY(%(partners)s)
                AND line.company_id = %(company)s
                AND line.parent_state = 'posted'
                AND account.account_type = 'asset_receivable'
                """,
                since=since,
                today=today,
                company=company.id,
                partners=self._get_overview_partners().ids,
            )
        )[0]
        names = ("invoiced", "credited", "paid", "due", "overdue")
        return {
            name: company.currency_id.round(figure or 0.0)
            for name, figure in zip(names, row, strict=True)
        }

    def _get_overview_partners(self):
        """The customer with all contacts, also archived ones: debts stay theirs."""
        return self.with_context(active_test=False).search(
            [("commercial_partner_id", "=", self.id)]
        )

    def _get_overview_invoices(self, company):
        return self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", self.id),
                ("company_id", "=", company.id),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial", "in_payment")),
            ],
            order="invoice_date_due, id",
            limit=MAX_ROWS,
        )

    def _get_overview_messages(self, orders):
        """What was said on the latest orders, without what is internal."""
        return self.env["mail.message"].search(
            [
                ("model", "=", "sale.order"),
                ("res_id", "in", orders.ids),
                ("message_type", "in", ("comment", "email", "email_outgoing")),
                ("is_internal", "=", False),
                ("subtype_id.internal", "=", False),
                ("body", "!=", False),
            ],
            order="date desc, id desc",
            limit=MAX_ROWS,
        )

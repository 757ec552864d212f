# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import timedelta

import psycopg2
from markupsafe import Markup
from pytz import utc

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.transient import is_transient

_logger = logging.getLogger(__name__)

_ACTIVITY_TYPE = "order_management.mail_activity_type_invoice"
#: what could not be invoiced is tried again by itself after this
_RETRY = timedelta(days=1)


class SaleOrder(models.Model):
    """An order; here: invoiced and credited by jobs, as its channel says."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def action_invoice_again(self):
        """Try to invoice these orders again, now, by a job."""
        self.check_access("write")
        waiting = self.sudo().filtered("invoice_problem")
        waiting.write({"invoice_due_at": fields.Datetime.now()})
        waiting.sale_channel_id._enqueue_invoicing()
        return True

    def _claim_invoice_units(self):
        """Lock these orders; what is invoiced together wholly or not at all.

        Of each unit one row is locked first: of two workers one gets it, and the other
        leaves the unit alone. Each would get some of its rows otherwise, and a customer
        two invoices of one period. A unit of which somebody else has a row at hand, to
        edit it say, stays due.

        :return: the locked orders
        """
        units = []
        for policy, orders in self.grouped("channel_invoice_policy").items():
            units += orders._get_invoice_units(policy)
        firsts = self.browse(min(unit.ids) for unit in units)
        firsts = firsts.try_lock_for_update(allow_referencing=True)
        units = [unit for unit in units if unit & firsts]
        claimed = wanted = self.browse().concat(*units)
        if wanted != firsts:
            claimed = wanted.try_lock_for_update(allow_referencing=True)
        return self.browse().concat(*(unit for unit in units if unit <= claimed))

    def _invoice_claimed(self):
        """Invoice and credit these orders, locked by the caller.

        What fails is told on the order; nothing is raised for it. The write of the
        moment is what a second worker's transaction fails on.
        """
        moments = {order.id: order.invoice_due_at for order in self}
        for channel, orders in self.grouped("sale_channel_id").items():
            orders = orders.with_company(channel.company_id)
            orders.write({"invoice_due_at": False})
            orders.flush_recordset(["invoice_due_at"])
            for policy, group in orders.grouped("channel_invoice_policy").items():
                if policy:
                    group._invoice_units(group._get_invoice_units(policy), moments)

    def _get_invoice_units(self, policy):
        """What fails or succeeds together: an order, or all of a customer's period."""
        if policy != "period":
            return list(self)
        return list(
            self.grouped(lambda o: (o.partner_invoice_id, o.currency_id)).values()
        )

    def _invoice_units(self, units, moments):
        """All at once; if that fails one by one, so that a single order stops only
        itself."""
        orders = self.browse().concat(*units)
        try:
            with self.env.cr.savepoint():
                moves = orders._invoice_by_policy(moments)
        except Exception as error:  # pylint: disable=broad-except
            if is_transient(error):
                raise
            if len(units) > 1:
                _logger.info("Invoicing %d orders failed (%s)", len(orders), error)
                for unit in units:
                    self._invoice_units([unit], moments)
                return
            orders._tell_invoice_problem(self._describe_problem(error))
        else:
            orders._close_invoice_problem()
            orders._after_invoicing(moves)

    def _invoice_by_policy(self, moments):
        """Make the invoices and credit notes that are due.

        :param moments: {order id: when it was due}
        :return: the documents
        :raises UserError: something is in the way
        """
        channel = self.sale_channel_id
        dates = {order.id: order._get_policy_date(moments[order.id]) for order in self}
        ready = self.filtered(
            lambda order: any(
                not line.display_type for line in order._get_invoiceable_lines()
            )
        )
        ready._check_invoiceable(dates)
        moves = self.env["account.move"]
        if ready:
            moves = ready._invoice_in_bulk(
                post=channel.invoice_posting == "post",
                grouped=ready[0].channel_invoice_policy != "period",
                dates=dates,
            )
        if channel.credit_policy != "manual":
            moves |= self._credit_returns(dates, channel.credit_policy == "post")
        return moves

    def _get_policy_date(self, due_at):
        """The date of an invoice: that of the shipment, or the day it was due."""
        self.ensure_one()
        channel, zone_of = self.sale_channel_id, self.env["order.quota"]._get_zone
        moment = fields.Datetime.now()
        if self.channel_invoice_policy == "period" and due_at:
            # a period that ends at midnight ends on the day before
            moment = min(due_at - timedelta(seconds=1), moment)
        if channel.invoice_date_rule == "shipment":
            moment = self._get_last_shipment() or moment
        return utc.localize(moment).astimezone(zone_of(self.company_id)).date()

    def _get_last_shipment(self):
        moments = self.picking_ids.filtered(
            lambda picking: (
                picking.state == "done" and picking.picking_type_code == "outgoing"
            )
        ).mapped("date_done")
        return max(moments, default=None)

    def _check_invoiceable(self, dates):
        """:raises UserError: what Odoo would let through and an accountant would not"""
        for order in self:
            partner = order.partner_invoice_id
            if not partner.active:
                raise UserError(
                    self.env._(
                        "%(name)s is archived. Restore the customer, or choose another "
                        "invoice address in the order.",
                        name=partner.display_name,
                    )
                )
            gone = order.order_line.tax_ids.filtered(lambda tax: not tax.active)
            if gone:
                raise UserError(
                    self.env._(
                        "The tax %(name)s is archived. Choose another one in the "
                        "order's lines.",
                        name=gone[0].name,
                    )
                )
        keys = {
            (order.journal_id, dates[order.id], bool(order.order_line.tax_ids))
            for order in self
        }
        for journal, date, has_tax in keys:
            self._check_period_open(journal, date, has_tax)

    def _check_period_open(self, journal, date, has_tax):
        """:raises UserError: the books of that day are closed"""
        channel = self.sale_channel_id
        journals = self.env["account.journal"]
        journal = journal or channel.invoice_journal_id
        if not journal:
            journal = journals.search(
                [
                    *journals._check_company_domain(channel.company_id),
                    ("type", "=", "sale"),
                ],
                limit=1,
            )
        locks = channel.company_id._get_violated_lock_dates(date, has_tax, journal)
        if locks:
            raise UserError(
                self.env._(
                    "The books are closed until %(lock)s and the invoice would be of "
                    "%(date)s. Have an accountant reopen the period, or invoice the "
                    "order by hand with a later date.",
                    lock=locks[-1][0],
                    date=date,
                )
            )

    def _describe_problem(self, error):
        if isinstance(error, UserError):
            return str(error)
        if isinstance(error, psycopg2.IntegrityError) and "account" in str(error):
            return self.env._(
                "An account is missing: of a product or its category (income), of the "
                "customer (receivable), or of a tax. Set it and try again."
            )
        _logger.exception("Orders %s could not be invoiced", self.ids)
        return self.env._(
            "Unexpected problem (%(type)s). Try again; if it stays, send the server's "
            "log to whoever maintains the system.",
            type=type(error).__name__,
        )

    def _tell_invoice_problem(self, text):
        """Put a problem where a person sees it; jobs try again the next day."""
        retry = fields.Datetime.now() + _RETRY
        fresh = self.filtered(lambda order: order.invoice_problem != text)
        self.write({"invoice_problem": text, "invoice_due_at": retry})
        fresh._log_event("invoice", None, self.env._("Not invoiced"), text)
        kind = self.env.ref(_ACTIVITY_TYPE)
        known = self.activity_search([_ACTIVITY_TYPE])
        known.write({"note": Markup("<p>%s</p>") % text})
        for order in self.filtered(lambda o: o.id not in known.mapped("res_id")):
            user = order._get_invoice_person()
            order.activity_schedule(
                activity_type_id=kind.id,
                summary=self.env._("Not invoiced"),
                note=Markup("<p>%s</p>") % text,
                user_id=user.id,
            )

    def _get_invoice_person(self):
        """Who is to put right what keeps the order from being invoiced."""
        self.ensure_one()
        user = self.user_id or self.sale_channel_id.user_id
        for role in ("accountant", "manager"):
            if user:
                break
            # a job is nobody; somebody has to see it
            group = self.env.ref(f"order_management.group_{role}")
            user = group.all_user_ids.filtered(
                lambda u: u.active and self.company_id in u.company_ids and not u.share
            )[:1]
        return user or self.env.user

    def _close_invoice_problem(self):
        solved = self.filtered("invoice_problem")
        if solved:
            solved.write({"invoice_problem": False})
            solved.activity_unlink([_ACTIVITY_TYPE])

    def _after_invoicing(self, moves):
        """Tell the history, and the customers where the channel wants it."""
        names = {}
        for move in moves:
            for order in move.line_ids.sale_line_ids.order_id:
                label = move.name or self.env._("draft invoice")
                names.setdefault(order.id, []).append(label)
        texts = {order_id: ", ".join(parts) for order_id, parts in names.items()}
        if texts:
            told = self.browse(texts)
            told._log_event("invoice", None, self.env._("Invoiced"), texts)
        posted = moves.filtered(lambda move: move.state == "posted")
        if posted and self.sale_channel_id.invoice_send_mail:
            posted._send_later()

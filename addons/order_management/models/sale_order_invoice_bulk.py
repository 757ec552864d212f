# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .sale_order_bulk import Bulk


class InvoiceBulk(Bulk):
    """What a batch of invoices that is made at once has in common.

    It is passed in the context, under ``order_management_invoice_bulk``.
    """

    def __init__(self, products, dates, one_each=False):
        super().__init__(products)
        #: whether each order gets an invoice of its own
        self.one_each = one_each
        #: {order id: date of its invoice}; drafts get theirs when they are posted
        self.dates = dates

    @staticmethod
    def of(records):
        """The batch of invoices that these records belong to, or None."""
        bulk = records.env.context.get("order_management_invoice_bulk")
        return bulk if isinstance(bulk, InvoiceBulk) else None


class SaleOrder(models.Model):
    """An order; here: invoiced together with many others.

    Odoo makes invoices together but dates, numbers and describes them one after the
    other. The overrides ask `InvoiceBulk.of` and leave everybody else to Odoo; the rows
    made are the same (a test compares them).
    """

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _invoice_in_bulk(self, post=True, grouped=True, dates=None):
        """Invoice these orders as one batch; about 100 are best.

        :param post: also post the invoices
        :param grouped: one invoice an order; False: one a customer, as Odoo groups them
        :param dates: {order id: date of its invoice}; default: today if posted
        :return: the invoices (``account.move``)
        :raises UserError: there is nothing to invoice, or one of them cannot be posted;
            then none is made
        """
        if dates is None:
            today = fields.Date.context_today(self) if post else False
            dates = dict.fromkeys(self.ids, today)
        bulk = InvoiceBulk(self.order_line.product_id, dates, one_each=grouped)
        orders = self.with_context(
            order_management_invoice_bulk=bulk,
            # events say what happened to each order, one statement for all
            tracking_disable=True,
            mail_auto_subscribe_no_notify=True,
        )
        orders._prefetch_for_invoices()
        moves = orders._create_invoices(grouped=grouped)
        bulk.log_origins()
        if post:
            moves.action_post()
        moves.env.flush_all()
        return moves.with_env(self.env)

    def _prefetch_for_invoices(self):
        """Read for all: what follows looks at one order after the other."""
        self.mapped("name")
        self.order_line.mapped("invoice_lines")
        self.sudo().mapped("transaction_ids")

    def _prepare_invoice(self):
        """Override: the date is known now, and not only when the invoice is posted."""
        values = super()._prepare_invoice()
        bulk = InvoiceBulk.of(self)
        if bulk and bulk.dates.get(self.id):
            values.setdefault("invoice_date", bulk.dates[self.id])
        return values

    def _create_account_invoices(self, invoice_vals_list, final):
        """Override: the lines of each invoice are numbered from zero, as if it had been
        made alone."""
        bulk = InvoiceBulk.of(self)
        if bulk and bulk.one_each:
            for vals in invoice_vals_list:
                for number, command in enumerate(vals["invoice_line_ids"]):
                    command[2]["sequence"] = number
        return super()._create_account_invoices(invoice_vals_list, final)

    def _get_invoice_grouping_keys(self):
        """Override: one invoice a customer and currency, wherever it was sent."""
        keys = super()._get_invoice_grouping_keys()
        if InvoiceBulk.of(self):
            keys = [key for key in keys if key != "partner_shipping_id"]
        return keys

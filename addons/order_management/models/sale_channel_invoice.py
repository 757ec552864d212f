# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import calendar
from datetime import datetime, time, timedelta

from pytz import utc

from odoo import api, fields, models

from ..tools.transient import is_transient

#: orders that one job invoices in one transaction
INVOICE_JOB_SIZE = 100


class SaleChannel(models.Model):
    """A way of selling; here: when and how its orders are invoiced."""

    _inherit = "sale.channel"

    invoice_policy = fields.Selection(
        [
            ("manual", "By hand"),
            ("order", "When confirmed"),
            ("shipment", "When shipped"),
            ("delivery", "When delivered"),
            ("payment", "When paid"),
            ("period", "At the end of a period"),
        ],
        "Invoicing",
        default="manual",
        required=True,
        help="When orders of this channel are invoiced by themselves. Confirmed and "
        "paid: what was approved. Shipped and delivered: what has left. Period: by the "
        "products, one invoice a customer and currency. An order keeps what was set "
        "here when it was confirmed.",
    )
    invoice_posting = fields.Selection(
        [("draft", "Leave as drafts"), ("post", "Post")],
        "New Invoices",
        default="draft",
        required=True,
    )
    invoice_date_rule = fields.Selection(
        [
            ("today", "Day of invoicing, or last day of the period"),
            ("shipment", "Day of the last shipment"),
        ],
        "Invoice Date",
        default="today",
        required=True,
    )
    invoice_journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', '=', 'sale')]",
        help="Empty: as Odoo chooses.",
    )
    invoice_send_mail = fields.Boolean(
        "Send Invoices by E-mail", help="Posted invoices, to the customer."
    )
    invoice_delivery_days = fields.Integer(
        "Counts as Delivered After (Days)",
        default=7,
        help="When nobody reports the delivery: days from the shipment. 0: at once.",
    )
    invoice_period = fields.Selection(
        [("day", "Day"), ("week", "Week"), ("month", "Month")],
        default="month",
        required=True,
    )
    invoice_cutoff = fields.Float(
        "Cut-off",
        default=24.0,
        help="Time of the period's last day (a week ends on Sunday) at which it ends, "
        "in the company's time zone. What comes later belongs to the next period.",
    )
    credit_policy = fields.Selection(
        [
            ("manual", "By hand"),
            ("draft", "Leave as drafts"),
            ("post", "Post"),
        ],
        "Credit Notes",
        default="draft",
        required=True,
        help="For goods that came back and for accepted refunds, where orders are "
        "invoiced by themselves.",
    )
    invoice_count = fields.Integer("Invoices", compute="_compute_invoice_count")

    _invoice_cutoff_check = models.Constraint(
        "CHECK (invoice_cutoff > 0 AND invoice_cutoff <= 24)",
        "The cut-off is a time of the day: above 0:00, up to 24:00.",
    )
    _invoice_delivery_days_check = models.Constraint(
        "CHECK (invoice_delivery_days >= 0)", "Nothing is delivered before it left."
    )

    def _compute_invoice_count(self):
        domain = [
            ("sale_channel_id", "in", self.ids),
            ("move_type", "in", ("out_invoice", "out_refund")),
        ]
        counts = dict(
            self.env["account.move"]
            .sudo()
            ._read_group(domain, ["sale_channel_id"], ["__count"])
        )
        for channel in self:
            channel.invoice_count = counts.get(channel._origin, 0)

    def action_view_invoices(self):
        """Open the invoices and credit notes of these channels."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return {
            **action,
            "domain": [
                ("sale_channel_id", "in", self.ids),
                ("move_type", "in", ("out_invoice", "out_refund")),
            ],
            "context": {},
        }

    def _get_next_cutoff(self, moment):
        """The end of the period that a moment belongs to.

        :param moment: naive UTC
        :return: naive UTC, not before ``moment``
        """
        self.ensure_one()
        zone = self.env["order.quota"]._get_zone(self.company_id)
        day = utc.localize(moment).astimezone(zone).date()
        for _attempt in range(3):
            last = self._get_period_last_day(day)
            end = self._get_cutoff_of(last, zone)
            if end >= moment:
                return end
            day = last + timedelta(days=1)
        return end

    def _get_period_last_day(self, day):
        if self.invoice_period == "day":
            return day
        if self.invoice_period == "week":
            return day + timedelta(days=6 - day.weekday())
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])

    def _get_cutoff_of(self, day, zone):
        minutes = round(self.invoice_cutoff * 60)
        if minutes == 24 * 60:
            day, minutes = day + timedelta(days=1), 0
        local = datetime.combine(day, time(*divmod(minutes, 60)))
        return zone.localize(local).astimezone(utc).replace(tzinfo=None)

    @api.model
    def _cron_invoice_due(self):
        """Start a job for each channel that has orders to be invoiced by now."""
        groups = (
            self.env["sale.order"]
            .sudo()
            ._read_group(
                [
                    ("invoice_due_at", "<=", fields.Datetime.now()),
                    ("sale_channel_id", "!=", False),
                ],
                ["sale_channel_id"],
            )
        )
        for [channel] in groups:
            channel._enqueue_invoicing()

    def _enqueue_invoicing(self):
        """One job a channel; a repeated call finds the one that waits."""
        for channel in self.sudo():
            channel.with_delay(
                channel="root.order_management.invoice",
                description=self.env._("Invoice orders of %(name)s", name=channel.name),
                identity_key=f"order_management.invoice:{channel.id}",
            )._job_invoice_due()

    def _job_invoice_due(self):
        """Invoice up to a hundred orders that are due, then leave the rest to another
        job; repeatable.

        :raises RetryableJobError: another transaction was faster
        """
        self.ensure_one()
        channel = self.sudo().with_context(order_management_source="system")
        try:
            done, more = channel._invoice_due()
        except Exception as error:
            if is_transient(error):
                raise channel._get_retry(error) from error
            raise
        if more and done:
            channel._enqueue_invoicing()
        return self.env._("%(count)s orders", count=len(done))

    @api.model
    def _get_retry(self, error):
        # here: the job's library is wanted by workers only
        from odoo.addons.queue_job.exception import RetryableJobError

        return RetryableJobError(str(error), ignore_retry=True)

    def _invoice_due(self, limit=INVOICE_JOB_SIZE):
        """Invoice orders whose moment has come.

        :return: (the orders that were worked on, whether there are more)
        """
        orders, more = self._find_invoice_due(limit)
        claimed = orders._claim_invoice_units().filtered("invoice_due_at")
        claimed._invoice_claimed()
        return claimed, more

    def _find_invoice_due(self, limit):
        """Orders to be invoiced now; of a customer all or none.

        :return: (orders, whether there are more)
        """
        orders = self.env["sale.order"]
        domain = [
            ("sale_channel_id", "=", self.id),
            ("invoice_due_at", "<=", fields.Datetime.now()),
        ]
        keys = "partner_invoice_id, currency_id, id"
        found = orders.search(domain, order=keys, limit=limit + 1)
        if len(found) <= limit:
            return found, False
        last = found[limit]
        if "period" in found.mapped("channel_invoice_policy"):
            found |= orders.search(
                [
                    *domain,
                    ("partner_invoice_id", "=", last.partner_invoice_id.id),
                    ("currency_id", "=", last.currency_id.id),
                ]
            )
        else:
            found = found[:limit]
        return found, True

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

#: orders that are looked at in one transaction
_LATE_BATCH = 1000
_LATE_AFTER = "order_management.late_after"
#: what leaves today is not late
_GRACE = timedelta(days=1)


class SaleOrder(models.Model):
    """An order; here: what its customer is told by itself.

    Nothing is told of test orders, of history, of orders from before the company
    switched messages on, and to addresses of another company.
    """

    _inherit = "sale.order"

    customer_message_ids = fields.One2many(
        "order.message", "order_id", "Customer Messages", readonly=True
    )
    customer_message_count = fields.Integer(
        "Messages to Customer", compute="_compute_customer_message_count"
    )

    def _compute_customer_message_count(self):
        counts = self._count_by_order("order.message", "order_id")
        for order in self:
            order.customer_message_count = counts.get(order._origin.id, 0)

    def action_view_customer_messages(self):
        """Open what the customers of these orders were told."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_message_action"
        )
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}

    def _tell_customer(self, event, key=None):
        """Override of ``order_management``: a message each, sent a little later."""
        result = super()._tell_customer(event, key)
        self.env["order.message"]._queue([(order, event, key) for order in self])
        return result

    def _is_told(self, event):
        """Whether the customer of this order hears anything of it."""
        self.ensure_one()
        company = self.company_id
        since = company.customer_messages_since
        return bool(
            company.has_customer_messages
            and not self.is_channel_test
            and not self.is_channel_history
            and (not since or not self.date_order or self.date_order >= since)
        )

    def _get_message_media(self, event):
        """By which ways the customer hears of an event; addons add theirs."""
        self.ensure_one()
        return ["email"] if self.sale_channel_id._wants_message(event) else []

    def _get_customer_lang(self):
        self.ensure_one()
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        customer, company = self.partner_id, self.company_id.partner_id
        # with where it goes, which the page asks next: one query for all of them
        (customer | company | self.partner_shipping_id).mapped("lang")
        wanted = (customer.lang, company.lang)
        return next((code for code in wanted if code in installed), "en_US")

    def _get_message_obstacle(self, medium):
        """Why the customer cannot be reached, in words; empty when nothing is known."""
        self.ensure_one()
        partner = self.partner_id
        if partner.company_id and partner.company_id != self.company_id:
            return self.env._(
                "%(customer)s belongs to another company.",
                customer=partner.display_name,
            )
        if medium == "email" and not email_normalize(partner.email):
            return self.env._(
                "%(customer)s has no valid e-mail address. Enter one and send again.",
                customer=partner.display_name,
            )
        return ""

    # what is told when

    def _action_confirm(self):
        """Override of ``sale``: the order is received, if nobody said so before."""
        result = super()._action_confirm()
        # parts of an order have its number on the channel: one message for all
        self.filtered(
            lambda order: (
                order.state == "sale"
                and not (order.channel_number and order.split_parent_id)
            )
        )._tell_customer("received")
        return result

    def _hold_for_approval(self):
        """Override of ``order_management``: the customer accepted, so it is there."""
        result = super()._hold_for_approval()
        self._tell_customer("received")
        return result

    def _keep_held_in_review(self):
        """Override of ``order_management``: accepted as well, held or not."""
        held = super()._keep_held_in_review()
        held._tell_customer("received")
        return held

    def _action_cancel(self):
        """Override of ``sale``: those who know of their order hear of its end."""
        confirmed = self.filtered(lambda order: order.state == "sale")
        result = super()._action_cancel()
        told = self - confirmed
        if told and any(order.company_id.has_customer_messages for order in told):
            # sudo: whether somebody was told is no secret of the messages
            known = told.sudo().customer_message_ids.order_id
            told = told.filtered(lambda order: order.sudo() in known)
        else:
            told = told.browse()
        (confirmed | told)._tell_cancelled()
        return result

    @api.model
    def _cron_tell_late(self):
        """Tell customers whose promised day has passed, once for each promise."""
        companies = self.env["res.company"].search(
            [("has_customer_messages", "=", True)]
        )
        domain = Domain.OR(self._get_late_domain(company) for company in companies)
        cron, parameters = self.env["ir.cron"], self.env["ir.config_parameter"].sudo()
        # where a run that had no more time stopped: the last ones have their turn, too
        last = begin = int(parameters.get_param(_LATE_AFTER, 0))
        cron._commit_progress(
            remaining=self.search_count(domain & Domain("id", ">", last))
        )
        while orders := self.search(
            domain & Domain("id", ">", last), order="id", limit=_LATE_BATCH
        ):
            last = orders[-1].id
            orders._tell_promise_over(fields.Datetime.now())
            if not cron._commit_progress(len(orders)):
                parameters.set_param(_LATE_AFTER, last)
                return
        if begin:
            parameters.set_param(_LATE_AFTER, 0)

    @api.model
    def _get_late_domain(self, company):
        """Orders that may be late: a day of theirs has passed and goods are still to
        leave. Which of their days counts is looked at one by one."""
        now = fields.Datetime.now()
        limit = now - _GRACE
        over = Domain("order_line", "any", [("promised_at", "<", limit)])
        over |= Domain("ship_by", "<", limit) | Domain("commitment_date", "<", limit)
        return over & Domain(
            [
                ("company_id", "=", company.id),
                ("state", "=", "sale"),
                ("date_order", ">=", company.customer_messages_since or now),
                ("delivery_status", "in", ("pending", "started", "partial")),
                ("is_channel_history", "=", False),
            ]
        )

    def _tell_promise_over(self, now):
        """Tell the customers of those of these orders whose day has passed."""
        entries = []
        for order in self:
            promised = order._get_promised_at()
            if promised and promised + _GRACE < now:
                # other news than that it was put off to this day
                entries.append((order, "delayed", f"> {promised:%Y-%m-%d}"))
        self.env["order.message"]._queue(entries)

    def _get_promised_at(self):
        """The last moment at which something of this order was promised to leave."""
        self.ensure_one()
        moments = [
            line.promised_at
            for line in self._get_tracking_lines()
            if line.promised_at
            and line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty)
            < 0
        ]
        if moments:
            return max(moments)
        return self.ship_by or self.commitment_date

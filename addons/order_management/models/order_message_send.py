# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import timedelta

from odoo import api, fields, models

from ..tools.transient import is_transient

_logger = logging.getLogger(__name__)

#: messages that are made into mails in one transaction
_BATCH = 100
#: waits between attempts: a full mailbox, a mail server that is down
_WAITS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


class OrderMessage(models.Model):
    """Messages to customers; here: how they are sent.

    They become mails of Odoo's own queue, which sends each at most once; what became
    of a mail is noted here when Odoo knows.
    """

    _inherit = "order.message"

    @api.model
    def _cron_send(self):
        """Hand over what is due, a batch a transaction."""
        cron = self.env["ir.cron"]
        domain = self._get_due_domain()
        remaining = self.search_count(domain)
        cron._commit_progress(remaining=remaining)
        while messages := self.search(domain, limit=_BATCH, order="id"):
            claimed = messages.try_lock_for_update()
            if not claimed:
                break
            claimed._send()
            if not cron._commit_progress(len(claimed)):
                break

    @api.model
    def _get_due_domain(self):
        # with a mail in the queue it is Odoo's turn
        return [
            ("state", "in", ("to_send", "failed")),
            ("mail_id", "=", False),
            ("next_at", "<=", fields.Datetime.now()),
        ]

    def _send(self):
        """Hand these messages over; one that fails stops no other."""
        for (medium, event, channel), messages in self.grouped(
            lambda message: (message.medium, message.event, message.channel_id)
        ).items():
            send = getattr(messages, f"_send_by_{medium}", None)
            if not send:
                messages._note_skipped(self.env._("Its application was removed."))
                continue
            template = channel._get_message_template(event)
            messages._try_each(lambda part, send=send, t=template: send(part, t))

    def _try_each(self, send):
        """Call ``send`` with all of these, then one by one if that fails."""
        try:
            with self.env.cr.savepoint():
                send(self)
        except Exception as error:
            if is_transient(error):
                raise
            if len(self) > 1:
                for message in self:
                    message._try_each(send)
                return
            _logger.info("Message %s to a customer failed: %s", self.id, error)
            self._note_failed(str(error))

    def _send_by_email(self, messages, template):
        """One mail each, in the queue of Odoo."""
        if not template:
            messages._note_skipped(
                self.env._("There is no template for it. Choose one in the channel.")
            )
            return
        mails = template.with_context(tracking_disable=True).send_mail_batch(
            messages.ids
        )
        for message, mail in zip(messages, mails, strict=True):
            message.write({"mail_id": mail.id, "state": "to_send", "error": False})
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _note_sent(self):
        self.write({"state": "sent", "sent_at": fields.Datetime.now(), "error": False})

    def _note_skipped(self, reason):
        self.write({"state": "skipped", "error": reason})

    def _note_failed(self, reason):
        """Try again later, a few times; then it waits for somebody."""
        for message in self:
            count = message.attempt_count + 1
            wait = _WAITS[count - 1] if count <= len(_WAITS) else None
            message.write(
                {
                    "state": "failed",
                    "error": reason,
                    "attempt_count": count,
                    "next_at": wait and fields.Datetime.now() + wait,
                    "mail_id": False,
                }
            )

    def _get_title(self):
        """The number of the order as the customer knows it."""
        self.ensure_one()
        return self.order_id._get_tracking_number()

    def _get_tracking_url(self):
        """The page of the order, in the language of the message."""
        self.ensure_one()
        return self.order_id._get_tracking_url()

    def _get_expected(self):
        """When the goods are expected, as text; empty when nobody knows."""
        self.ensure_one()
        order_sudo = self.sudo().order_id.with_context(lang=self.lang)
        return order_sudo._get_tracking_expected(order_sudo._get_parcels())

    def _get_parcel(self):
        """The parcel that the message is about, as of ``sale.order._get_parcels``."""
        self.ensure_one()
        parcels = self.sudo().order_id.with_context(lang=self.lang)._get_parcels()
        return next((p for p in parcels if p["name"] == self.key), None)

    def _get_answer(self):
        """The customer's request that the message answers."""
        self.ensure_one()
        requests = self.sudo().order_id.customer_request_ids
        number = (self.key or "").partition("-")[0]
        return requests.filtered(lambda request: str(request.id) == number)

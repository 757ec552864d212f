# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

import psycopg2

from odoo import api, fields, models

from ..shipping.tracking import MAX_EVENTS, BadMessage, read_items
from ..tools.transient import is_transient

#: messages that were understood are kept this long
_KEEP = timedelta(days=90)


class ShipmentMessage(models.Model):
    """What a carrier sent, as it came: stored first, understood afterwards."""

    _name = "shipment.message"
    _description = "Carrier Message"
    _order = "id desc"
    _rec_name = "received_at"

    carrier_id = fields.Many2one(
        "delivery.carrier", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        readonly=True,
        index=True,
        help="Empty: about parcels of several companies; for managers only.",
    )
    body = fields.Text("Message", required=True, readonly=True)
    signature = fields.Char(readonly=True)
    received_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    state = fields.Selection(
        [
            ("received", "Received"),
            ("done", "Done"),
            ("attention", "Look at it"),
            ("error", "Not understood"),
        ],
        required=True,
        readonly=True,
        default="received",
        index=True,
    )
    problem = fields.Text(readonly=True)
    event_ids = fields.One2many("shipment.event", "message_id", "Events")
    event_count = fields.Integer("New Events", readonly=True)

    _signature_uniq = models.UniqueIndex(
        "(carrier_id, signature) WHERE signature IS NOT NULL",
        "This message came already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override: the company is the carrier's, or the only one there is."""
        messages = super().create(vals_list)
        companies = self.env["res.company"].search([], limit=2)
        for message in messages.filtered(lambda message: not message.company_id):
            company = message.carrier_id.company_id
            if not company and len(companies) == 1:
                company = companies
            if company:
                message.company_id = company
        return messages

    def action_process(self):
        """Read these messages again, for instance when a parcel's tracking number was
        entered late; what is known already is not noted twice."""
        self.check_access("read")
        # the messages are nobody's to write
        self.sudo()._process()
        return True

    def action_view_shipments(self):
        """Open the parcels that these messages are about."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.shipment_action"
        )
        ids = self.event_ids.picking_id.ids
        return {**action, "domain": [("id", "in", ids)], "context": {}}

    def action_ignore(self):
        """Nobody has to look at these messages any more."""
        self.check_access("read")
        waiting = self.filtered(lambda row: row.state in ("attention", "error"))
        waiting.sudo().write({"state": "done"})
        return True

    def _job_process(self):
        """Read these messages; repeatable.

        :raises RetryableJobError: another transaction was faster
        """
        try:
            with self.env.cr.savepoint():
                self.exists()._process()
        except Exception as error:
            # the same event, or the same unknown code, by two messages at once
            if is_transient(error) or isinstance(error, psycopg2.IntegrityError):
                from odoo.addons.queue_job.exception import RetryableJobError

                raise RetryableJobError(str(error), ignore_retry=True) from error
            raise

    def _process(self):
        """Understand these messages, called with superuser rights."""
        for message in self:
            try:
                items = read_items(message.body)
            except BadMessage as error:
                message.write({"state": "error", "problem": self._describe(error)})
                continue
            events, problems = self.env["shipment.event"]._take(
                message.carrier_id, items, "webhook", message
            )
            companies = events.company_id
            if not message.company_id and not problems and len(companies) == 1:
                message.company_id = companies
            message.write(
                {
                    "state": "attention" if problems else "done",
                    "problem": "\n".join(problems) or False,
                    "event_count": message.event_count + len(events),
                }
            )

    @api.model
    def _describe(self, error):
        if error.code == "many":
            return self.env._(
                "%(count)s events; a message has %(most)s at most.",
                count=str(error),
                most=MAX_EVENTS,
            )
        reasons = {
            "json": self.env._("Not JSON."),
            "shape": self.env._("Neither an object with “events” nor a list."),
            "empty": self.env._("No events."),
        }
        return reasons[error.code]

    @api.autovacuum
    def _gc_done(self):
        """Forget messages that were understood long ago; the events stay."""
        limit = fields.Datetime.now() - _KEEP
        domain = [("state", "=", "done"), ("received_at", "<", limit)]
        return self.search(domain, limit=1000).unlink()

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
import secrets
import time
from datetime import timedelta

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger
from odoo.tools.sql import escape_psql

from ..shipping.signing import is_genuine
from ..shipping.tracking import BadMessage, read_items
from ..tools.transient import is_transient

_logger = logging.getLogger(__name__)

#: parcels that a carrier is asked about in one go, and for how long after they left
_POLL_SIZE = 200
_POLL_DAYS = 60


class DeliveryCarrier(models.Model):
    """A carrier; here: what it tells about its parcels, and how it may tell it."""

    _inherit = "delivery.carrier"

    status_map_ids = fields.One2many(
        "delivery.carrier.status.map", "carrier_id", "Statuses"
    )
    no_scan_hours = fields.Integer(
        "Scanned Within (Hours)",
        default=48,
        help="A parcel that left longer ago and was not seen by the carrier is listed "
        "under “Shipped Without a Scan”.",
    )
    unscanned_late_days = fields.Integer(
        "Never Scanned: Late for (Days)",
        default=14,
        help="Days after the promised one for which a parcel that this carrier never "
        "scanned counts as late. Then only “Shipped Without a Scan” lists it. "
        "0: such a parcel never counts as late.",
    )
    is_tracking_unique = fields.Boolean(
        "One Address a Tracking Number",
        default=True,
        help="A tracking number of this carrier is refused for a second address. "
        "Several deliveries to one address may share it.",
    )
    webhook_token = fields.Char(copy=False, groups="base.group_system")
    webhook_url = fields.Char(
        "Address for Messages",
        compute="_compute_webhook_url",
        groups="base.group_system",
    )
    # used and never read back, not even by administrators
    webhook_secret = fields.Char(
        "Stored Webhook Secret", copy=False, groups=fields.NO_ACCESS
    )
    has_webhook_secret = fields.Boolean(
        "Secret Is Set", compute="_compute_webhook_url", groups="base.group_system"
    )
    webhook_secret_input = fields.Char(
        "New Secret",
        compute="_compute_webhook_secret_input",
        inverse="_inverse_webhook_secret_input",
        groups="base.group_system",
        help="What the carrier signs its messages with, if it chose one. It cannot be "
        "read back.",
    )
    webhook_refused_count = fields.Integer(
        "Refused Messages", readonly=True, copy=False, groups="base.group_system"
    )
    webhook_refused_at = fields.Datetime(
        "Last Refused", readonly=True, copy=False, groups="base.group_system"
    )

    _webhook_token_uniq = models.UniqueIndex(
        "(webhook_token) WHERE webhook_token IS NOT NULL"
    )
    _no_scan_hours_check = models.Constraint(
        "CHECK (no_scan_hours >= 0)", "Give the carrier zero hours or more."
    )

    _unscanned_late_days_check = models.Constraint(
        "CHECK (unscanned_late_days BETWEEN 0 AND 3650)",
        "A parcel is late for zero days or more, and for ten years at most.",
    )

    @api.depends("webhook_token")
    def _compute_webhook_url(self):
        for carrier in self:
            base, token = carrier.get_base_url(), carrier.webhook_token
            path = f"{base}/order_management/shipment/{token}"
            carrier.webhook_url = path if token else False
            # only whether there is one is told
            carrier.has_webhook_secret = bool(carrier.sudo().webhook_secret)

    def _compute_webhook_secret_input(self):
        self.webhook_secret_input = False

    def _inverse_webhook_secret_input(self):
        for carrier in self:
            if secret := (carrier.webhook_secret_input or "").strip():
                carrier._set_webhook_secret(secret)
        # what was typed is not sent back
        self.invalidate_recordset(["webhook_secret_input"])

    def _set_webhook_secret(self, secret):
        self.ensure_one()
        # the field itself is nobody's; who may enter one was checked
        self.sudo().write(
            {
                "webhook_secret": secret,
                "webhook_token": self.webhook_token or secrets.token_urlsafe(24),
            }
        )

    def action_new_webhook_secret(self):
        """Make a secret, shown this once. The old one ends at once.

        :raises AccessError: for everybody but administrators
        """
        self.ensure_one()
        self.check_access("write")
        self.env["ir.config_parameter"].check_access("write")
        secret = secrets.token_urlsafe(32)
        self._set_webhook_secret(secret)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Copy the secret now: it is shown once"),
                "message": secret,
                "type": "warning",
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_messages(self):
        """Open what these carriers sent."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.shipment_message_action"
        )
        return {**action, "domain": [("carrier_id", "in", self.ids)], "context": {}}

    # messages -------------------------------------------------------------------

    @api.model
    def _take_webhook(self, token, timestamp, signature, body):
        """Verify and store a message; a job reads it. Called with superuser rights.

        :param body: the exact bytes
        :return: (HTTP status, what is answered); None for strangers
        """
        carrier = self.search([("webhook_token", "=", token)], limit=1)
        if not carrier:
            return None
        secret = carrier.webhook_secret or ""
        if not is_genuine(secret, timestamp, signature, body, time.time()):
            carrier._count_refused()
            return None
        text = body.decode("utf-8", "backslashreplace").replace("\0", "\\0")
        vals = {
            "carrier_id": carrier.id,
            "body": text,
            "signature": signature.strip().lower(),
        }
        return carrier._store_message(vals)

    def _store_message(self, vals):
        messages = self.env["shipment.message"].with_user(SUPERUSER_ID)
        replayed = 409, {"error": "this message was received already"}
        names = ("carrier_id", "signature")
        if messages.search_count([(name, "=", vals[name]) for name in names], limit=1):
            return replayed
        try:
            # twice at once: the index has the last word
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                message = messages.create(vals)
                message.flush_recordset()
        except psycopg2.errors.UniqueViolation:
            return replayed
        try:
            count = len(read_items(vals["body"]))
        except BadMessage as error:
            # kept: somebody is to see it
            message._process()
            return 400, {"error": error.code, "id": message.id}
        message.with_delay(
            channel="root.order_management.inbox",
            description=self.env._("Message of %(carrier)s", carrier=self.name),
            identity_key=f"order_management.shipment:{message.id}",
        )._job_process()
        return 202, {"id": message.id, "events": count}

    def _count_refused(self):
        """Note that somebody who knows the address does not know the secret."""
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE delivery_carrier SET webhook_refused_at = %s,"
                " webhook_refused_count = COALESCE(webhook_refused_count, 0) + 1"
                " WHERE id = %s",
                fields.Datetime.now(),
                self.id,
            )
        )
        self.invalidate_recordset(["webhook_refused_count", "webhook_refused_at"])

    def _find_parcels(self, numbers):
        """``{tracking number: pickings}``; a delivery may have several numbers,
        separated by commas, and several deliveries one."""
        self.ensure_one()
        pickings = self.env["stock.picking"]
        domain = [
            ("carrier_id", "=", self.id),
            ("state", "!=", "cancel"),
            ("picking_type_id.code", "in", pickings._get_shipment_codes()),
        ]
        found = dict.fromkeys(numbers, pickings)
        exact = pickings.search(
            [*domain, ("carrier_tracking_ref", "in", list(numbers))]
        )
        for picking in exact:
            found[picking.carrier_tracking_ref] |= picking
        rest = [number for number in numbers if not found[number]]
        if rest:
            # few have several numbers, or blanks around one: they have an index
            several = Domain("carrier_tracking_ref", "like", ",")
            several |= Domain("carrier_tracking_ref", "like", " ")
            parts = several & Domain.OR(
                Domain("carrier_tracking_ref", "like", escape_psql(number))
                for number in rest
            )
            for picking in pickings.search(Domain(domain) & parts, limit=1000):
                for number in picking._get_tracking_numbers().intersection(rest):
                    found[number] |= picking
        return found

    # asking ---------------------------------------------------------------------

    def _get_tracking_events(self, pickings):
        """Ask the carrier where parcels are: ``<delivery_type>_get_tracking_events``.

        :param pickings: deliveries of this carrier that are under way
        :return: list of dicts as ``shipping.tracking.read_event`` takes
        """
        self.ensure_one()
        method = getattr(self, f"{self.delivery_type}_get_tracking_events", None)
        return method(pickings) if method else []

    @api.model
    def _cron_poll_tracking(self):
        """Ask the carriers that can be asked; one that fails stops only itself."""
        kinds = [
            kind
            for kind in self._fields["delivery_type"].get_values(self.env)
            if hasattr(self, f"{kind}_get_tracking_events")
        ]
        cron, now = self.env["ir.cron"], fields.Datetime.now()
        carriers = self.sudo().search([("delivery_type", "in", kinds)])
        for left, carrier in enumerate(carriers, 1 - len(carriers)):
            asked = True
            while asked:
                try:
                    asked = carrier._poll_tracking(before=now)
                except Exception as error:  # pylint: disable=broad-except
                    if is_transient(error):
                        raise
                    _logger.exception("Carrier %s could not be asked", carrier.id)
                    asked = 0
                if not cron._commit_progress(
                    int(not asked), remaining=bool(asked) - left
                ):
                    return

    def _poll_tracking(self, before=None):
        """Ask about those parcels whose turn it is.

        It is their turn again only after all others, whatever the carrier answered: an
        answer that fails, or tells nothing, holds up nobody.

        :param before: leave out what was asked about from this moment on
        :return: how many parcels were asked about
        """
        turn = Domain.TRUE
        if before:
            turn = Domain("polled_at", "=", False) | Domain("polled_at", "<", before)
        pickings = self.env["stock.picking"].search(
            turn & Domain(self._get_poll_domain()),
            order="polled_at NULLS FIRST, id",
            limit=_POLL_SIZE,
        )
        if not pickings:
            return 0
        # outside of what is undone when the carrier fails
        pickings._note_polled()
        with self.env.cr.savepoint():
            items = self._get_tracking_events(pickings)
            self.env["shipment.event"]._take(self, items, "poll")
        return len(pickings)

    def _get_poll_domain(self):
        """Parcels that are under way, of which the carrier may know something new."""
        self.ensure_one()
        return [
            ("carrier_id", "=", self.id),
            ("carrier_tracking_ref", "!=", False),
            ("state", "=", "done"),
            ("tracking_state", "not in", ("delivered", "returned")),
            ("date_done", ">", fields.Datetime.now() - timedelta(days=_POLL_DAYS)),
        ]

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..shipping.tracking import BadMessage, read_event
from .stock_picking_tracking import TRACKING_STATES


class ShipmentEvent(models.Model):
    """One thing that happened to a parcel: written once, never changed."""

    _name = "shipment.event"
    _inherit = ["order.history.mixin"]
    _description = "Shipment Event"
    _order = "event_at desc, id desc"
    _rec_name = "state"
    _log_access = False
    _BLANKABLE = ("text", "place", "message_id", "user_id")

    picking_id = fields.Many2one(
        "stock.picking", "Delivery", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    carrier_id = fields.Many2one(
        "delivery.carrier", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    state = fields.Selection(
        TRACKING_STATES,
        "Status",
        readonly=True,
        help="Empty: the carrier's code is not understood yet.",
    )
    code = fields.Char("Carrier's Code", readonly=True)
    event_at = fields.Datetime("Time", required=True, readonly=True)
    received_at = fields.Datetime(
        "Known Since", required=True, readonly=True, default=fields.Datetime.now
    )
    place = fields.Char(readonly=True)
    text = fields.Char("Remark", readonly=True)
    external_id = fields.Char(required=True, readonly=True)
    source = fields.Selection(
        [
            ("webhook", "Message of the carrier"),
            ("poll", "Asked the carrier"),
            ("user", "Person"),
            ("map", "Code understood later"),
        ],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    message_id = fields.Many2one(
        "shipment.message", readonly=True, ondelete="set null", index="btree_not_null"
    )
    origin_id = fields.Many2one(
        "shipment.event",
        "Understood From",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    meaning_ids = fields.One2many("shipment.event", "origin_id", "Understood As")

    _external_uniq = models.UniqueIndex(
        "(picking_id, COALESCE(carrier_id, 0), external_id)",
        "This is known about the parcel already.",
    )
    _picking_idx = models.Index("(picking_id, event_at DESC, id DESC)")
    _unknown_idx = models.Index("(carrier_id, code) WHERE state IS NULL")

    @api.model_create_multi
    def create(self, vals_list):
        """Events are written by the system.

        :raises UserError: for everybody else
        """
        if not self.env.su:
            raise UserError(
                self.env._(
                    "Use “Record Status” of the delivery: it notes what happened and "
                    "who said so."
                )
            )
        return super().create(vals_list)

    def _give_meaning(self, state):
        """Say what these events meant, and move their parcels."""
        if not self or not state:
            return
        rows = self.create(
            [
                {
                    **event._prepare_meaning_vals(),
                    "state": state,
                    "origin_id": event.id,
                    "source": "map",
                }
                for event in self
            ]
        )
        rows.picking_id._apply_shipment_events()

    def _prepare_meaning_vals(self):
        self.ensure_one()
        return {
            "picking_id": self.picking_id.id,
            "company_id": self.company_id.id,
            "carrier_id": self.carrier_id.id,
            "code": self.code,
            "event_at": self.event_at,
            "place": self.place,
            "text": self.text,
            "external_id": f"{self.external_id}#{self.id}",
            "user_id": self.env.uid,
        }

    @api.model
    def _take(self, carrier, items, source, message=None):
        """Keep what a carrier tells about parcels, in any order, any number of times.

        Called with superuser rights.

        :param items: list of what ``shipping.tracking.read_event`` takes
        :param source: a value of :attr:`source`
        :return: (new events, problems as texts for people)
        """
        read, problems = self._read_items(items)
        parcels = carrier._find_parcels({event.tracking for event in read})
        states = self.env["delivery.carrier.status.map"]._translate(
            carrier, {event.status: event.text for event in read}
        )
        known = self._get_known(carrier, parcels)
        vals_list = []
        for event in read:
            pickings = parcels.get(event.tracking)
            if not pickings:
                problems.append(
                    self.env._(
                        "Nobody knows the parcel %(tracking)s of %(carrier)s.",
                        tracking=event.tracking,
                        carrier=carrier.name,
                    )
                )
            for picking in pickings or ():
                key = (picking.id, event.external_id)
                if key not in known:
                    known.add(key)
                    vals_list.append(
                        {
                            **self._prepare_vals(picking, event, states),
                            "carrier_id": carrier.id,
                            "source": source,
                            "message_id": message.id if message else False,
                        }
                    )
        events = self.create(vals_list)
        events.picking_id._apply_shipment_events()
        return events, list(dict.fromkeys(problems))

    @api.model
    def _read_items(self, items):
        read, problems, now = [], [], fields.Datetime.now()
        for number, item in enumerate(items, start=1):
            try:
                read.append(read_event(item, now))
            except BadMessage as error:
                problems.append(
                    self.env._(
                        "Event %(number)s: %(reason)s",
                        number=number,
                        reason=self._describe_bad(error),
                    )
                )
        return read, problems

    @api.model
    def _describe_bad(self, error):
        reasons = {
            "object": self.env._("it is no object with names and values."),
            "tracking": self.env._("the tracking number is missing."),
            "status": self.env._("the status is missing."),
            "time": self.env._(
                "“event_at” is missing or no time with a time zone, like "
                "2026-07-20T09:30:00+07:00."
            ),
            "future": self.env._("it lies in the future; check the carrier's clock."),
        }
        return reasons[error.code]

    @api.model
    def _get_known(self, carrier, parcels):
        """{(picking id, external id)} of what these parcels' history holds."""
        ids = {picking.id for pickings in parcels.values() for picking in pickings}
        if not ids:
            return set()
        return set(
            self.env.execute_query(
                SQL(
                    "SELECT picking_id, external_id FROM shipment_event"
                    " WHERE picking_id = ANY(%s) AND carrier_id = %s",
                    list(ids),
                    carrier.id,
                )
            )
        )

    @api.model
    def _prepare_vals(self, picking, event, states):
        return {
            "picking_id": picking.id,
            "company_id": picking.company_id.id,
            "state": states[event.status],
            "code": self.env["delivery.carrier.status.map"]._clean_code(event.status),
            "event_at": event.event_at,
            "place": event.place or False,
            "text": event.text or False,
            "external_id": event.external_id,
        }

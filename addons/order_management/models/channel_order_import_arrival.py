# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timezone

from odoo import api, fields, models

_ARRIVED = ("delivered", "returning", "returned")


class ShipmentEvent(models.Model):
    _inherit = "shipment.event"

    source = fields.Selection(
        selection_add=[("channel", "Told by the channel")],
        ondelete={"channel": "cascade"},
    )


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: what the channel knows to have arrived.

    Many carriers tell nobody but the marketplace that chose them. Without this their
    parcels would be under way, late and never scanned for ever.
    """

    _inherit = "channel.order.importer"

    @api.model
    def _tell_orders(self, items):
        """Override: parcels of orders that the channel calls delivered arrived."""
        result = super()._tell_orders(items)
        news = [
            item
            for item in items
            if item.order.status == "delivered"
            and (item.row.applied or {}).get("status") != "delivered"
        ]
        if news:
            self._note_arrivals(news)
        return result

    @api.model
    def _note_arrivals(self, items):
        """Write it into the history of the parcels, once."""
        # sudo: the history of parcels is the system's to write
        events_sudo = self.env["shipment.event"].sudo()
        vals_list = [
            self._prepare_arrival(item, picking)
            for item in items
            for picking in self._get_under_way(item.sale_order.sudo())
        ]
        known = events_sudo.search(
            [
                ("picking_id", "in", [vals["picking_id"] for vals in vals_list]),
                ("source", "=", "channel"),
            ]
        )
        told = {(event.picking_id.id, event.external_id) for event in known}
        events = events_sudo.create(
            [
                vals
                for vals in vals_list
                if (vals["picking_id"], vals["external_id"]) not in told
            ]
        )
        events.picking_id._apply_shipment_events()

    @api.model
    def _get_under_way(self, order):
        """The parcels of an order that may have arrived; none where a part of it is
        here still, as nobody knows which one arrived."""
        if not order._has_shipped_all():
            return order.picking_ids.browse()
        parts = order._get_channel_root()._get_split_family()
        return parts.picking_ids.filtered(_is_under_way)

    @api.model
    def _prepare_arrival(self, item, picking):
        moment = self._get_arrival(item, picking)
        return {
            "picking_id": picking.id,
            "company_id": picking.company_id.id,
            "carrier_id": picking.carrier_id.id,
            "state": "delivered",
            "event_at": moment,
            "external_id": f"channel-{item.row.id}-{moment}",
            "source": "channel",
        }

    @api.model
    def _get_arrival(self, item, picking):
        """When a parcel arrived, naive UTC: as the channel says, never in the future
        nor before it left."""
        numbers = picking._get_tracking_numbers()
        parcels = [parcel for parcel in item.order.shipments if parcel.delivered_at]
        own = [parcel for parcel in parcels if parcel.tracking in numbers]
        moments = [parcel.delivered_at for parcel in own or parcels]
        moment = max(moments, default=item.order.updated_at)
        now = fields.Datetime.now()
        if not moment:
            return now
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
        return max(min(moment, now), picking.date_done or moment)


def _is_under_way(picking):
    """A parcel that left for the customer and is not known to have arrived."""
    return (
        picking.state == "done"
        and picking.picking_type_id.code in picking._get_shipment_codes()
        and picking.tracking_state not in _ARRIVED
    )

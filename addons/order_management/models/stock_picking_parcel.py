# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockPicking(models.Model):
    """A transfer; here: a parcel, as its customer sees it."""

    _inherit = "stock.picking"

    def _get_customer_date(self):
        """When a done parcel reached its customer, as far as anybody told, in UTC."""
        self.ensure_one()
        # filled where a carrier reports what becomes of parcels
        return self.delivered_at or self.date_done

    def _get_parcel_fields(self):
        """What a customer's page reads of transfers: found and read in one query."""
        return [
            "carrier_id",
            "carrier_tracking_ref",
            "company_id",
            "date_done",
            "delivered_at",
            "location_dest_id",
            "location_id",
            "name",
            "partner_id",
            "picking_type_id",
            "sale_id",
            "scheduled_date",
            "state",
            "tracking_state",
        ]

    def _get_parcel_state(self, moves):
        """The state of a parcel in the customer's terms: preparing, packed,
        shipped, delivered, or what its carrier reports."""
        self.ensure_one()
        if self.state != "done":
            moves = moves.filtered(lambda move: move.state != "cancel")
            packed = moves and all(move.picked for move in moves)
            return "packed" if packed else "preparing"
        if self.delivered_at:
            return "delivered"
        reported = self.tracking_state
        return reported if reported not in (False, "created") else "shipped"

    def _get_parcel_links(self):
        """``[(number, address or None)]`` of this parcel's tracking numbers."""
        self.ensure_one()
        several = self.get_multiple_carrier_tracking()
        pairs = [(self.carrier_tracking_ref, self.carrier_tracking_url)]
        if isinstance(several, list):
            pairs = [pair for pair in several if len(pair) == 2]
        return [
            # addresses come from whoever set up the carrier: only those of the web
            (number, url if str(url).startswith(("http://", "https://")) else None)
            for number, url in pairs
            if number
        ]

    def _get_parcel_events(self):
        """What the carriers told, newest first: ``{transfer id: [(moment, text,
        place)]}``, one query for any number."""
        labels = dict(self._fields["tracking_state"]._description_selection(self.env))
        told = {}
        for event in reversed(self._get_shipment_events()):
            told.setdefault(event.picking_id.id, []).append(
                (event.event_at, event.text or labels.get(event.state), event.place)
            )
        return told

    def _action_done(self):
        """Override of `stock`: customers hear that a parcel left."""
        result = super()._action_done()
        self.filtered(lambda picking: picking.state == "done")._tell_shipped()
        return result

    def _tell_shipped(self):
        """One message a parcel, all in one go."""
        orders = self.sale_id
        if not any(company.has_customer_messages for company in orders.company_id):
            return
        parcels = orders._get_customer_pickings() & self.sudo()
        self.env["order.message"]._queue(
            [(picking.sale_id, "shipped", picking.name) for picking in parcels]
        )

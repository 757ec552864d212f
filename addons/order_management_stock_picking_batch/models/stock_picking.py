# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class StockPicking(models.Model):
    """A delivery; here: what decides in which wave it is picked."""

    _inherit = "stock.picking"

    # ------------------------------------------------------------ facts for waves

    @api.model
    def _get_free_domain(self, takes_automatic=True):
        """The transfers that no person has put into a batch or wave.

        :param takes_automatic: also those that Odoo put into a batch by itself, as
            long as the batch is nobody's
        """
        free = Domain("batch_id", "=", False)
        if takes_automatic:
            free |= (
                Domain("picking_type_id.auto_batch", "=", True)
                & Domain("batch_id.is_wave", "=", False)
                & Domain("batch_id.user_id", "=", False)
                & Domain("batch_id.state", "in", ("draft", "in_progress"))
            )
        return free

    def _get_parcel_groups(self):
        """These deliveries, those that leave in one parcel together.

        A parcel of which something is not ready, or not asked for, waits as a whole.

        :return: list of recordsets
        """
        single = self.filtered(lambda picking: not picking.merge_group_id)
        parcels = self.search(
            [
                ("merge_group_id", "in", self.merge_group_id.ids),
                ("state", "not in", ("done", "cancel")),
            ]
        ).grouped("merge_group_id")
        whole = [parcel for parcel in parcels.values() if parcel <= self]
        return [*single, *whole]

    def _get_wave_moves(self):
        self.ensure_one()
        return self.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))

    def _get_wave_priority(self):
        """How urgent: 0 is normal."""
        self.ensure_one()
        # sudo: who packs need not be allowed to read orders
        order = self.sudo().sale_id
        return max(int(self.priority or 0), int(order.priority or 0))

    def _get_wave_due(self):
        """When it was promised to leave; without a promise, when it is planned to."""
        self.ensure_one()
        # sudo: as above
        order = self.sudo().sale_id
        return (
            order.ship_by
            or self.date_deadline
            or self.scheduled_date
            or fields.Datetime.now()
        )

    def _get_wave_zone(self):
        """The zone that everything is taken from; empty where there are several."""
        places = self.move_line_ids.location_id
        zones = places.browse()
        for place in places:
            root = place.warehouse_id.lot_stock_id
            while place.location_id and place.location_id != root and place != root:
                place = place.location_id
            zones |= place
        return zones if len(zones) == 1 else zones.browse()

    def _sort_for_trip(self):
        """In the order of the places to go to: the order of the boxes."""
        return self.sorted(
            lambda picking: (
                min(picking.move_line_ids.location_id.mapped("complete_name") or [""]),
                picking.id,
            )
        )

    # ------------------------------------------------------------ waves are scanned

    @api.model
    def _find_scan_targets(self, code):
        """Override: a label may be that of a wave."""
        found = super()._find_scan_targets(code)
        if found:
            return found
        wave = self.env["stock.picking.batch"].search(
            [
                ("name", "in", list({code, code.upper()})),
                ("state", "in", ("draft", "in_progress")),
            ],
            limit=1,
        )
        return wave.picking_ids.sorted(lambda p: (p.batch_sequence, p.id))

    def _get_scan_title(self):
        """Override: what a wave is called."""
        wave = self.batch_id
        if len(self) > 1 and len(wave) == 1 and all(p.batch_id for p in self):
            return wave.name
        return super()._get_scan_title()

    def _validate_scanned(self, backorder, todo):
        """Override: deliveries of a wave of which nothing was scanned leave the wave
        as they are, as with Odoo's own button."""
        untouched = (todo - self).filtered(lambda p: p.batch_id in self.batch_id)
        pickings = self
        if self.batch_id:
            pickings = self.with_context(
                pickings_to_detach=untouched.ids, batches_to_validate=self.batch_id.ids
            )
        return super(StockPicking, pickings)._validate_scanned(backorder, todo)

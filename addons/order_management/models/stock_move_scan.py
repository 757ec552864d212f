# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    """A move of goods; here: what may be scanned into it, and what was."""

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _get_scan_line(self):
        """The line of the scanner's page."""
        self.ensure_one()
        product = self.product_id
        lines = self.move_line_ids.sorted(lambda line: line.location_id.complete_name)
        place = lines[:1].location_id or self.location_id
        return {
            "id": self.id,
            "picking_id": self.picking_id.id,
            "product_id": product.id,
            "name": product.display_name,
            "barcode": product.barcode or "",
            "tracking": product.tracking,
            "demand": self.product_qty,
            "unit": product.uom_id.name,
            "location": place.complete_name,
            "lots": [
                {
                    "id": lot.id,
                    "name": lot.name,
                    "quantity": sum(of_lot.mapped("quantity_product_uom")),
                }
                for lot, of_lot in lines.grouped("lot_id").items()
                if lot
            ],
        }

    def _is_at(self, location):
        """Whether this is taken from a place, or from a place inside it."""
        self.ensure_one()
        places = self.move_line_ids.location_id or self.location_id
        return any(place._child_of(location) for place in places)

    def _get_scan_room(self, lot, counts):
        """How much may still be scanned into this move.

        :param lot: the lot that is scanned, or None
        :param counts: `stock.scan.count._get_counts`
        :return: quantity in the product's unit
        """
        self.ensure_one()
        room = self.product_qty - counts[self.id][False]
        reserved = self.move_line_ids.filtered("lot_id")
        if lot and reserved:
            of_lot = reserved.filtered(lambda line: line.lot_id == lot)
            quantity = sum(of_lot.mapped("quantity_product_uom"))
            room = min(room, quantity - counts[self.id][lot.id])
        return room

    def _takes_lot(self, lot):
        """Whether a lot is what was reserved; any is, where no lot was."""
        self.ensure_one()
        reserved = self.move_line_ids.lot_id
        return not reserved or lot in reserved

    def _get_approved_room(self):
        """How much may still be scanned for the order line of this move before more
        would leave than was approved; None without such a limit.

        What is done is held to the limit in any case: this is to tell people early.
        """
        self.ensure_one()
        # sudo: who packs need not be allowed to read orders
        line = self.sudo().sale_line_id
        if (
            not line
            or not line._is_under_ceiling()
            or line.product_id != self.product_id
            or not self.location_dest_id._is_customer_side()
        ):
            return None
        others = line.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.location_dest_id._is_customer_side()
            )
        )
        counts = self.env["stock.scan.count"]._get_counts(others)
        left = line.product_uom_id._compute_quantity(
            line.approved_qty - line.net_shipped_qty,
            self.product_id.uom_id,
            round=False,
        )
        return left - sum(counts[move.id][False] for move in others)

    def _report_not_found(self, quantity):
        """Hook: somebody looked for these goods and did not find them.

        Where orders are sourced by rules, the order is served from elsewhere; not when
        a part of the goods is in the parcel already: then the rest becomes a backorder
        when scanning ends.

        :param quantity: how much is missing, in the product's unit
        """
        self.ensure_one()
        picking = self.picking_id
        begun = self.product_id.uom_id.compare(quantity, self.product_qty) < 0
        if begun:
            return
        if picking.can_reject_sourcing and self in picking._get_rejectable_moves():
            picking._reject_sourcing(
                self, "not_found", self.env._("Not found while it was scanned.")
            )

    # ------------------------------------------------------------ what was scanned

    def _apply_scan_counts(self, counts):
        """Make what was scanned what is done: no more, no less, and of these lots.

        :param counts: `stock.scan.count._get_counts`
        :return: the move lines that hold it
        """
        self.ensure_one()
        by_lot = {lot: done for lot, done in counts[self.id].items() if lot}
        if not by_lot:
            by_lot = {False: counts[self.id][False]}
        picked = self.move_line_ids.browse()
        for lot_id, quantity in by_lot.items():
            picked |= self._pick_scanned(lot_id, quantity)
        return picked

    def _pick_scanned(self, lot_id, quantity):
        """Spread a scanned quantity over the lines it is reserved in."""
        uom = self.product_id.uom_id
        picked = self.move_line_ids.browse()
        fitting = self.move_line_ids.filtered(
            lambda line: not lot_id or line.lot_id.id == lot_id
        )
        for line in fitting:
            if uom.compare(quantity, 0) <= 0:
                break
            part = min(quantity, line.quantity_product_uom)
            if uom.compare(part, 0) <= 0:
                continue
            if uom.compare(part, line.quantity_product_uom):
                line.quantity = uom._compute_quantity(
                    part, line.product_uom_id, round=False
                )
            quantity -= part
            picked |= line
        if uom.compare(quantity, 0) > 0:
            picked |= self._add_scanned(picked[-1:], lot_id, quantity)
        return picked

    def _add_scanned(self, line, lot_id, quantity):
        """What was found beyond what is reserved, but within what is asked for."""
        if line:
            line.quantity += self.product_id.uom_id._compute_quantity(
                quantity, line.product_uom_id, round=False
            )
            return line
        vals = self._prepare_move_line_vals(quantity=quantity)
        return self.move_line_ids.create({**vals, "lot_id": lot_id})

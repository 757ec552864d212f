# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError


class ChannelReturnInspection(models.Model):
    """An inspection; here: where the goods go."""

    _inherit = "channel.return.inspection"

    def _move_goods(self):
        """Make the moves that the disposition asks for."""
        self.ensure_one()
        sources = self._get_sources()
        if self.lot_id:
            self._check_lot_qty(sources)
        lots = self.env["stock.lot"].concat(
            *{lot for move, lot, _qty in sources if move.product_id == self.product_id}
        )
        if len(lots) == 1:
            self.lot_id = lots
        elif lots and self.disposition == "repair":
            raise UserError(
                self.env._(
                    "Say which lot of %(product)s is to be repaired: several came "
                    "back.",
                    product=self.product_id.display_name,
                )
            )
        for move, lot, quantity in sources:
            if move.location_dest_id.usage != "internal":
                continue  # dropshipped: it is the vendor's already
            handler = getattr(self, f"_move_{self.disposition}")
            made = handler(move, lot, quantity)
            if made:
                self.move_ids |= made
        if self.disposition == "repair":
            self._make_repair()

    def _check_lot_qty(self, sources):
        """:raises UserError: less of the lot is here than was inspected"""
        wanted = self.line_id._get_parts(self.quantity).get(self.product_id, 0.0)
        here = sum(
            quantity
            for move, _lot, quantity in sources
            if move.product_id == self.product_id
        )
        if self.product_id.uom_id.compare(here, wanted) < 0:
            raise UserError(
                self.env._(
                    "%(product)s of return %(name)s: %(left)g are here to be "
                    "inspected, not %(quantity)g.",
                    product=f"{self.product_id.display_name} ({self.lot_id.name})",
                    name=self.return_id.name,
                    left=here,
                    quantity=wanted,
                )
            )

    def _get_sources(self):
        """What of the goods that arrived this inspection is about.

        :return: list of (done move, lot or empty, quantity in the product's unit)
        """
        line = self.line_id
        parts = {
            product: quantity
            for product, quantity in line._get_parts(self.quantity).items()
        }
        taken = line._get_parts_inspected(without=self)
        result = []
        for move in line._get_arrived_moves().sorted("id"):
            for part in move.move_line_ids:
                if self.lot_id and part.lot_id != self.lot_id:
                    if move.product_id == self.product_id:
                        continue
                key = move.product_id, part.lot_id
                here = part.quantity_product_uom
                gone = min(taken.get(key, 0.0), here)
                taken[key] = taken.get(key, 0.0) - gone
                quantity = min(here - gone, parts.get(move.product_id, 0.0))
                if move.product_id.uom_id.compare(quantity, 0.0) > 0:
                    parts[move.product_id] -= quantity
                    result.append((move, part.lot_id, quantity))
        return result

    def _move_restock(self, move, lot, quantity):
        warehouse = self.return_id._get_warehouse(move.picking_id)
        return self._move_inside(move, lot, quantity, warehouse.lot_stock_id)

    def _move_quarantine(self, move, lot, quantity):
        warehouse = self.return_id._get_warehouse(move.picking_id)
        return self._move_inside(
            move, lot, quantity, warehouse._get_return_quarantine()
        )

    def _move_repair(self, move, lot, quantity):
        return None  # it stays where it is until it is repaired

    def _move_scrap(self, move, lot, quantity):
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": move.product_id.id,
                "product_uom_id": move.product_id.uom_id.id,
                "scrap_qty": quantity,
                "lot_id": lot.id,
                "location_id": move.location_dest_id.id,
                "origin": self.return_id.name,
                "company_id": self.company_id.id,
            }
        )
        scrap.do_scrap()
        return scrap.move_ids

    def _move_customer(self, move, lot, quantity):
        """A transfer back to the customer; somebody packs it."""
        warehouse = self.return_id._get_warehouse(move.picking_id)
        return self._make_transfer(
            move,
            lot,
            quantity,
            warehouse.out_type_id,
            move.location_id,
            move.partner_id or self.partner_id,
            origin_returned_move_id=move.id,
            sale_line_id=move.sale_line_id.id,
            to_refund=move.to_refund,
        )

    def _move_vendor(self, move, lot, quantity):
        """A transfer to the vendor; somebody packs it."""
        warehouse = self.return_id._get_warehouse(move.picking_id)
        vendor = move.product_id.with_company(self.company_id).seller_ids[:1].partner_id
        place = vendor.with_company(self.company_id).property_stock_supplier
        place = place or self.env.ref("stock.stock_location_suppliers")
        return self._make_transfer(
            move, lot, quantity, warehouse.out_type_id, place, vendor
        )

    def _move_inside(self, move, lot, quantity, place):
        if place == move.location_dest_id:
            return None
        vals = self._prepare_move(move, lot, quantity, place)
        moved = self.env["stock.move"].create(vals)
        moved._action_confirm(merge=False)
        self._fill_move(moved, lot, quantity)
        moved.picked = True
        moved._action_done()
        return moved

    def _make_transfer(self, move, lot, quantity, kind, place, partner, **vals):
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "partner_id": partner.id,
                "location_id": move.location_dest_id.id,
                "location_dest_id": place.id,
                "origin": self.return_id.name,
                "company_id": self.company_id.id,
            }
        )
        common = self._prepare_move(move, lot, quantity, place)
        moved = self.env["stock.move"].create(
            {
                **common,
                "picking_id": transfer.id,
                "picking_type_id": kind.id,
                "partner_id": partner.id,
                **vals,
            }
        )
        moved._action_confirm(merge=False)
        self._fill_move(moved, lot, quantity)
        return moved

    def _prepare_move(self, move, lot, quantity, place):
        return {
            "product_id": move.product_id.id,
            "product_uom": move.product_id.uom_id.id,
            "product_uom_qty": quantity,
            "location_id": move.location_dest_id.id,
            "location_dest_id": place.id,
            "company_id": self.company_id.id,
            "origin": self.return_id.name,
            "channel_return_line_id": self.line_id.id,
            "procure_method": "make_to_stock",
        }

    def _fill_move(self, moved, lot, quantity):
        """Exactly this lot, where there is one."""
        if not lot:
            moved._action_assign()
            return
        moved.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            {
                **moved._prepare_move_line_vals(quantity=quantity),
                "lot_id": lot.id,
                "quantity": quantity,
            }
        )

    # ------------------------------------------------------------ repair

    def _make_repair(self):
        """A repair order, where the application for them is installed."""
        if "repair.order" not in self.env:
            return
        warehouse = self.return_id._get_warehouse()
        kind = self.env["stock.picking.type"].search(
            [
                ("code", "=", "repair_operation"),
                ("warehouse_id", "=", warehouse.id),
            ],
            limit=1,
        )
        if not kind:
            return
        repair = self.env["repair.order"].create(
            {
                "product_id": self.product_id.id,
                "product_qty": self.quantity,
                "product_uom": self.uom_id.id,
                "lot_id": self.lot_id.id,
                "partner_id": self.partner_id.id,
                "picking_type_id": kind.id,
                "company_id": self.company_id.id,
                "internal_notes": self.note,
            }
        )
        self.repair_ref = repair.name

    def action_view_repair(self):
        """Open the repair order.

        :raises UserError: there is none, or the application was removed
        """
        self.ensure_one()
        repairs = self.env["repair.order"] if "repair.order" in self.env else None
        repair = repairs is not None and repairs.search(
            [("name", "=", self.repair_ref), ("company_id", "=", self.company_id.id)],
            limit=1,
        )
        if not repair:
            raise UserError(
                self.env._(
                    "There is no repair order. Install Repairs before goods are "
                    "inspected, or enter one by hand."
                )
            )
        return repair.get_formview_action()

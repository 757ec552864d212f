# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from .sale_order_bulk import Bulk, Lookups
from .stock_quant_bulk import RESERVED


class StockMove(models.Model):
    """A move of goods; here: made and reserved with the others of its batch."""

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        """Override: new transfers of new orders are created together.

        They have nothing to be merged with, and no transfer to be searched for.
        """
        bulk = Bulk.of(self)
        if bulk and self and not merge_into:
            fresh = self.filtered(lambda move: move._is_first_of_new_order())
            bulk.fresh_move_ids = fresh.ids
            merge = merge and fresh != self
        return super()._action_confirm(
            merge=merge, merge_into=merge_into, create_proc=create_proc
        )

    def _assign_picking(self):
        """Override: at the first call of a batch all its new transfers are made."""
        bulk = Bulk.of(self)
        if not bulk:
            return super()._assign_picking()
        fresh, bulk.fresh_move_ids = self.browse(bulk.fresh_move_ids), ()
        if fresh:
            fresh._create_pickings()
        rest = self.filtered(lambda move: not move.picking_id)
        return super(StockMove, rest)._assign_picking()

    def _is_first_of_new_order(self):
        self.ensure_one()
        return (
            self.state == "draft"
            and bool(self.sale_line_id)
            and not self.move_orig_ids
            and self.product_uom.compare(self.product_uom_qty, 0.0) > 0
            and self._should_be_assigned()
            # a transfer made before the batch might take this move in
            and not self.sale_line_id.order_id.picking_ids
        )

    def _create_pickings(self):
        groups = defaultdict(self.browse)
        for move in self:
            groups[move._key_assign_picking()] |= move
        pickings = self.env["stock.picking"]._create_numbered(
            [moves._get_new_picking_values() for moves in groups.values()]
        )
        for moves, picking in zip(groups.values(), pickings, strict=True):
            moves.write({"picking_id": picking.id})
            moves._assign_picking_post_process(new=True)

    def _update_orderpoints(self):
        """Override: for products with reordering rules only."""
        return super(StockMove, self._filter_reordered())._update_orderpoints()

    def _trigger_scheduler(self):
        """Override: for products with reordering rules only."""
        return super(StockMove, self._filter_reordered())._trigger_scheduler()

    def _filter_reordered(self):
        """When orders are confirmed, the moves of products that have a reordering rule;
        else all."""
        lookups = Lookups.of(self)
        if not lookups:
            return self
        products = lookups.products
        reordered = lookups.remember(
            "reordered", lambda: self._find_reordered(products)
        )
        return self.filtered(
            lambda move: (
                move.product_id.id in reordered or move.product_id not in products
            )
        )

    def _find_reordered(self, products):
        orderpoints = self.env["stock.warehouse.orderpoint"].sudo()
        groups = orderpoints.with_context(active_test=False)._read_group(
            [("product_id", "in", products.ids)], ["product_id"]
        )
        return {product.id for (product,) in groups}

    def _reserve_plain(self, locked, held):
        """Reserve the moves of this batch about whose place there is no choice.

        One quant below the source location that has enough for all of them: then it is
        theirs by any removal strategy. Quants are locked by the caller in this
        transaction, so that what is read here is true.

        :param locked: {(product id, location id)} whose quants are locked
        :param held: {(product id, warehouse id)} of which something is held
        :return: the moves that are left to Odoo
        """
        plain = self.filtered(
            lambda move: (
                move._is_plain_reservation()
                and (move.product_id.id, move.location_id.warehouse_id.id) not in held
            )
        )
        taken, reserved = defaultdict(float), self.browse()
        lines = []
        for location, moves in plain.grouped("location_id").items():
            quants = moves._get_only_quants(location, locked)
            for move in moves:
                quant, available = quants.get(move.product_id.id, (None, 0.0))
                need, uom = move.product_qty, move.product_id.uom_id
                if quant and uom.compare(available - taken[quant], need) >= 0:
                    taken[quant] += need
                    reserved |= move
                    lines.append(move._prepare_move_line_vals(need, quant))
        if reserved:
            self.env["stock.quant"]._add_reserved(taken)
            self.env["stock.move.line"].with_context(
                order_management_new_lines=None, order_management_reserved=RESERVED
            ).create(lines)
            reserved.write({"state": "assigned"})
        return self - reserved

    def _is_plain_reservation(self):
        self.ensure_one()
        product = self.product_id
        return (
            self.state == "confirmed"
            and not self.picked
            and not self.quantity
            and not self.move_orig_ids
            and self.procure_method == "make_to_stock"
            and product.is_storable
            and product.tracking == "none"
            and self.product_uom == product.uom_id
            and self.location_dest_id.usage == "customer"
            and not self._should_bypass_reservation()
        )

    def _get_only_quants(self, location, locked):
        """``{product id: (its only quant below location, quantity not reserved)}``."""
        quants = self.env["stock.quant"].sudo()
        quants.flush_model(
            ["location_id", "lot_id", "owner_id", "package_id", "product_id"]
            + ["quantity", "reserved_quantity"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT quant.product_id, min(quant.id), min(quant.location_id),
                    min(quant.quantity - quant.reserved_quantity)
                FROM stock_quant quant
                JOIN stock_location place ON place.id = quant.location_id
                WHERE quant.product_id = ANY(%s) AND place.parent_path LIKE %s
                GROUP BY quant.product_id
                HAVING count(*) = 1 AND bool_and(quant.lot_id IS NULL
                    AND quant.owner_id IS NULL AND quant.package_id IS NULL)
                """,
                list(self.product_id.ids),
                f"{location.parent_path}%",
            )
        )
        rows = [row for row in rows if (row[0], row[2]) in locked]
        found = quants.browse(quant_id for _product, quant_id, _place, _free in rows)
        return {
            product_id: (quant, float(free))
            for quant, (product_id, _id, _place, free) in zip(found, rows, strict=True)
        }

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """A line; here: the warehouse that it is served from, and procurement after it."""

    _inherit = "sale.order.line"

    source_warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Served From",
        readonly=True,
        copy=False,
        check_company=True,
        ondelete="restrict",
        help="The warehouse that was chosen for this line; of a line from several, the "
        "one that sends most.",
    )
    sourcing_line_ids = fields.One2many(
        "order.sourcing.line", "line_id", "Quantities by Warehouse", readonly=True
    )

    @api.depends("source_warehouse_id")
    def _compute_warehouse_id(self):
        """Override of `sale_stock`: what was chosen goes before the order's own."""
        result = super()._compute_warehouse_id()
        for line in self:
            if line.source_warehouse_id:
                line.warehouse_id = line.source_warehouse_id
        return result

    def _create_procurements(self, product_qty, procurement_uom, values):
        """Override of `sale_stock`: one procurement a warehouse."""
        procurements = super()._create_procurements(
            product_qty, procurement_uom, values
        )
        # asked of the order first: without torn lines nothing more is read
        # sudo: who may change the order need not see how its lines are torn
        if not self.order_id.has_split_lines or not self.sudo().sourcing_line_ids:
            return procurements
        return [
            part
            for procurement in procurements
            for part in self._split_procurement(procurement)
        ]

    def _split_procurement(self, procurement):
        """Give each warehouse its share; what is left is the main warehouse's."""
        self.ensure_one()
        room = self._get_room_by_warehouse(
            procurement.product_uom, procurement.product_qty > 0
        )
        left, uom = procurement.product_qty, procurement.product_uom
        shares = defaultdict(float)
        for warehouse, quantity in room:
            share = min(quantity, left) if left > 0 else max(-quantity, left)
            shares[warehouse] += share
            left -= share
        shares[self.warehouse_id] += left
        return [
            procurement._replace(
                product_qty=quantity,
                values={**procurement.values, "warehouse_id": warehouse},
            )
            for warehouse, quantity in shares.items()
            if not uom.is_zero(quantity)
        ]

    def _get_shipped_by_warehouse(self):
        """What left of the line already: ``{warehouse id: quantity in its unit}``."""
        self.ensure_one()
        shipped = defaultdict(float)
        for move in self._get_outgoing_incoming_moves(strict=False)[0]:
            if move.state == "done":
                warehouse = move.warehouse_id or move.location_id.warehouse_id
                shipped[warehouse.id] += move.product_uom._compute_quantity(
                    move.quantity, self.product_uom_id, rounding_method="HALF-UP"
                )
        return shipped

    def _get_room_by_warehouse(self, uom, is_more):
        """How much more, or less, each warehouse may be asked for.

        :return: ``[(warehouse, quantity in uom)]``, none of them below zero
        """
        asked = defaultdict(float)
        for move in self._get_outgoing_incoming_moves(strict=False)[0]:
            quantity = move.quantity if move.state == "done" else move.product_uom_qty
            if not is_more and move.state == "done":
                continue
            warehouse = move.warehouse_id or move.location_id.warehouse_id
            asked[warehouse] += move.product_uom._compute_quantity(
                quantity, uom, rounding_method="HALF-UP"
            )
        if not is_more:
            return [(w, max(quantity, 0.0)) for w, quantity in asked.items()]
        room = []
        for row in self.sudo().sourcing_line_ids:
            quantity = self.product_uom_id._compute_quantity(row.quantity, uom)
            room.append((row.warehouse_id, max(quantity - asked[row.warehouse_id], 0)))
        return room

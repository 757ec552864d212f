# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrderLine(models.Model):
    """A line; here: what orders are split by. Hooks: `_get_split_<property>`."""

    _inherit = "sale.order.line"

    def _get_split_warehouse(self):
        """The warehouse that the line is served from."""
        self.ensure_one()
        return self.source_warehouse_id or self.warehouse_id

    def _get_split_supplier(self):
        """Who the product is bought from first; nobody for what we make."""
        self.ensure_one()
        sellers = self.product_id.seller_ids.filtered(
            lambda seller: (
                seller.company_id in (self.company_id, seller.company_id.browse())
                and seller.product_id in (self.product_id, self.product_id.browse())
            )
        )
        return sellers[:1].partner_id

    def _get_split_temperature(self):
        """How the goods have to be kept."""
        self.ensure_one()
        return self.product_id.categ_id._get_temperature_class()

    def _get_split_date(self):
        """The day on which the line is to be shipped, where the company is."""
        self.ensure_one()
        moment = self.promised_at or self._expected_date()
        return self.env["order.quota"]._get_day(self.company_id, moment)

    def _get_ready_by_stock(self):
        """``{line: quantity}`` of lines of quotations that could ship now.

        What is held for the line counts for it, what is held for others does not.
        """
        ready = {line: line.product_uom_qty for line in self}
        needs = self._get_hold_quantities()
        for line in self:
            if line not in needs and line._is_goods() and line._is_made_to_order():
                ready[line] = 0.0
        if not needs:
            return ready
        lines = self.browse([line.id for line in needs])
        products = self.env["product.product"].union(
            *(product for need in needs.values() for product in need)
        )
        room = products._get_available_to_promise_by_warehouse(lines.warehouse_id)
        held = lines.order_id._get_held_quantities()
        for (_order_id, product_id, warehouse_id), quantity in held.items():
            if (product_id, warehouse_id) in room:
                room[product_id, warehouse_id] += quantity
        for line in lines:
            share = 1.0
            for product, quantity in needs[line].items():
                free = max(room[product.id, line.warehouse_id.id], 0.0)
                share = min(share, free / quantity if quantity else 1.0)
            ready[line] = line.product_uom_id.round(
                line.product_uom_qty * share, rounding_method="DOWN"
            )
            for product, quantity in needs[line].items():
                room[product.id, line.warehouse_id.id] -= quantity * share
        return ready

    def _get_ready_by_reservation(self):
        """``{line: quantity}`` of confirmed lines whose goods are reserved."""
        ready = {}
        for line in self:
            moves = line._get_split_moves().filtered(
                lambda move: move.location_id.usage == "internal"
            )
            # of a chain the first step has the goods
            first = moves.filtered(lambda move: not move.move_orig_ids)
            share = min(
                (move.quantity / (move.product_uom_qty or 1.0) for move in first),
                default=1.0,
            )
            ready[line] = line.product_uom_id.round(
                line.product_uom_qty * min(share, 1.0), rounding_method="DOWN"
            )
        return ready

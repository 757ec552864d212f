# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import math

from odoo import models

#: noise of divisions, never a part of a kit
_NOISE = 0.000001


class SaleOrderLine(models.Model):
    """A line that may sell a kit; here: kits come back whole."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _get_return_parts(self, quantity):
        """Override: a kit is its components, as they were shipped."""
        made_of = self._get_shipped_kit()
        if not made_of:
            return super()._get_return_parts(quantity)
        kits = self.product_uom_id._compute_quantity(
            quantity, self.product_id.uom_id, round=False
        )
        return {
            self.env["product.product"].browse(product_id): per_kit * kits
            for product_id, per_kit in made_of.items()
        }

    def _count_pieces(self, parts, whole=min):
        """Override: whole kits by the component furthest behind, or ahead."""
        made_of = self._get_shipped_kit()
        if not made_of:
            return super()._count_pieces(parts, whole)
        quantities = {product.id: quantity for product, quantity in parts.items()}
        counts = [
            quantities.get(product_id, 0.0) / per_kit
            for product_id, per_kit in made_of.items()
        ]
        if whole is min:
            kits = float(math.floor(min(counts) + _NOISE))
        else:
            kits = float(math.ceil(max(counts) - _NOISE))
        return self.product_id.uom_id._compute_quantity(
            kits, self.product_uom_id, round=False
        )

    def _get_moved_back_qty(self):
        """Override: Odoo looks for moves of the kit itself, and there are none.

        Counted as Odoo takes them off the delivered quantity.
        """
        if not self._get_shipped_kit():
            return super()._get_moved_back_qty()
        parts = {}
        for move in self.sudo().move_ids:
            if move.state == "done" and move.to_refund and move.is_customer_return:
                product = move.product_id
                quantity = move.product_uom._compute_quantity(
                    move.quantity, product.uom_id, round=False
                )
                parts[product] = parts.get(product, 0.0) + quantity
        back = self._count_pieces(parts, whole=max) if parts else 0.0
        # what was sent once more in place of it is to be paid
        return min(back, max(self.product_uom_qty - self.qty_delivered, 0.0))

    def _get_shipped_kit(self):
        """What one kit of this line was made of: ``{component id: quantity}``; empty
        where it is none, or was shipped as one piece."""
        self.ensure_one()
        moves = self.sudo().move_ids.filtered(lambda move: move.state == "done")
        if not moves or self.product_id in moves.product_id:
            return {}
        known = self._get_kit_version(len(self.kit_versions or []))
        return known or self._get_kit_components().get(self, {})

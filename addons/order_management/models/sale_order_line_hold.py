# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SaleOrderLine(models.Model):
    """An ordered product; here: what has to be held for it."""

    _inherit = "sale.order.line"

    def write(self, vals):
        """Override of `sale`: what was held for another product is given back."""
        result = super().write(vals)
        if "product_id" in vals:
            self._release_holds(lambda hold, line: hold.product_id not in line)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_release_holds(self):
        """Nothing stays held for a line that goes."""
        self._release_holds(lambda hold, line: True)

    def _release_holds(self, condition):
        """End active holds.

        :param condition: function of a hold and what its line is made of now
        """
        if not any(line.company_id.has_holds for line in self):
            return
        # sudo: who may change the order gives back what it held
        holds = (
            self.env["stock.hold"]
            .sudo()
            .search([("sale_line_id", "in", self.ids), ("state", "=", "active")])
        )
        made_of = holds.sale_line_id._get_hold_quantities()
        holds.filtered(
            lambda hold: condition(hold, made_of.get(hold.sale_line_id, {}))
        )._transition("released")

    def _get_hold_quantities(self):
        """What these lines take from stock.

        Hook: bridges say what a product is made of.

        :return: ``{line: {product: quantity in the product's unit}}``, without lines
            that take nothing
        """
        quantities = {}
        for line in self._filter_from_stock():
            quantity = line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id
            )
            quantities[line] = {line.product_id: quantity}
        return quantities

    def _filter_from_stock(self):
        """Lines that will take what lies in a warehouse of ours.

        Not: services, what is not counted, made or bought to order, returned goods.
        """
        return self._filter_stocked().filtered(
            lambda line: (
                not line.display_type
                and line.product_uom_qty > 0
                and line.warehouse_id
                and not line._is_made_to_order()
            )
        )

    def _is_made_to_order(self):
        """As ``is_mto``, which `sale_mrp` makes cost some queries a line."""
        self.ensure_one()
        product = self.product_id
        routes = self.route_ids or (
            product.route_ids + product.categ_id.total_route_ids
        )
        mto = self.warehouse_id.mto_pull_id.route_id or self.env.ref(
            "stock.route_warehouse0_mto", raise_if_not_found=False
        )
        return bool(routes) and mto in routes

    def _filter_stocked(self):
        """Hook: lines that sell what is counted in stock."""
        return self.filtered("product_id.is_storable")

    def _prepare_hold_vals(self, product, quantity, kind):
        """Values of a hold for this line.

        :param quantity: in the product's unit
        """
        self.ensure_one()
        return {
            "product_id": product.id,
            "warehouse_id": self.warehouse_id.id,
            "quantity": quantity,
            "kind": kind,
            "order_id": self.order_id.id,
            "sale_line_id": self.id,
            "channel_id": self.order_id.sale_channel_id.id,
        }

    def _get_holdable(self, quantities, room):
        """What of a line is there.

        :param quantities: ``{product: quantity}`` that it needs
        :param room: ``{(product id, warehouse id): quantity}`` that is there
        :return: (missing, there), each ``{product: quantity}`` without zeros
        """
        self.ensure_one()
        short, take = {}, {}
        for product, quantity in quantities.items():
            free = max(room[product.id, self.warehouse_id.id], 0.0)
            if product.uom_id.compare(free, quantity) < 0:
                short[product] = quantity - free
            if not product.uom_id.is_zero(min(free, quantity)):
                take[product] = min(free, quantity)
        return short, take

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields, models


class SaleOrder(models.Model):
    """An order; here: what is held for it while its customer pays."""

    _inherit = "sale.order"

    def _hold_for_payment(self, minutes):
        """Hold the ordered quantities for ``minutes`` from now.

        Called again, the same holds are set to the order as it is then, and last from
        then on. They name the order and not its lines, which the customer may still
        take out of the cart.
        """
        self.ensure_one()
        expires_at = fields.Datetime.now() + timedelta(minutes=minutes)
        wanted = self._get_quantities_to_hold()
        holds_by_product = self._get_payment_holds().grouped("product_id")
        for product, hold in holds_by_product.items():
            if product not in wanted or hold.warehouse_id != self.warehouse_id:
                hold._transition("released")
            else:
                hold.write({"quantity": wanted.pop(product), "expires_at": expires_at})
        self.env["stock.hold"].sudo().create(
            [
                self._prepare_payment_hold_vals(product, quantity, expires_at)
                for product, quantity in wanted.items()
            ]
        )

    def _get_quantities_to_hold(self):
        """``{product: quantity in its own unit}`` of the stock that is ordered."""
        quantities = {}
        for line in self.order_line.filtered(
            lambda line: line.product_id.is_storable and line.product_uom_qty > 0
        ):
            product = line.product_id
            quantities[product] = quantities.get(
                product, 0.0
            ) + line.product_uom_id._compute_quantity(
                line.product_uom_qty, product.uom_id
            )
        return quantities

    def _prepare_payment_hold_vals(self, product, quantity, expires_at):
        return {
            "product_id": product.id,
            "warehouse_id": self.warehouse_id.id,
            "quantity": quantity,
            "kind": "cart",
            "expires_at": expires_at,
            "order_id": self.id,
            "channel_id": self.sale_channel_id.id,
            "key": f"payment:{self.id}:{product.id}",
        }

    def _get_payment_holds(self):
        """Active holds of these orders' payments; no query for other orders."""
        web_orders = self.filtered(
            lambda order: order.website_id and order.sale_channel_id
        )
        if not web_orders:
            return self.env["stock.hold"].sudo()
        return (
            self.env["stock.hold"]
            .sudo()
            .search(
                [
                    ("order_id", "in", web_orders.ids),
                    ("kind", "=", "cart"),
                    ("state", "=", "active"),
                ]
            )
        )

    def _release_payment_holds(self):
        """Give back what was held for the payment of these orders."""
        self._get_payment_holds()._transition("released")

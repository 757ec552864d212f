# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

#: what decides whether a sale takes stock, and where
_COUNTED = frozenset(("session_id", "shipping_date", "state"))


class PosOrder(models.Model):
    """A sale at a till; here: shops hear of it before its goods are booked."""

    _inherit = "pos.order"

    def write(self, vals):
        """Override to note the products; lines note themselves."""
        if not _COUNTED.isdisjoint(vals):
            self._note_for_shops()
        return super().write(vals)

    def unlink(self):
        """Override to note the products."""
        self._note_for_shops()
        return super().unlink()

    def action_pos_order_paid(self):
        """Override of `point_of_sale`: from here on the goods are gone.

        Where they are booked when the session is closed, whoever promises the same
        goods at this moment is made to see the sale, or the sale to see the promise.
        """
        result = super().action_pos_order_paid()
        self._claim_unbooked()
        return result

    def _note_for_shops(self):
        if self.lines:
            self.lines._note_for_shops()

    def _claim_unbooked(self):
        """Meet those who hold or reserve the same; nothing is refused.

        :raises psycopg2.errors.SerializationFailure: somebody was faster; the call of
            the till is retried by Odoo
        """
        # cashiers need no right on transfers and listings for what they have sold
        for order in self.sudo():
            if order._should_create_picking_real_time() or order.shipping_date:
                continue
            products = order.lines._get_stored_products()
            warehouse = order.config_id.picking_type_id.warehouse_id
            if products and order._is_stock_promised(products):
                self.env["stock.hold"].sudo()._claim_stock(products, warehouse)

    def _is_stock_promised(self, products):
        """Whether anybody is promised goods before they are reserved."""
        self.ensure_one()
        return self.company_id.has_holds or bool(
            self.env["channel.listing"].search_count(
                [("product_id", "in", products.ids), ("state", "=", "matched")], limit=1
            )
        )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

#: changes of a line that may change what its order counts
_COUNTED_FIELDS = frozenset(
    {
        "approved_qty",
        "discount",
        "order_id",
        "price_unit",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "tax_ids",
    }
)


class SaleOrderLine(models.Model):
    """What was ordered; here: what it counts on quotas, and what they have left."""

    _inherit = "sale.order.line"

    quota_info = fields.Json(
        "Quota",
        compute="_compute_quota_info",
        help="What the quotas of this product have left for this customer.",
    )

    @api.depends(
        "product_id",
        "product_uom_qty",
        "product_uom_id",
        "price_subtotal",
        "order_id.partner_id",
        "order_id.partner_shipping_id",
        "order_id.sale_channel_id",
    )
    def _compute_quota_info(self):
        self.quota_info = False
        orders = self.order_id.filtered(lambda order: order.state != "cancel")
        by_product = orders._preview_quotas()
        for line in self:
            if line._is_in_quotas():
                key = (line.order_id.id, line.product_id._origin.id)
                line.quota_info = by_product.get(key, False)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._settle_counted()
        return lines

    def write(self, vals):
        if _COUNTED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        orders = self.order_id
        result = super().write(vals)
        (orders | self.order_id)._settle_counted()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders._settle_counted()
        return result

    def _is_in_quotas(self):
        """Whether quotas count this line: goods or services that somebody ordered."""
        self.ensure_one()
        return bool(
            self.product_id
            and not self.display_type
            and not self.is_delivery
            and not self.is_downpayment
            # what it consists of has lines of its own
            and self.product_id.type != "combo"
        )

    def _get_quota_qty(self, stage, returned, unit=None):
        """What the line counts, in ``unit`` or its own.

        :param returned: see ``_get_quota_returned``
        :return: 0 where the line cannot be counted in that unit
        """
        self.ensure_one()
        quantity = self.product_uom_qty
        if self.order_id.approval_mode == "explicit" and (
            stage == "consume"
            or self.order_id.approval_state == "approved"
            # decided already, before the order as a whole
            or self.cut_reason
        ):
            quantity = self.approved_qty
        quantity = max(quantity, 0.0)
        if self.id in returned:
            left, back = returned[self.id]
            # what was sent again after it came back counts again
            quantity = min(quantity, max(quantity - back, left - back))
        if not unit or unit == self.product_uom_id or not quantity:
            return quantity
        if not self.product_uom_id._has_common_reference(unit):
            return 0.0
        return self.product_uom_id._compute_quantity(quantity, unit, round=False)

    def _get_quota_amount(self, stage, returned):
        """What the line counts, without tax in the order's currency."""
        self.ensure_one()
        if self.product_uom_qty <= 0:
            return self.price_subtotal
        quantity = self._get_quota_qty(stage, returned)
        return self.price_subtotal * quantity / self.product_uom_qty

    def _get_quota_returned(self):
        """``{line id: (left for the customer, came back)}`` of lines with returns.

        Done movements of goods are counted, in the line's unit.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id,
                    SUM(part.quantity * part_uom.factor * %(out)s::int)
                        / line_uom.factor,
                    SUM(part.quantity * part_uom.factor * %(back)s::int)
                        / line_uom.factor
                FROM sale_order_line line
                JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
                JOIN stock_move move ON move.sale_line_id = line.id
                 AND move.state = 'done' AND move.product_id = line.product_id
                JOIN stock_move_line part ON part.move_id = move.id
                JOIN uom_uom part_uom ON part_uom.id = part.product_uom_id
                JOIN stock_location src ON src.id = part.location_id
                JOIN stock_location dest ON dest.id = part.location_dest_id
                WHERE line.id = ANY(%(ids)s) AND dest.usage <> 'inventory'
                GROUP BY line.id, line_uom.factor
                """,
                out=SQL(
                    "(%s AND NOT %s)",
                    self._sql_is_customer_side(SQL.identifier("dest")),
                    self._sql_is_customer_side(SQL.identifier("src")),
                ),
                back=SQL(
                    "(%s AND NOT %s)",
                    self._sql_is_customer_side(SQL.identifier("src")),
                    self._sql_is_customer_side(SQL.identifier("dest")),
                ),
                ids=list(self.ids),
                to_flush=self._get_counted_fields(),
            )
        )
        return {
            line_id: (float(left), float(back)) for line_id, left, back in rows if back
        }

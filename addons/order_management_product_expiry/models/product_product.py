# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.tools import SQL

#: context key: goods have to last until this moment (datetime, UTC, naive)
FRESH_UNTIL = "order_management_fresh_until"


class ProductProduct(models.Model):
    """A product whose lots expire: what is past its removal date is not promised.

    The same rule as that of Odoo's reservation: of products with expiration dates a lot
    can be taken as long as its removal date is not before the moment of the delivery.
    """

    _inherit = "product.product"

    def _get_promise_quant_conditions(self, at=None):
        """Override: only lots that last until the moment of the promise."""
        moments = [self.env.context.get(FRESH_UNTIL), at, fields.Datetime.now()]
        moment = max(filter(None, moments))
        return [
            *super()._get_promise_quant_conditions(at),
            SQL(
                "(quant.removal_date IS NULL OR quant.removal_date >= %s OR NOT %s)",
                moment,
                self._sql_quant_expires(),
            ),
        ]

    def _get_timeline_parts(self):
        """Override: what lies there now cannot be promised after its removal date."""
        return [*super()._get_timeline_parts(), self._sql_promise_expiring()]

    def _sql_promise_expiring(self):
        return SQL(
            """
            SELECT quant.product_id, place.warehouse_id,
                   quant.removal_date + interval '1 second',
                   quant.reserved_quantity - quant.quantity
            FROM stock_quant quant
            JOIN place ON place.id = quant.location_id
            JOIN goods ON goods.id = quant.product_id
            WHERE quant.removal_date IS NOT NULL AND %s AND %s
            """,
            SQL(" AND ").join(self._get_promise_quant_conditions()),
            self._sql_quant_expires(),
        )

    def _sql_quant_expires(self):
        """Whether dates count for the product; lots keep theirs when that changes."""
        return SQL(
            "EXISTS (SELECT FROM product_product dated"
            " JOIN product_template ON product_template.id = dated.product_tmpl_id"
            " WHERE dated.id = quant.product_id"
            " AND product_template.use_expiration_date)"
        )

    def _get_promise_fields(self):
        return [
            *super()._get_promise_fields(),
            self.env["product.template"]._fields["use_expiration_date"],
            self.env["stock.quant"]._fields["removal_date"],
        ]

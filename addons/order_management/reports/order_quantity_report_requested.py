# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class OrderQuantityReport(models.Model):
    """Quantities of a line; here: also what was ordered first."""

    _inherit = "order.quantity.report"
    _depends = {"sale.order.line": ["requested_qty"]}

    requested_qty = fields.Float(
        "First Ordered",
        digits="Product Unit",
        readonly=True,
        help="Before anybody changed the order.",
    )

    def _select(self):
        return SQL(
            "%s, own.requested_qty, unit.factor AS unit_factor", super()._select()
        )

    def _get_own_quantities(self):
        return {
            **super()._get_own_quantities(),
            "requested_qty": SQL(
                "COALESCE(line.requested_qty, GREATEST(line.product_uom_qty, 0))"
            ),
        }

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

#: changes of a line that may make its order cost more
_PRICED_FIELDS = frozenset(
    {
        "discount",
        "order_id",
        "price_unit",
        "product_uom_id",
        "product_uom_qty",
        "tax_ids",
    }
)


class SaleOrderLine(models.Model):
    """What was ordered; here: what is added to an order that passed its limit."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        totals = orders._get_committed_totals()
        lines = super().create(vals_list)
        orders._check_credit_growth(totals)
        return lines

    def write(self, vals):
        if _PRICED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        orders = self.order_id
        if vals.get("order_id"):
            orders |= orders.browse(vals["order_id"])
        totals = orders._get_committed_totals()
        result = super().write(vals)
        orders._check_credit_growth(totals)
        return result


class SaleOrder(models.Model):
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _get_committed_totals(self):
        """``{order: total}`` of approved and confirmed orders that a limit may hold."""
        counting = self.env["distribution.credit"].sudo()._get_counting_companies()
        if not counting:
            return {}
        return {
            order: order.amount_total
            for order in self
            if order.company_id.id in counting and order._is_credit_committed()
        }

    def _check_credit_growth(self, totals):
        """:raises UserError: a committed order costs more, beyond the limit"""
        grown = self.filtered(
            lambda order: order in totals and order.amount_total > totals[order]
        )
        grown.filtered(lambda order: order._is_credit_committed())._check_credit()

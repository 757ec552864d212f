# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .sale_order_bulk import Bulk


class StockRule(models.Model):
    """How a need is met; here: looked up once for all alike needs of a batch."""

    _inherit = "stock.rule"

    @api.model
    def _get_rule(self, product_id, location_id, values):
        """Override: the answer depends on routes, place and warehouse alone."""
        bulk = Bulk.of(self)
        if not bulk:
            return super()._get_rule(product_id, location_id, values)
        find = super()._get_rule
        key = ("rule", *self._get_rule_key(product_id, location_id, values))
        rule_id = bulk.remember(key, lambda: find(product_id, location_id, values).id)
        return self.browse(rule_id or ())

    @api.model
    def _get_rule_key(self, product, location, values):
        """What a rule is chosen by; addons that choose by more add theirs."""

        def ids(name):
            records = values.get(name)
            return tuple(records.ids) if records else ()

        return (
            product.categ_id.id,
            tuple(product.route_ids.ids),
            location.id,
            ids("warehouse_id"),
            ids("route_ids"),
            ids("packaging_uom_id"),
            ids("company_id"),
        )

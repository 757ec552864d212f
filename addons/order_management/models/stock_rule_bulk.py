# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .sale_order_bulk import Lookups


class StockRule(models.Model):
    """How a need is met; here: looked up once for all alike needs of a confirmation."""

    _inherit = "stock.rule"

    @api.model
    def _get_rule(self, product_id, location_id, values):
        """Override: the answer depends on routes, place and warehouse alone."""
        lookups = Lookups.of(self)
        if not lookups:
            return super()._get_rule(product_id, location_id, values)
        find = super()._get_rule
        key = ("rule", *self._get_rule_key(product_id, location_id, values))
        rule_id = lookups.remember(
            key, lambda: find(product_id, location_id, values).id
        )
        return self.browse(rule_id or ())

    @api.model
    def _get_rule_key(self, product, location, values):
        """What a rule is chosen by; addons that choose by more add theirs."""

        def ids(name):
            records = values.get(name)
            return tuple(records.ids) if records else ()

        # some routes of a warehouse are only for products that are made, or bought
        warehouses = values.get("warehouse_id", location.warehouse_id)
        routes = warehouses and warehouses.route_ids.filtered(
            lambda route: self._filter_warehouse_routes(product, warehouses, route)
        )
        return (
            self.env.su,
            tuple(routes.ids) if routes else (),
            product.categ_id.id,
            tuple(product.route_ids.ids),
            location.id,
            ids("warehouse_id"),
            ids("route_ids"),
            ids("packaging_uom_id"),
            ids("company_id"),
        )

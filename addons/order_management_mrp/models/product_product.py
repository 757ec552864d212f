# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import math
from collections import defaultdict

from odoo import models
from odoo.tools import SQL

#: noise of divisions, never a part of a kit
_NOISE = 0.000001


class ProductProduct(models.Model):
    """A product that may be a kit: what can be promised is what its parts make."""

    _inherit = "product.product"

    def _get_available_to_promise_by_warehouse(self, warehouses, at=None):
        """Whole kits by the part that is there for the fewest; all parts of a kit come
        from the same warehouse."""

        def ask(products, own):
            plain = super()
            return plain._get_available_to_promise_by_warehouse(own, at=at)

        def divide(quantity, per_kit):
            return float(math.floor(quantity / per_kit + _NOISE))

        def combine(parts):
            return min(parts, default=0.0)

        return self._promise_kits(warehouses, ask, divide, combine)

    def _get_promise_timeline(self, warehouses):
        """Kits: whenever something comes in for one of the parts."""

        def ask(products, own):
            return super()._get_promise_timeline(own)

        def divide(timeline, per_kit):
            return [
                (date, float(math.floor(quantity / per_kit + _NOISE)))
                for date, quantity in timeline
            ]

        return self._promise_kits(warehouses, ask, divide, _merge_timelines)

    def _get_stored_parts(self, company):
        """Override: a kit is its parts."""
        kits = self._filter_kits()._get_kit_components(company)
        plain = super(ProductProduct, self - self.browse().union(*kits))
        return {**plain._get_stored_parts(company), **kits}

    def _promise_kits(self, warehouses, ask, divide, combine):
        """Ask for everything but kits, then make the kits of their parts.

        :param ask: function (products, warehouses) -> ``{(product id, warehouse id):
            value}``
        :param divide: function (value of a part, how much one kit needs) -> kits
        :param combine: function (list of kits by part) -> kits
        """
        candidates = self._origin._filter_kits()
        if not candidates or not warehouses:
            return ask(self, warehouses)
        result = {}
        for company, own in warehouses.grouped("company_id").items():
            kits = candidates._get_kit_components(company)
            kit_products = self.union(*kits)
            parts = self.union(*(part for made_of in kits.values() for part in made_of))
            answers = ask((self._origin - kit_products) | parts, own)
            for warehouse in own:
                for product_id in self._origin.ids:
                    key = product_id, warehouse.id
                    result[key] = answers.get(key)
                for kit, made_of in kits.items():
                    result[kit.id, warehouse.id] = combine(
                        [
                            divide(answers[part.id, warehouse.id], per_kit)
                            for part, per_kit in made_of.items()
                        ]
                    )
        return result

    def _filter_kits(self):
        """Those that may be kits in some company; one query, however many products."""
        if not self.ids:
            return self
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product.id FROM product_product product
                WHERE product.id = ANY(%s) AND EXISTS (
                    SELECT FROM mrp_bom bom
                    WHERE bom.active AND bom.type = 'phantom'
                      AND bom.product_tmpl_id = product.product_tmpl_id
                      AND COALESCE(bom.product_id, product.id) = product.id)
                ORDER BY product.id
                """,
                list(self.ids),
                to_flush=[
                    self.env["mrp.bom"]._fields[name]
                    for name in ("active", "product_id", "product_tmpl_id", "type")
                ],
            )
        )
        return self.browse(row[0] for row in rows)

    def _get_kit_components(self, company):
        """What one unit of those of these products that are kits is made of.

        Kits in kits are taken apart. Some queries for each level of nesting, however
        many products.

        :return: ``{kit: {stored component: quantity in its own unit}}``
        """
        boms_sudo = self.env["mrp.bom"].sudo()  # salespeople sell kits without MRP
        kits = {}
        # (kit, part of it, quantity of that part, what it is a part of)
        level = [(kit, kit, 1.0, frozenset()) for kit in self]
        while level:
            products = self.browse({product.id for _kit, product, _qty, _path in level})
            boms = boms_sudo._bom_find(
                products, company_id=company.id, bom_type="phantom"
            )
            following = []
            for kit, product, quantity, path in level:
                bom = boms[product]
                if not bom:
                    if product != kit and product.is_storable:
                        kits[kit][product] += quantity
                    continue
                kits.setdefault(kit, defaultdict(float))
                if product.id not in path:  # else it were made of itself
                    following += [
                        (kit, part, part_quantity, path | {product.id})
                        for part, part_quantity in product._get_parts(bom, quantity)
                    ]
            level = following
        return kits

    def _get_parts(self, bom, quantity):
        """The lines of a kit's bill for a quantity in the product's unit.

        :return: list of (product, quantity in its own unit)
        """
        self.ensure_one()
        times = (
            self.uom_id._compute_quantity(quantity, bom.product_uom_id, round=False)
            / bom.product_qty
        )
        return [
            (
                line.product_id.sudo(False),
                line.product_uom_id._compute_quantity(
                    line.product_qty * times, line.product_id.uom_id, round=False
                ),
            )
            for line in bom.bom_line_ids
            if line.product_qty and not line._skip_bom_line(self)
        ]


def _merge_timelines(timelines):
    """The least of several step functions ``[(None, value), (date, value), ...]``."""
    dates = sorted({date for steps in timelines for date, _value in steps[1:]})
    merged = [(None, min((steps[0][1] for steps in timelines), default=0.0))]
    for date in dates:
        values = [
            [value for day, value in steps if day is None or day <= date][-1]
            for steps in timelines
        ]
        merged.append((date, min(values)))
    return merged

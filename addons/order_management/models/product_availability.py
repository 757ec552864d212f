# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import operator as py_operator
from collections import defaultdict

from odoo import api, fields, models

_COMPARE = {
    "<": py_operator.lt,
    "<=": py_operator.le,
    ">": py_operator.gt,
    ">=": py_operator.ge,
    "in": lambda quantity, values: quantity in values,
}


class ProductProduct(models.Model):
    """A product; here: how much of it can still be promised.

    Available to promise = on hand - reserved - demand that is not reserved yet - active
    holds, and what is to come where a moment is given. Nothing is kept back for safety
    and nothing is cut off at zero: what was sold and is not there counts.

    - *On hand* is what lies in the warehouses' internal and transit locations, whoever
      owns it: a delivery takes it as well (context ``owners`` as in `stock`).
    - *Demand* is counted once a chain of moves, at the first one that is not done: of
      pick, pack and ship that is the picking. A move that waits for goods of its own
      (make to order) asks for nothing that is there.
    - *Incoming* comes from outside the warehouse; what is made or bought for one demand
      is left out like that demand.
    - Every warehouse speaks for itself, so that warehouses can be added up: a transfer
      leaves the first one's figure at once and enters the other's when it is due.
    """

    _inherit = "product.product"

    available_to_promise_qty = fields.Float(
        "Available to Promise",
        digits="Product Unit",
        compute="_compute_available_to_promise_qty",
        search="_search_available_to_promise_qty",
        help="On hand, less what is reserved, what is asked for but not reserved yet, "
        "and what is held. Below zero: more was sold than is there.",
    )

    @api.depends_context("allowed_company_ids", "company", "warehouse_id")
    def _compute_available_to_promise_qty(self):
        quantities = self._get_available_to_promise(self._get_promise_warehouses())
        for product in self:
            product.available_to_promise_qty = quantities.get(product._origin.id, 0.0)

    def _search_available_to_promise_qty(self, operator, value):
        compare = _COMPARE.get(operator)
        if not compare:
            return NotImplemented
        products = self.with_context(active_test=False).search(
            [("is_storable", "=", True)]
        )
        quantities = products._get_available_to_promise(self._get_promise_warehouses())
        return [
            ("id", "in", [i for i, qty in quantities.items() if compare(qty, value)])
        ]

    def action_view_holds(self):
        """Open what is held of these products."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.stock_hold_action"
        )
        return {**action, "domain": [("product_id", "in", self.ids)]}

    @api.model
    def _get_promise_warehouses(self):
        """Those that the context asks for, else all of the user's companies."""
        asked = self.env.context.get("warehouse_id")
        if asked:
            return self.env["stock.warehouse"].browse(asked)
        return self.env["stock.warehouse"].search(
            [("company_id", "in", self.env.companies.ids)]
        )

    def _get_available_to_promise(self, warehouses, at=None):
        """What can be promised from some warehouses together.

        :param warehouses: stock.warehouse, of any company
        :param at: datetime (UTC, naive); with it, only demand due by then counts, and
            what is to come in by then as well. Without: all demand, nothing incoming.
        :return: ``{product id: quantity in the product's unit}``, every product of
            ``self`` has an entry; one query
        """
        totals = dict.fromkeys(self._origin.ids, 0.0)
        quantities = self._get_available_to_promise_by_warehouse(warehouses, at=at)
        for (product_id, _warehouse_id), quantity in quantities.items():
            totals[product_id] += quantity
        return self._round_promise(totals)

    def _get_available_to_promise_by_warehouse(self, warehouses, at=None):
        """As ``_get_available_to_promise``, for each warehouse.

        :return: ``{(product id, warehouse id): quantity in the product's unit}``; a
            pair without stock, moves and holds has 0.0
        """
        quantities = {
            (product_id, warehouse_id): 0.0
            for warehouse_id in warehouses.ids
            for product_id in self._origin.ids
        }
        if quantities:
            rows = self.env.execute_query(self._query_promise(warehouses, at))
            quantities.update(((row[0], row[1]), row[2]) for row in rows)
        return quantities

    def _get_stored_parts(self, company):
        """Hook: what lies in stock of one unit of each of these products.

        :param company: whose bills count, where addons know products made of others
        :return: ``{product: {stored product: quantity in its own unit}}``; what is not
            kept in stock is left out
        """
        return {product: {product: 1.0} for product in self if product.is_storable}

    def _get_promise_timeline(self, warehouses):
        """When how much can be promised: supply added up by date, all demand and all
        holds taken off from the start.

        Whoever is promised something on a date of it takes nothing from anybody. It
        may go down again where addons say that goods do not last.

        :return: ``{(product id, warehouse id): [(None, quantity now), (date, quantity
            from then on), ...]}``, in the product's unit, dates ascending and not
            before now; one query
        """
        now = self._get_available_to_promise_by_warehouse(warehouses.browse())
        supply = defaultdict(list)
        if self.ids and warehouses:
            rows = self.env.execute_query(self._query_timeline(warehouses))
            for product_id, warehouse_id, date, quantity in rows:
                if date is None:
                    now[product_id, warehouse_id] = quantity
                else:
                    supply[product_id, warehouse_id].append((date, quantity))
        timeline = {}
        for warehouse_id in warehouses.ids:
            for product_id in self._origin.ids:
                key = product_id, warehouse_id
                total = now.get(key, 0.0)
                timeline[key] = [(None, total)]
                for date, quantity in sorted(supply[key]):
                    total += quantity
                    timeline[key].append((date, total))
        return timeline

    def _get_low_stock_levels(self, warehouses):
        """Below what the stock that is left counts as low.

        :return: ``{(product id, warehouse id): quantity in the product's unit}``: the
            product's own level, else the minimum of its reordering rule there
        """
        # sudo: salespeople need no right on reordering rules for it
        rules = self.env["stock.warehouse.orderpoint"].sudo()
        minimums = {
            (product.id, warehouse.id): quantity
            for product, warehouse, quantity in rules._read_group(
                [
                    ("product_id", "in", self._origin.ids),
                    ("warehouse_id", "in", warehouses._origin.ids),
                ],
                ["product_id", "warehouse_id"],
                ["product_min_qty:max"],
            )
        }
        levels = {}
        for product in self._origin:
            for warehouse in warehouses._origin:
                key = product.id, warehouse.id
                levels[key] = product.low_stock_qty or minimums.get(key, 0.0)
        return levels

    def _round_promise(self, quantities):
        """Sums of floats without their noise."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return {key: round(value, digits) + 0.0 for key, value in quantities.items()}

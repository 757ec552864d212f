# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .sale_order_bulk import Bulk


class NewLines:
    """Values of lines to create, by product.

    Two are never equal: Odoo looks up environments by equal contexts, and would find
    that of an earlier call whose collection is empty by now.
    """

    def __init__(self):
        self._by_product = {}

    def __contains__(self, product):
        return product.id in self._by_product

    def add(self, vals_list):
        for vals in vals_list:
            self._by_product.setdefault(vals["product_id"], []).append(vals)

    def take(self):
        vals_list = [vals for group in self._by_product.values() for vals in group]
        self._by_product.clear()
        return vals_list


class StockMoveLine(models.Model):
    """What one transfer takes from, or brings to, one place.

    While a set of moves is being reserved, the new lines are collected and created
    together: core makes them one move at a time, which is most of its cost.
    """

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `stock`: see `stock.move._action_assign`."""
        collected = self.env.context.get("order_management_new_lines")
        if collected is None:
            return super().create(vals_list)
        if self.env.context.get("order_management_collect_lines"):
            collected.add(vals_list)
            return self.browse()
        # core's own create after its loop, or anybody else's in between
        pending = collected.take()
        lines = super().create(pending + vals_list)
        return lines[len(pending) :]

    def _action_done(self):
        """Override of `stock` to lock all the stock that will change at once and in
        id order, before the first of it is changed: a lost race then costs little."""
        quants = self.env["stock.quant"]
        locked = quants._lock_for_transfer(self)
        if Bulk.of(self):
            quants._fetch_for_transfer(self)
        return super(
            StockMoveLine, self.with_context(order_management_locked_quants=locked)
        )._action_done()

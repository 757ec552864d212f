# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields, models

from ..sourcing import Policy


class OrderSourcingRule(models.Model):
    """Sourcing rules; here: which orders they are about, and as plain figures."""

    _inherit = "order.sourcing.rule"

    def _match(self, orders):
        """The rules that are about each order, in their turn.

        Queries: one a rule with a free condition, whatever the number of orders.

        A rule whose condition broke is about no order.

        :return: ``{order id: (rule id, ...)}``
        """
        matches = {order.id: [] for order in orders}
        for rule in self:
            for order in rule._ask_or_skip(rule._filter_orders, orders):
                matches[order.id].append(rule.id)
        return {order_id: tuple(rule_ids) for order_id, rule_ids in matches.items()}

    def _filter_orders(self, orders):
        orders = self._filter_by_place(self._filter_own(orders))
        orders = self._filter_by_amount(orders, self._get_amounts)
        if checks := [check for check in self._get_checks() if check]:
            orders = orders.filtered(
                lambda order: all(check(order) for check in checks)
            )
        return self._filter_by_domain(orders)

    def _get_amounts(self, orders):
        """What these orders are worth: what is ordered is what is to be sent."""
        return {
            order.id: order.amount_total / (order.currency_rate or 1.0)
            for order in orders
        }

    def _get_checks(self):
        """Hook: functions of an order, one a condition that is set."""
        return [
            (self.product_ids or self.categ_ids) and self._has_product,
            self.promise_days and self._is_promised_soon,
            self.priority_from != "0" and self._is_urgent,
        ]

    def _has_product(self, order):
        # either will do; an order rule (`order.rule`) wants both where both are set
        products = order.order_line.product_id
        if products & self.product_ids:
            return True
        paths = tuple(self.categ_ids.mapped("parent_path"))
        return bool(paths) and any(
            (path or "").startswith(paths)
            for path in products.categ_id.mapped("parent_path")
        )

    def _is_promised_soon(self, order):
        due = order._get_sourcing_due()
        last = fields.Date.today() + timedelta(days=self.promise_days)
        return bool(due) and due <= last

    def _is_urgent(self, order):
        return order._get_sourcing_priority() >= int(self.priority_from)

    def _prepare_policy(self, warehouses):
        """The rule as the solver knows it.

        :param warehouses: those of the company that are in use
        """
        self.ensure_one()
        criteria = tuple(self.criterion_ids.mapped("kind"))
        chosen = self.warehouse_ids & warehouses if self.warehouse_ids else warehouses
        return Policy(
            key=self.id,
            warehouses=tuple(chosen.ids),
            criteria=criteria or ("parcels", "sequence"),
            max_warehouses=self.max_warehouses,
            split_lines=self.splits_lines,
            partial=self.allows_partial,
            min_part_value=self.min_part_value,
            keep_back=self.keep_back_qty,
            needs_carrier=self.needs_carrier,
            max_distance=self.max_distance,
        )

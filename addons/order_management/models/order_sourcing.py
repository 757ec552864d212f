# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..sourcing import (
    Carrier,
    Network,
    Order,
    Place,
    Policy,
    PriceStep,
    Warehouse,
    solve,
    try_every,
)

#: stock where a trial asks what would have been chosen had everything been there
_PLENTY = 1e9


class OrderSourcing(models.AbstractModel):
    """Loads what is known about orders, warehouses and carriers, and has it decided.

    Everything is read for all orders at once: the number of queries depends on rules,
    working calendars and companies, not on orders or warehouses. What an order
    needs is told by `sale_order_sourcing_facts.py`.
    """

    _name = "order.sourcing"
    _description = "Sourcing of Orders"

    @api.model
    def _solve(self, orders, lines=None, rules=None, plenty=False):
        """Decide from where orders of one company are served; writes nothing.

        Orders share the stock: what the first takes, the second does not see, in the
        order of priority, promised day and date.

        :param lines: only these lines of the orders; None: all
        :param rules: instead of the active ones of the company
        :param plenty: as if everything were in stock and no day were full
        :return: ``{order: Plan}``, without orders that take nothing from stock or that
            no rule is about: those are plain Odoo's
        """
        company = orders.company_id.ensure_one()
        orders = orders.sudo().with_company(company)
        if rules is None:
            rules = self.env["order.sourcing.rule"].sudo()
            rules = rules.search([("company_id", "=", company.id)])
        matches = rules.sudo()._match(orders)
        orders = orders.filtered(lambda order: matches[order.id])
        needs = orders._get_sourcing_needs(lines)
        orders = orders.filtered(needs.get)
        if not orders:
            return {}
        warehouses = self._get_warehouses(company)
        facts = self._prepare_orders(orders, needs, matches, warehouses)
        network = self._prepare_network(facts, warehouses, plenty)
        policies = {rule.id: rule.sudo()._prepare_policy(warehouses) for rule in rules}
        plans = solve(facts, policies, network)
        return {order: plans[order.id] for order in orders}

    @api.model
    def _try_every(self, order, limit=20):
        """All ways to serve one order, by the first rule that is about it; without
        one, from any two warehouses."""
        order = order.sudo().with_company(order.company_id)
        needs = order._get_sourcing_needs()
        if not needs.get(order):
            return []
        warehouses = self._get_warehouses(order.company_id)
        rules = self.env["order.sourcing.rule"].sudo()
        rules = rules.search([("company_id", "=", order.company_id.id)])
        matches = rules._match(order)
        [fact] = self._prepare_orders(order, needs, matches, warehouses)
        rule = rules.browse(matches[order.id][:1])
        policy = Policy(0, tuple(warehouses.ids), ("parcels", "distance", "cost"))
        if rule:
            policy = rule._prepare_policy(warehouses)
        network = self._prepare_network([fact], warehouses)
        return try_every(fact, policy, network, limit)

    @api.model
    def _get_warehouses(self, company):
        """The warehouses in use of a company, in their order."""
        return (
            self.env["stock.warehouse"]
            .sudo()  # who sells need not see how warehouses are set up
            .with_context(active_test=True)
            .search([("company_id", "=", company.id)])
        )

    @api.model
    def _prepare_orders(self, orders, needs, matches, warehouses):
        """The orders as the solver knows them."""
        own = orders._get_sourcing_own()
        excluded = self.env["order.sourcing.exclusion"]._get_excluded(
            orders, warehouses
        )
        everybody = excluded.get(None, set())
        return [
            Order(
                key=order.id,
                needs=tuple(needs[order]),
                place=self._prepare_place(order.partner_shipping_id),
                rank=order._get_sourcing_rank(),
                due=order._get_sourcing_due() or None,
                policies=matches[order.id],
                own=own.get(order.id, {}),
                excluded=frozenset(everybody | excluded.get(order.id, set())),
                carrier=order.carrier_id.id or None,
            )
            for order in orders
        ]

    @api.model
    def _prepare_network(self, facts, warehouses, plenty=False):
        """Warehouses, stock, carriers and what their days still have room for."""
        days = warehouses._get_sourcing_days()
        carriers = self._prepare_carriers(warehouses.company_id)
        network = Network(
            warehouses={
                warehouse.id: Warehouse(
                    key=warehouse.id,
                    place=self._prepare_place(warehouse.partner_id),
                    sequence=warehouse.sequence,
                    ready_on=days[warehouse.id],
                    carriers=tuple(warehouse.sourcing_carrier_ids.ids) or None,
                    parcel_cost=warehouse.sourcing_parcel_cost,
                )
                for warehouse in warehouses
            },
            stock={},
            carriers=carriers,
        )
        product_ids = {
            product_id
            for fact in facts
            for need in fact.needs
            for product_id, _each in need.parts
        }
        if plenty:
            network.stock = {
                (product_id, warehouse_id): _PLENTY
                for product_id in product_ids
                for warehouse_id in warehouses.ids
            }
            return network
        products = self.env["product.product"].sudo().browse(sorted(product_ids))
        stock = products._get_available_to_promise_by_warehouse(warehouses)
        # a quant that somebody is still counting has no quantity yet
        network.stock = {key: quantity or 0.0 for key, quantity in stock.items()}
        self._add_room(network, warehouses, days)
        return network

    @api.model
    def _add_room(self, network, warehouses, days):
        """What the next shipping day of each limited warehouse still takes."""
        limited = warehouses.filtered(lambda house: house._has_sourcing_limit())
        days = {warehouse_id: days[warehouse_id] for warehouse_id in limited.ids}
        used = self.env["order.sourcing.load"]._get_used(days)
        for warehouse in limited:
            orders, units = used.get(warehouse.id, (0, 0.0))
            if warehouse.sourcing_order_capacity:
                left = warehouse.sourcing_order_capacity - orders
                network.orders_left[warehouse.id] = left
            if warehouse.sourcing_unit_capacity:
                left = warehouse.sourcing_unit_capacity - units
                network.units_left[warehouse.id] = left

    @api.model
    def _prepare_place(self, partner):
        return Place(
            latitude=partner.partner_latitude,
            longitude=partner.partner_longitude,
            country=partner.country_id.id or None,
            state=partner.state_id.id or None,
            zip=(partner.zip or "").strip(),
        )

    @api.model
    def _prepare_carriers(self, company):
        """``{id: Carrier}``: Community's delivery methods with their price rules; what
        asks somebody outside for its price has none here."""
        carriers = (
            self.env["delivery.carrier"]
            .sudo()
            .search([("company_id", "in", (False, company.id))])
        )
        return {carrier.id: self._prepare_carrier(carrier) for carrier in carriers}

    @api.model
    def _prepare_carrier(self, carrier):
        steps = None
        if carrier.delivery_type == "base_on_rule":
            steps = tuple(
                PriceStep(
                    rule.variable,
                    rule.operator,
                    rule.max_value,
                    rule.list_base_price,
                    rule.list_price,
                    rule.variable_factor,
                )
                for rule in carrier.price_rule_ids
            )
        return Carrier(
            key=carrier.id,
            fixed=carrier.fixed_price,
            steps=steps,
            margin=carrier.margin,
            fixed_margin=carrier.fixed_margin,
            is_priced=carrier.delivery_type in ("fixed", "base_on_rule"),
            countries=frozenset(carrier.country_ids.ids),
            states=frozenset(carrier.state_ids.ids),
            zip_prefixes=tuple(carrier.zip_prefix_ids.mapped("name")),
            max_weight=carrier.max_weight,
            max_volume=carrier.max_volume,
            must_tags=frozenset(carrier.must_have_tag_ids.ids),
            no_tags=frozenset(carrier.excluded_tag_ids.ids),
        )

    @api.model
    def _get_direct_routes(self):
        """Routes whose goods never lie in a warehouse of ours."""
        rules_sudo = self.env["stock.rule"].sudo()
        direct = rules_sudo.search(
            [
                ("location_dest_id.usage", "=", "customer"),
                ("location_src_id.usage", "not in", ("internal", "transit", "view")),
            ]
        )
        return direct.route_id

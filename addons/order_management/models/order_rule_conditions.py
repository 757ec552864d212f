# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from pytz import utc

from odoo import api, fields, models

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class OrderRule(models.Model):
    """Order rules; here: which orders one is about. All of its conditions are met."""

    _inherit = "order.rule"

    order_type = fields.Selection(
        [
            ("imported", "Imported from a channel"),
            ("customer", "Entered by the customer"),
            ("staff", "Entered by staff"),
        ],
        "Origin",
    )
    tag_ids = fields.Many2many(
        "crm.tag",
        "order_rule_tag_rel",
        string="Any of the Tags",
        help="Tags that a rule before this one sets count, too.",
    )
    product_ids = fields.Many2many(
        "product.product", string="Any of the Products", check_company=True
    )
    categ_ids = fields.Many2many("product.category", string="Product Categories")
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        check_company=True,
        help="Their contacts and branches as well.",
    )
    partner_category_ids = fields.Many2many(
        "res.partner.category", string="Any of the Customer Tags"
    )
    promise = fields.Selection(
        [
            ("none", "Nothing promised"),
            ("promised", "A time was promised"),
            ("within", "Promised within"),
        ],
        "Delivery Promise",
        help="The ship-by time of the channel, or the delivery date of the order.",
    )
    promise_hours = fields.Float("Hours From Now", default=24.0)
    payment = fields.Selection(
        [
            ("paid", "Paid"),
            ("unpaid", "Not paid"),
            ("cod", "Cash on delivery"),
        ]
    )
    mon = fields.Boolean("Monday")
    tue = fields.Boolean("Tuesday")
    wed = fields.Boolean("Wednesday")
    thu = fields.Boolean("Thursday")
    fri = fields.Boolean("Friday")
    sat = fields.Boolean("Saturday")
    sun = fields.Boolean("Sunday")
    _amount_check = models.Constraint(
        "CHECK (amount_from >= 0 AND (amount_to = 0 OR amount_to >= amount_from))",
        "The upper limit of the amount is not below the lower one.",
    )
    _promise_hours_check = models.Constraint(
        "CHECK (promise_hours >= 0)", "The hours of a promise cannot be below zero."
    )

    def _match(self, orders, facts=None, tags=None):
        """The orders that this rule is about.

        The number of queries does not depend on the number of orders.

        :param facts: what was found out about the orders for rules before, filled here
        :param tags: ``{order id: tags that rules before it give}``
        """
        self.ensure_one()
        facts = {} if facts is None else facts
        orders = self._filter_own(orders)
        for condition in self._get_conditions():
            if not orders:
                break
            orders = getattr(self, f"_match_{condition}")(orders, facts, tags or {})
        return orders

    def _match_or_skip(self, orders, facts=None, tags=None):
        """As `_match`; nothing where the further condition cannot be asked."""
        return self._ask_or_skip(lambda some: self._match(some, facts, tags), orders)

    @api.model
    def _get_conditions(self):
        """Hook: names of conditions, each a method ``_match_<name>(orders, facts,
        tags)`` that returns those it is true of; the cheapest first."""
        return [
            "origin",
            "tags",
            "weekday",
            "promise",
            "address",
            "customer",
            "products",
            "amount",
            "payment",
            "domain",
        ]

    def _match_origin(self, orders, facts, tags):
        if not self.order_type:
            return orders
        return orders.filtered(lambda order: order._get_origin() == self.order_type)

    def _match_tags(self, orders, facts, tags):
        if not self.tag_ids:
            return orders
        return orders.filtered(
            lambda order: (
                (order.tag_ids | tags.get(order.id, order.tag_ids)) & self.tag_ids
            )
        )

    def _match_weekday(self, orders, facts, tags):
        days = [day for day in WEEKDAYS if self[day]]
        if not days:
            return orders
        zone = self.env["order.quota"]._get_zone(self.company_id)
        return orders.filtered(
            lambda order: (
                WEEKDAYS[utc.localize(order.date_order).astimezone(zone).weekday()]
                in days
            )
        )

    def _match_promise(self, orders, facts, tags):
        if not self.promise:
            return orders
        limit = fields.Datetime.now() + timedelta(hours=self.promise_hours)

        def is_met(order):
            promised = order.channel_ship_by or order.commitment_date
            if self.promise == "within":
                return bool(promised) and promised <= limit
            return bool(promised) == (self.promise == "promised")

        return orders.filtered(is_met)

    def _match_address(self, orders, facts, tags):
        return self._filter_by_place(orders)

    def _match_customer(self, orders, facts, tags):
        kinds = self.partner_category_ids
        if self.partner_ids:
            orders = orders.filtered(
                lambda order: (
                    (order.partner_id | order.partner_id.commercial_partner_id)
                    & self.partner_ids
                )
            )
        if kinds:
            orders = orders.filtered(
                lambda order: (
                    (
                        order.partner_id.category_id
                        | order.partner_id.commercial_partner_id.category_id
                    )
                    & kinds
                )
            )
        return orders

    def _match_products(self, orders, facts, tags):
        if self.product_ids:
            orders = orders.filtered(
                lambda order: order.order_line.product_id & self.product_ids
            )
        if self.categ_ids and orders:
            categories = self.env["product.category"].search(
                [("id", "child_of", self.categ_ids.ids)]
            )
            orders = orders.filtered(
                lambda order: order.order_line.product_id.categ_id & categories
            )
        return orders

    def _match_amount(self, orders, facts, tags):
        known = facts.setdefault("amount", {})

        def get_amounts(some):
            unknown = some.filtered(lambda order: order.id not in known)
            # what was approved beyond what is ordered counts, too
            known.update(unknown._get_fact_amount() if unknown else {})
            return known

        return self._filter_by_amount(orders, get_amounts)

    def _match_payment(self, orders, facts, tags):
        if not self.payment:
            return orders
        known = facts.setdefault("payment", {})
        unknown = orders.filtered(lambda order: order.id not in known)
        known.update(unknown._get_payment_kinds() if unknown else {})
        return orders.filtered(lambda order: known[order.id] == self.payment)

    def _match_domain(self, orders, facts, tags):
        return self._filter_by_domain(orders)

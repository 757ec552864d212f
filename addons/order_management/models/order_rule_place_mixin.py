# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from ..shipping.choice import plain_code


class OrderRulePlaceMixin(models.AbstractModel):
    """A rule that asks where an order goes, and what it is worth."""

    _name = "order.rule.place.mixin"
    _inherit = "order.rule.mixin"
    _description = "Rule by Address and Amount"

    country_ids = fields.Many2many("res.country", string="Countries")
    state_ids = fields.Many2many(
        "res.country.state",
        string="States",
        domain="[('country_id', 'in', country_ids)] if country_ids else []",
    )
    zip_prefixes = fields.Char(
        "Zip Begins With",
        help="One or several beginnings, with commas between them: 70, 71, 72.",
    )
    amount_from = fields.Monetary(
        help="Total with taxes, converted to the company's currency. 0: no limit."
    )
    amount_to = fields.Monetary(
        help="Total with taxes, converted to the company's currency. 0: no limit."
    )

    def _get_zip_prefixes(self):
        """Plain beginnings, whatever is typed: these are no regular expressions."""
        parts = (self.zip_prefixes or "").split(",")
        return tuple(filter(None, map(plain_code, parts)))

    def _filter_by_place(self, orders):
        """Those of these orders that go to a place of the rule."""
        self.ensure_one()
        prefixes = self._get_zip_prefixes()
        if not (self.country_ids or self.state_ids or prefixes):
            return orders

        def is_met(order):
            place = order.partner_shipping_id
            return (
                (not self.country_ids or place.country_id in self.country_ids)
                and (not self.state_ids or place.state_id in self.state_ids)
                and (not prefixes or plain_code(place.zip).startswith(prefixes))
            )

        return orders.filtered(is_met)

    def _filter_by_amount(self, orders, get_amounts):
        """Those of these orders that are worth what the rule says.

        :param get_amounts: function of orders, asked only where the rule has a limit:
            ``{order id: amount, company currency}``
        """
        self.ensure_one()
        low, high = self.amount_from, self.amount_to
        if not orders or not (low or high):
            return orders
        amounts = get_amounts(orders)
        compare = self.currency_id.compare_amounts
        return orders.filtered(
            lambda order: (
                (not low or compare(amounts[order.id], low) >= 0)
                and (not high or compare(amounts[order.id], high) <= 0)
            )
        )

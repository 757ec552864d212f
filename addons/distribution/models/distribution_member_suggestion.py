# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import Command, api, models
from odoo.exceptions import UserError


class DistributionMember(models.Model):
    """A member; here: orders of what it should have more of."""

    _inherit = "distribution.member"

    def action_suggested_order(self):
        """Make draft orders that fill the stock of these members up."""
        rows = self.env["distribution.cover"].search([("member_id", "in", self.ids)])
        return rows.action_make_orders()

    @api.model
    def _make_suggested_orders(self, wanted):
        """Draft orders of what members should order.

        :param wanted: ``{member: {product: quantity in the product's unit}}``
        :return: an action that shows the orders
        :raises UserError: nothing is wanted
        """
        if not wanted:
            raise UserError(
                self.env._(
                    "Nothing is suggested: the stock lasts long enough, or nothing was "
                    "sold lately."
                )
            )
        members = self.concat(*wanted)
        products = self.env["product.product"].concat(
            *(product for parts in wanted.values() for product in parts)
        )
        suppliers = members.sudo()._get_suppliers(products)
        ours, theirs = defaultdict(dict), defaultdict(dict)
        for member, parts in wanted.items():
            for product, quantity in parts.items():
                supplier = suppliers.get((member, product))
                if supplier:
                    theirs[member, supplier][product] = quantity
                else:
                    ours[member][product] = quantity
        sales = self._make_sale_orders(ours)
        orders = self._make_secondary_orders(theirs)
        return self._show_orders(sales, orders)

    def _make_sale_orders(self, ours):
        return self.env["sale.order"].create(
            [
                {
                    "partner_id": member.partner_id.id,
                    "company_id": member.company_id.id,
                    "order_line": [
                        Command.create(
                            {"product_id": product.id, "product_uom_qty": quantity}
                        )
                        for product, quantity in parts.items()
                    ],
                }
                for member, parts in ours.items()
            ]
        )

    def _make_secondary_orders(self, theirs):
        return self.env["distribution.order"].create(
            [
                {
                    "buyer_id": member.id,
                    "supplier_id": supplier.id,
                    "company_id": member.company_id.id,
                    "line_ids": [
                        Command.create(
                            {"product_id": product.id, "product_qty": quantity}
                        )
                        for product, quantity in parts.items()
                    ],
                }
                for (member, supplier), parts in theirs.items()
            ]
        )

    def _show_orders(self, sales, orders):
        shown = orders or sales
        action = shown._get_records_action(name=self.env._("Suggested Orders"))
        if sales and orders:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._(
                        "%(ours)s sales orders and %(theirs)s secondary orders made.",
                        ours=len(sales),
                        theirs=len(orders),
                    ),
                    "next": action,
                },
            }
        return action

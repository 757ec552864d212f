# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from ..tools.columns import create_column_with_default


class SaleOrder(models.Model):
    """An order; here: paid at the door."""

    _inherit = "sale.order"

    cash_on_delivery = fields.Boolean(
        copy=False,
        help="The carrier collects the money from the receiver and hands it over.",
    )

    def _auto_init(self):
        """Make the column before the ORM does, which would fill it row by row."""
        create_column_with_default(self.env.cr, self, "cash_on_delivery", None)
        return super()._auto_init()

    def _get_cod_total(self):
        """What is to be collected for this order, in all its parcels.

        What was paid in advance stays with the first part of an order that was split:
        what that part does not need is taken off the others, in their order.
        """
        self.ensure_one()
        if self.id not in self._get_cash_on_delivery_ids():
            return 0.0
        own = self._get_unpaid()
        if own <= 0:
            return own
        family = self._get_split_root()._get_split_family()
        parts = family.filtered(lambda part: part.state != "cancel").sorted("id")
        unpaid = {part: part._get_unpaid() for part in parts}
        over = -sum(min(amount, 0.0) for amount in unpaid.values())
        for part, amount in unpaid.items():
            taken = min(over, max(amount, 0.0))
            if part == self:
                return self.currency_id.round(own - taken)
            over -= taken
        return own

    def _get_unpaid(self):
        """What nobody has paid of this order yet; below zero where more was paid."""
        self.ensure_one()
        return self.currency_id.round(
            self.amount_total - self.channel_discount_amount - self.amount_paid
        )

    def _get_cash_on_delivery_ids(self):
        """Ids of those orders that are paid at the door: as the channel says, or by the
        payment method of the web shop; one query for any number."""
        orders = self.sudo()  # who ships needs no right to payments
        paid = orders.transaction_ids.filtered(
            lambda paid: paid.state not in ("cancel", "error")
        )
        at_the_door = paid.filtered(
            lambda paid: (
                "custom_mode" in paid.provider_id._fields
                and paid.provider_id.custom_mode == "cash_on_delivery"
            )
        )
        found = orders.filtered("cash_on_delivery") | at_the_door.sale_order_ids
        return set((found & orders).ids)

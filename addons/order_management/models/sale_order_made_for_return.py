# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrder(models.Model):
    """An order; here: made for a return, or given back."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    channel_return_id = fields.Many2one(
        "channel.return",
        "Made for Return",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )

    def _confirm_for_return(self):
        """Confirm an order that a return is to be settled with.

        The return was approved by somebody with the right to; where orders need an
        approval of their own, it is asked for.
        """
        self.ensure_one()
        if self._is_awaiting_approval():
            self.action_submit()
            if self._is_awaiting_approval():
                return
        self.action_confirm()

    def _get_paid_share(self, line):
        """Part of a line's price that is left after discounts of the whole order."""
        self.ensure_one()
        goods = discounts = 0.0
        for other in self.order_line:
            if other.display_type or other.is_delivery or other.is_downpayment:
                continue
            if other.price_total < 0:
                discounts += other.price_total
            else:
                goods += other.price_total
        if not goods or line.is_delivery or line.price_total <= 0:
            return 1.0
        return max(1 + discounts / goods, 0.0)

    def _is_returned_whole(self):
        """Whether nothing of the goods of this order stays with the customer."""
        self.ensure_one()
        goods = self.order_line.filtered(
            lambda line: line.product_id.type == "consu" and line.product_uom_qty > 0
        )
        return bool(goods) and all(
            line.product_uom_id.compare(
                sum(
                    entry.uom_id._compute_quantity(
                        entry._get_agreed_qty(), line.product_uom_id
                    )
                    for entry in line.channel_return_line_ids
                    if entry.state not in ("requested", "refused", "cancelled")
                ),
                line.product_uom_qty,
            )
            >= 0
            for line in goods
        )

    def action_view_channel_return(self):
        """Open the return that this order was made for."""
        self.ensure_one()
        return self.channel_return_id.get_formview_action()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    replaced_line_id = fields.Many2one(
        "sale.order.line",
        "In Place Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The order line that this one is sent in place of.",
    )

    def _is_replacement(self):
        """Whether the line is sent for nothing: it was paid with another one."""
        self.ensure_one()
        return bool(self.replaced_line_id) and (
            self.order_id.channel_return_id.return_type == "replacement"
        )

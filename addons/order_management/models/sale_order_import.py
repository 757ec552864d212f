# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleOrder(models.Model):
    """An order; here: what its channel told beside the lines."""

    _inherit = "sale.order"

    buyer_note = fields.Text(copy=False, help="What the buyer wrote to the seller.")
    import_note = fields.Text(
        copy=False, help="What somebody should know about how the order was imported."
    )
    channel_discount_amount = fields.Monetary(
        "Discount Borne by Channel",
        readonly=True,
        copy=False,
        help="Part of the total that the channel pays in the buyer's place.",
    )
    channel_paid = fields.Boolean(
        "Paid on Channel",
        readonly=True,
        copy=False,
        help="The channel reported the payment, or it is to be paid at the door.",
    )
    is_channel_history = fields.Boolean(
        "History Only",
        readonly=True,
        copy=False,
        help="Shipped before it was first seen: kept without transfers of goods.",
    )
    change_ids = fields.One2many(
        "channel.order.change", "order_id", "Changes from Channel", readonly=True
    )
    pending_change_count = fields.Integer(
        "Changes to Decide", compute="_compute_pending_change_count"
    )

    @api.depends("change_ids.state")
    def _compute_pending_change_count(self):
        counts = self._count_by_order(
            "channel.order.change", "order_id", [("state", "=", "pending")]
        )
        for order in self:
            order.pending_change_count = counts.get(order._origin.id, 0)

    def action_view_changes(self):
        """Open what the channel changed and nobody has decided yet."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_order_change_action"
        )
        return {
            **action,
            "domain": [("order_id", "in", self.ids)],
            "context": {"search_default_pending": 1},
        }

    def _has_left(self):
        """Whether goods left or money was asked for: no silent change any more."""
        self.ensure_one()
        return (
            self.is_channel_history
            # the lines first: whoever asks has read them
            or any(
                line.net_shipped_qty or line.qty_delivered for line in self.order_line
            )
            or any(picking.state == "done" for picking in self.picking_ids)
            or any(move.state == "posted" for move in self.invoice_ids)
        )

    def _has_shipped_all(self):
        """Whether every article that was ordered has left from here."""
        self.ensure_one()
        goods = self.order_line.filtered(
            lambda line: line.product_id.type == "consu" and line.product_uom_qty > 0
        )
        return bool(goods) and all(
            line.product_uom_id.compare(line._get_left_qty(), line.product_uom_qty) >= 0
            for line in goods
        )

    def _get_confirmable(self):
        """Those of these quotations that are paid and that nothing holds.

        Hook: addons take out what they hold.
        """
        return self.filtered(
            lambda order: (
                order.channel_paid
                and order.state in ("draft", "sent")
                and not order._confirmation_error_message()
            )
        )

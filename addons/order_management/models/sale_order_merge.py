# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrder(models.Model):
    """An order; here: what has to be the same for orders to leave in one parcel."""

    _inherit = "sale.order"

    merge_group_id = fields.Many2one(
        "order.merge.group",
        "Ships With Others",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )

    def action_view_merge_group(self):
        """Open the parcel that this order leaves in."""
        return self.merge_group_id._get_records_action()

    def _get_merge_problem(self):
        """Hook: why this order ships by itself; nothing when it need not."""
        self.ensure_one()
        if self.state != "sale":
            return self.env._("it is not a confirmed order.")
        if self.is_sealed:
            return self.env._("it is sealed.")
        if self.merge_group_id:
            return self.env._(
                "it ships with others already (%(group)s).",
                group=self.merge_group_id.name,
            )
        if not self.cash_on_delivery and not self._is_paid_before():
            return self.env._("it is not paid.")
        moves = self.order_line.move_ids
        open_moves = moves.filtered(lambda m: m.state not in ("done", "cancel"))
        if not open_moves:
            return self.env._("nothing is left to ship.")
        if any(move.state == "done" or move.picked for move in moves):
            return self.env._("it is being picked.")
        pickings = open_moves.picking_id
        if any(picking.carrier_tracking_ref for picking in pickings):
            return self.env._("it has a tracking number already.")
        if set(pickings.mapped("picking_type_code")) - {"outgoing", "internal"}:
            return self.env._("a vendor ships it.")
        return False

    def _is_paid_before(self):
        """Whether the buyer, or the channel, has paid before anything leaves."""
        self.ensure_one()
        root = self._get_channel_root()
        paid = sum(root._get_split_family().mapped("amount_paid"))
        total = sum(root._get_split_family().mapped("amount_total"))
        return (
            self.channel_paid
            or self.currency_id.compare_amounts(paid, total) >= 0
            or (
                bool(self.invoice_ids)
                and all(
                    invoice.payment_state in ("paid", "in_payment")
                    for invoice in self.invoice_ids
                    if invoice.state == "posted"
                )
                and self.invoice_status == "invoiced"
            )
        )

    def _get_merge_carrier(self):
        """The carrier of the order's open delivery, else the order's own."""
        self.ensure_one()
        pickings = self.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        return pickings.carrier_id[:1] or self.carrier_id

    def _get_merge_key(self):
        """What has to be equal for two orders to leave in one parcel."""
        self.ensure_one()
        channel = self.sale_channel_id
        if self.company_id.merge_any_channel:
            channel = channel.browse()
        return (
            self.company_id.id,
            self.currency_id.id,
            channel.id,
            self.partner_id.commercial_partner_id.id,
            self.partner_shipping_id._get_receiver_hash(),
            self._get_merge_carrier().id,
            self.warehouse_id.id,
            bool(self.cash_on_delivery),
        )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class AccountMove(models.Model):
    """An invoice; here: what it came from, one click away."""

    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    channel_return_ids = fields.Many2many(
        "channel.return",
        "channel_return_credit_note_rel",
        "move_id",
        "return_id",
        "Returns",
        readonly=True,
        copy=False,
    )
    channel_return_count = fields.Integer(
        "Return Count", compute="_compute_channel_counts"
    )
    channel_delivery_count = fields.Integer(
        "Deliveries", compute="_compute_channel_counts"
    )
    channel_order_count = fields.Integer(
        "Inbox Rows", compute="_compute_channel_counts"
    )

    def _compute_channel_counts(self):
        for move in self:
            # who may read an invoice may know how many there are
            orders_sudo = move.sudo().line_ids.sale_line_ids.order_id
            move.channel_return_count = len(move.sudo().channel_return_ids)
            move.channel_delivery_count = len(orders_sudo.picking_ids)
            move.channel_order_count = len(orders_sudo.channel_order_ids)

    def action_view_channel_returns(self):
        """Open the returns that these credit notes are about."""
        return self._open_related(
            "order_management.channel_return_action", self.channel_return_ids
        )

    def action_view_deliveries(self):
        """Open the transfers of the orders that are invoiced here."""
        orders = self.sudo().line_ids.sale_line_ids.order_id
        return self._open_related("stock.action_picking_tree_all", orders.picking_ids)

    def action_view_channel_orders(self):
        """Open the inbox rows of the orders that are invoiced here."""
        orders = self.sudo().line_ids.sale_line_ids.order_id
        return self._open_related(
            "order_management.channel_order_action", orders.channel_order_ids
        )

    def _open_related(self, name, records):
        action = self.env["ir.actions.actions"]._for_xml_id(name)
        return {**action, "domain": [("id", "in", records.ids)], "context": {}}

    def _send_later(self):
        """Have Odoo's own job send these invoices to their customers by e-mail."""
        user = self.env.user
        reachable = self.filtered(lambda move: move.partner_id.email)
        if reachable:
            reachable.sending_data = {
                "author_user_id": user.id,
                "author_partner_id": user.partner_id.id,
                "sending_methods": ["email"],
            }
            self.env.ref("account.ir_cron_account_move_send")._trigger()

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.columns import create_column_with_default

#: a write of one of these changes what is on its way back
_RETURN_FIELDS = frozenset(
    {
        "state",
        "product_uom_qty",
        "product_uom",
        "sale_line_id",
        "origin_returned_move_id",
        "location_id",
        "channel_return_line_id",
    }
)


class StockMove(models.Model):
    """A move of goods; here: those that come back from a customer.

    Returns of ours and Odoo's return wizard make the same moves, so that what may still
    come back is one figure, see ``sale.order.line._book_returns``.
    """

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    channel_return_line_id = fields.Many2one(
        "channel.return.line",
        "Return Line",
        readonly=True,
        # a duplicate of the transfer brings back nothing of the return
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    is_customer_return = fields.Boolean(compute="_compute_is_customer_return")

    def _compute_is_customer_return(self):
        for move in self:
            move.is_customer_return = (
                move.location_id._is_customer_side()
                and not move.location_dest_id._is_customer_side()
                and move.location_dest_id.usage != "inventory"
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Override: what is to come back has to have left.

        :raises UserError: more than can come back
        """
        moves = super().create(vals_list)
        if any(vals.get("origin_returned_move_id") for vals in vals_list):
            moves._get_returning_lines()._book_returns()
        return moves

    def write(self, vals):
        """Override: see :meth:`create`; done moves tell their returns.

        :raises UserError: more than can come back, or another lot than was shipped
        """
        if _RETURN_FIELDS.isdisjoint(vals):
            return super().write(vals)
        before = self._get_returning_lines()
        result = super().write(vals)
        lines = before | self._get_returning_lines()
        ended = vals.get("state") in ("done", "cancel")
        entries_sudo = self.sudo().channel_return_line_id if ended else None
        if entries_sudo:
            entries_sudo._count_received()
        if lines:
            # what is given up needs no room
            lines._book_returns(check=vals.get("state") != "cancel")
        if entries_sudo:
            entries_sudo.return_id._after_moves()
        return result

    def unlink(self):
        """Override: nothing comes back any more."""
        lines = self._get_returning_lines()
        result = super().unlink()
        if lines:
            lines._book_returns(check=False)
        return result

    def _get_returning_lines(self):
        """Order lines that goods come back of with these moves, as superuser."""
        returned = self.filtered("origin_returned_move_id")
        if not returned:
            return self.env["sale.order.line"]
        # whoever moves goods need not be allowed to see the order
        returned = returned.sudo().filtered("sale_line_id")
        return returned.filtered("is_customer_return").sale_line_id

    def _prepare_move_split_vals(self, qty):
        """Override: a backorder is part of the same return."""
        vals = super()._prepare_move_split_vals(qty)
        vals["channel_return_line_id"] = self.channel_return_line_id.id
        return vals

    def _prepare_merge_moves_distinct_fields(self):
        """Goods of two lines of a return are never one move."""
        return [
            *super()._prepare_merge_moves_distinct_fields(),
            "channel_return_line_id",
        ]

    def _get_unreturned_qty(self):
        """What of this done move neither came back nor is to, in its own unit."""
        self.ensure_one()
        left = self.quantity
        for back in self.returned_move_ids:
            if back.state == "cancel":
                continue
            quantity = back.quantity if back.state == "done" else back.product_uom_qty
            left -= back.product_uom._compute_quantity(quantity, self.product_uom)
        return max(self.product_uom.round(left), 0.0)


class StockPicking(models.Model):
    """A transfer; here: the return that it brings goods of."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    channel_return_id = fields.Many2one(
        "channel.return",
        "Return",
        compute="_compute_channel_return_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )

    @api.depends("move_ids.channel_return_line_id")
    def _compute_channel_return_id(self):
        for picking in self:
            entries = picking.move_ids.channel_return_line_id
            picking.channel_return_id = entries[:1].return_id

    def _auto_init(self):
        """Make the column before the ORM does: no older transfer has one."""
        create_column_with_default(self.env.cr, self, "channel_return_id", None)
        return super()._auto_init()

    def action_view_channel_return(self):
        """Open the return that these transfers bring goods of."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_return_action"
        )
        ids = self.channel_return_id.ids
        form = self.env.ref("order_management.channel_return_view_form")
        return {
            **action,
            "res_id": ids[0] if ids else False,
            "views": [(form.id, "form")],
            "view_mode": "form",
        }

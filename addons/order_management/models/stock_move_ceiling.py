# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import UserError

#: a write of one of these can change what a done move means to its order
_CEILING_FIELDS = frozenset({"state", "sale_line_id", "product_id", "reference_ids"})


class StockMove(models.Model):
    """A move of goods; done ones move the shipped counter of their order line.

    `write({"state": "done"})` is the one door every path passes (transfers, batches,
    direct moves, manufacturing, scrap), so the counter is kept there and not in
    `_action_done`, which callers may extend in any order.
    """

    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if done := moves.filtered(lambda move: move.state == "done"):
            done._sync_ceiling()
        return moves

    def write(self, vals):
        if _CEILING_FIELDS.isdisjoint(vals):
            return super().write(vals)
        kept_sudo = self._get_controlled_done_moves()
        lines_sudo = kept_sudo and kept_sudo._get_ceiling_lines()
        orders_by_move = {move: move.reference_ids.sale_ids for move in kept_sudo}
        if kept_sudo:
            kept_sudo._check_stays_with_order(vals)
        result = super().write(vals)
        if "reference_ids" in vals:
            for move, orders in orders_by_move.items():
                if move.sale_line_id.order_id & orders - move.reference_ids.sale_ids:
                    raise UserError(move._get_detached_message())
        # most moves are written long before they are done
        done = self.filtered(lambda move: move.state == "done")
        if done or lines_sudo:
            done._sync_ceiling(lines_sudo)
        return result

    def _get_controlled_done_moves(self):
        """Done moves of order lines under approval control, as superuser."""
        done = self.filtered(lambda move: move.state == "done")
        if not done:
            return done
        return done.sudo().filtered(
            lambda move: (
                (line := move._get_ceiling_lines()) and line._is_under_ceiling()
            )
        )

    def _get_ceiling_lines(self):
        """Hook: the order lines that the goods of these moves leave for.

        Of a single move, it is one at most. What it says has to be what the SQL of
        `sale.order.line._sql_is_move_of_line` says.
        """
        return self.sale_line_id

    def _check_stays_with_order(self, vals):
        """Refuse what would take a done move out of its order's account.

        :raises UserError: another state, product or order
        """
        for move in self:
            line = move.sale_line_id
            target = line.browse(vals.get("sale_line_id") or ())
            if (
                vals.get("state", "done") != "done"
                or vals.get("product_id", move.product_id.id) != move.product_id.id
                or (
                    "sale_line_id" in vals
                    and target != line
                    and (
                        target.order_id != line.order_id
                        or target.product_id != line.product_id
                    )
                )
            ):
                raise UserError(move._get_detached_message())

    def _get_detached_message(self):
        self.ensure_one()
        return self.env._(
            "%(transfer)s: %(product)s was already moved for order %(order)s, whose "
            "quantities are under approval control; it cannot be taken away from that "
            "order. Make a return instead.",
            transfer=self.picking_id.name or self.reference or self.env._("Stock move"),
            product=self.product_id.display_name,
            order=self._get_ceiling_lines().order_id.name,
        )

    def _sync_ceiling(self, lines_sudo=None):
        """Bring the shipped counters of the order lines of these done moves up to date.

        Two queries for the whole batch, none when no line is under control.

        :param lines_sudo: further order lines (those the moves had before)
        :raises ValidationError: more left than approved; goods of an order's delivery
            that no line of the order asks for
        """
        moves_sudo = self.sudo()
        lines = moves_sudo._get_ceiling_lines().filtered(
            lambda line: line._is_under_ceiling()
        )
        if lines:
            moves_sudo._check_products_asked(lines)
        if lines_sudo:
            lines |= lines_sudo
        lines._recompute_net_shipped()
        # last: which line has room is known only now
        for move in moves_sudo:
            if not move._get_ceiling_lines() and move._crosses_customer_side():
                move._match_order_line()

    def _check_products_asked(self, lines):
        """Refuse goods that left under a line which sells something else.

        :param lines: the order lines under control among those of these moves
        :raises ValidationError: naming the transfer, the product and the order
        """
        controlled_ids = set(lines.ids)
        linked = self.filtered(
            lambda move: move._get_ceiling_lines().id in controlled_ids
        )
        for move in linked._filter_unasked():
            if move._crosses_customer_side():
                move._refuse_unasked(move._get_ceiling_lines().order_id)

    def _crosses_customer_side(self):
        """Whether a part of the move went to the customer or came back from there."""
        self.ensure_one()
        return any(
            line.location_id._is_customer_side()
            != line.location_dest_id._is_customer_side()
            for line in self.move_line_ids
        )

    def _filter_unasked(self):
        """Hook: the moves whose goods are not what their order line sells."""
        return self.filtered(
            lambda move: move.product_id != move._get_ceiling_lines().product_id
        )

    def _match_order_line(self):
        """Attach a done move without order line to the line that asks for the product.

        A move in a delivery of an order under control that no line asks for is refused;
        goods that come back unasked are nobody's to refuse.

        :raises ValidationError: see above
        """
        self.ensure_one()
        orders = self._get_ceiling_orders()
        if not orders:
            return
        returned = self.origin_returned_move_id.sale_line_id
        line = (returned & orders.order_line) or orders._get_line_with_room(self)
        if line:
            self.sale_line_id = line
        elif any(x.location_dest_id._is_customer_side() for x in self.move_line_ids):
            self._refuse_unasked(orders)

    def _get_ceiling_orders(self):
        """Orders under approval control whose delivery this move is part of."""
        self.ensure_one()
        picking = self.picking_id
        orders = (
            picking.sale_id
            | picking.move_ids.sale_line_id.order_id
            | (self | picking.move_ids).reference_ids.sale_ids
            | (self.origin_returned_move_id | self.move_orig_ids).sale_line_id.order_id
        )
        return orders.filtered(lambda order: order._is_under_approval_control())

    def _refuse_unasked(self, orders):
        """:raises ValidationError: goods left that no line of ``orders`` asks for"""
        self.ensure_one()
        message = self.env._(
            "%(transfer)s: no line of order %(order)s asks for %(product)s. Take it "
            "out of the transfer, or add it to the order and have it approved.",
            transfer=self.picking_id.name or self.reference or self.env._("Stock move"),
            product=self.product_id.display_name,
            order=", ".join(orders.mapped("name")),
        )
        self.env["sale.order.line"]._refuse_shipped(message)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import models
from odoo.tools import float_is_zero


class StockMove(models.Model):
    """A move of goods; here: what leaves for a member of the network is sell-in."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Override: post what left for members, or came back from them."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves._post_sell_in()
        return moves

    def _post_sell_in(self):
        """Bring the channel ledger in line with these done moves of sale orders.

        Posted is the difference to what was posted for a move before, so a repeated
        call changes nothing and a correction of a done move is followed. Nothing is
        asked of the database for companies without a network.
        """
        Member = self.env["distribution.member"]
        moves_sudo = self.sudo().filtered(
            lambda move: (
                move.state == "done"
                and move.sale_line_id
                and Member._has_members(move.company_id.id)
            )
        )
        if not moves_sudo:
            return
        orders = moves_sudo.sale_line_id.order_id
        members = {}
        for company in moves_sudo.company_id:
            # archived members' goods still come back
            partners = self.env["res.partner"].sudo().with_context(active_test=False)
            found = partners._get_distribution_members(orders.partner_id, company)
            members.update(
                ((company, partner), member) for partner, member in found.items()
            )
        moves_sudo = moves_sudo.filtered(lambda move: move._sell_in_key() in members)
        if not moves_sudo:
            return
        posted = moves_sudo._get_posted_sell_in()
        self.env["distribution.ledger"]._post(
            [
                vals
                for move in moves_sudo
                if (
                    vals := move._prepare_sell_in_vals(
                        members[move._sell_in_key()], *posted[move.id]
                    )
                )
            ],
            late="next",
        )

    def _sell_in_key(self):
        partner = self.sale_line_id.order_id.partner_id.commercial_partner_id
        return self.company_id, partner

    def _get_posted_sell_in(self):
        """``{move id: (quantity posted, number of postings)}``, one query."""
        groups = (
            self.env["distribution.ledger"]
            .sudo()
            ._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["quantity:sum", "__count"],
            )
        )
        posted = defaultdict(lambda: (0.0, 0))
        posted.update((res_id, (qty, count)) for res_id, qty, count in groups)
        return posted

    def _prepare_sell_in_vals(self, member, posted, count):
        """Values of the posting this move still needs; None when it needs none."""
        self.ensure_one()
        is_return = self.location_id._is_customer_side()
        net = self._get_net_to_customer() * (-1 if is_return else 1)
        quantity = round(net - posted, 9)
        if float_is_zero(quantity, precision_digits=6):
            return None
        order = self.sale_line_id.order_id
        day = self.env["order.quota"]._get_day(self.company_id, self.date)
        return {
            "member_id": member.id,
            "product_id": self.product_id.id,
            "kind": "return_out" if is_return else "sell_in",
            "quantity": quantity,
            "value": quantity * self._get_sell_in_price(),
            "currency_id": order.currency_id.id,
            "date": day,
            "rep_id": order.user_id.id or member.user_id.id,
            "res_model": self._name,
            "res_id": self.id,
            "key": f"stock.move:{self.id}:{count + 1}",
            "reason": order.name,
        }

    def _get_net_to_customer(self):
        """What left for the customer less what came back, in the product's unit."""
        self.ensure_one()
        return sum(
            line.quantity_product_uom
            * (
                line.location_dest_id._is_customer_side()
                - line.location_id._is_customer_side()
            )
            for line in self.move_line_ids
        )

    def _get_sell_in_price(self):
        """Price without taxes of one unit of the product, from the order line.

        Of a kit's components, each bears the part of the kit's price that its list
        price has among them.
        """
        self.ensure_one()
        line = self.sale_line_id
        if self.product_id == line.product_id:
            ordered = line.product_uom_id._compute_quantity(
                line.product_uom_qty, self.product_id.uom_id, round=False
            )
            if ordered:
                return line.price_subtotal / ordered
            price = line.price_unit * (1 - line.discount / 100)
            return price / line.product_uom_id._compute_quantity(
                1, self.product_id.uom_id, round=False
            )
        return self._get_component_price(line)

    def _get_component_price(self, line):
        if not line.product_uom_qty:
            return 0.0
        parts = line.move_ids.filtered(
            lambda move: (
                move.state != "cancel"
                and move.location_dest_id._is_customer_side()
                and not move.location_id._is_customer_side()
            )
        )
        weights = {move: move.product_id.lst_price * move.product_qty for move in parts}
        if not any(weights.values()):
            weights = {move: move.product_qty for move in parts}
        whole = sum(weights.values())
        own = [move for move in parts if move.product_id == self.product_id]
        quantity = sum(move.product_qty for move in own)
        if not whole or not quantity:
            return 0.0
        share = sum(weights[move] for move in own) / whole
        return line.price_subtotal * share / quantity

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

#: set by a decision or by the machinery, not to be computed from a divided quantity
_SETTLED = ("approved_qty", "approval_mode", "net_shipped_qty", "requested_qty")


class SaleOrderLine(models.Model):
    """A line; here: divided, and which line it was a part of."""

    _inherit = "sale.order.line"

    split_line_id = fields.Many2one(
        "sale.order.line",
        "Divided Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The line of the order it was split from that this one is a part of.",
    )

    def _is_splittable(self):
        """Whether the line can go to another order: goods and services that were
        ordered. What belongs to the order as a whole stays with the first one."""
        self.ensure_one()
        return bool(
            self.product_id
            and not self.display_type
            and self.product_uom_qty > 0
            and self.price_unit >= 0
            and not self.is_delivery
            and not self._is_fee()
            and not (self.channel_line_ref or "").startswith("@")
            # of `loyalty`, where it is installed
            and not ("is_reward_line" in self._fields and self.is_reward_line)
        )

    def _check_split_quantity(self, order, quantity):
        """:raises UserError: this quantity of the line cannot go to another order"""
        self.ensure_one()
        names = {
            "product": self.product_id.display_name or self.name,
            "order": order.display_name,
            "quantity": quantity,
            "ordered": self.product_uom_qty,
        }
        if self.order_id != order or not self._is_splittable():
            raise UserError(
                self.env._(
                    "%(order)s: “%(product)s” stays with the order. Only goods and "
                    "services that were ordered are moved.",
                    **names,
                )
            )
        sign = self.product_uom_id.compare(quantity, self.product_uom_qty)
        if quantity < 0 or sign > 0:
            raise UserError(
                self.env._(
                    "%(order)s: %(quantity)g of %(product)s cannot be moved, "
                    "%(ordered)g were ordered.",
                    **names,
                )
            )
        if sign < 0 and self._has_to_stay_whole():
            raise UserError(
                self.env._(
                    "%(order)s: %(product)s cannot be divided, it is bought or made "
                    "for this order or sold together with something. Move all of it "
                    "or nothing.",
                    **names,
                )
            )

    def _has_to_stay_whole(self):
        """Hook: whether all of the line or nothing of it goes to another order."""
        self.ensure_one()
        if self.linked_line_ids or self.linked_line_id:
            return True
        if self.state != "sale":
            return False
        codes = set(self._get_split_moves().mapped("picking_code"))
        return bool(codes - {"outgoing", "internal"}) or self._is_made_to_order()

    def _get_split_moves(self):
        """The open moves of these lines, at whichever step."""
        return self.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))

    def _recompute_after_split(self, names=("product_uom_qty", "order_id")):
        """Have computed what depends on quantity and order; nothing that a person may
        edit, and nothing that was decided.

        :param names: of the fields that were written behind the ORM's back
        """
        self.invalidate_recordset(["order_id", "product_uom_qty"], flush=False)
        kept = [
            field
            for field in self._fields.values()
            if field.store and field.compute and not field.readonly
        ]
        kept += [self._fields[name] for name in _SETTLED]
        with self.env.protecting(kept, self):
            self.modified(names)
        self.env.flush_all()

    def _is_piece_of(self, line, order):
        """Whether this line can be one again with the line it was divided from."""
        self.ensure_one()
        terms = ("product_id", "product_uom_id", "price_unit", "discount", "tax_ids")
        return (
            bool(line)
            and line.order_id == order
            and all(self[name] == line[name] for name in terms)
        )

    def _get_channel_parts(self):
        """This line and those that were divided from it, in the order of the orders."""
        self.ensure_one()
        order = self.order_id
        if not self.channel_line_ref or not (
            order.split_parent_id or order.split_child_ids
        ):
            return self
        family = order._get_channel_root()._get_split_family()
        return family.order_line.filtered(
            lambda line: line.channel_line_ref == self.channel_line_ref
        )

    def _get_channel_qty(self):
        """What is ordered of the channel's line, in all parts together."""
        return sum(self._get_channel_parts().mapped("product_uom_qty"))

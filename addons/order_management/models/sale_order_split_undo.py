# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, models
from odoo.exceptions import UserError

from ..tools.behind import write_column
from .sale_order_quota import _SKIP
from .sale_order_split_lines import ROUNDING_REF


class SaleOrder(models.Model):
    """An order; here: a part goes back to where it came from, as long as nothing of
    either is picked."""

    _inherit = "sale.order"

    def _undo_split(self):
        """Bring the lines of these parts back; the parts stay, empty and cancelled.

        :raises UserError: one that is no part, or something was built upon it
        """
        for part in self:
            if not part.split_parent_id:
                raise UserError(
                    self.env._(
                        "%(order)s was not split from another order.",
                        order=part.display_name,
                    )
                )
        both = self | self.split_parent_id
        both.check_access("write")
        both._meet_others()
        both._check_split_allowed()
        for part in self:
            part._check_undo_split()
        # sudo: the clerk's right to both orders was checked, see `_split_each`
        quiet = self.sudo().with_context(
            tracking_disable=True, order_management_quota=_SKIP
        )
        for part in quiet:
            part._bring_back(part.split_parent_id)
        quiet._share_quotas(quiet.grouped("split_parent_id"))
        (quiet | quiet.split_parent_id)._take_over_shortages()
        for parent, parts in quiet.grouped("split_parent_id").items():
            names = ", ".join(parts.mapped("name"))
            text = self.env._("Split undone")
            parent._log_event("split", from_state=names, reason=text)
            parts._log_event("split", to_state=parent.name, reason=text)

    def _check_undo_split(self):
        """:raises UserError: the part and its order are not alike any more"""
        self.ensure_one()
        parent = self.split_parent_id
        live = self._get_split_family() - self
        names = {"order": self.display_name, "parent": parent.display_name}
        if live:
            raise UserError(
                self.env._(
                    "%(order)s was split itself: undo that first (%(parts)s).",
                    parts=", ".join(live.mapped("name")),
                    **names,
                )
            )
        alike = ("state", "approval_state", "approval_mode", "currency_id")
        if any(self[name] != parent[name] for name in alike):
            raise UserError(
                self.env._(
                    "%(order)s and %(parent)s are not in the same state any more. "
                    "Bring them to the same state first.",
                    **names,
                )
            )
        same = ("partner_id", "partner_shipping_id")
        if any(self[name] != parent[name] for name in same):
            raise UserError(
                self.env._(
                    "%(order)s and %(parent)s do not go to the same address any more.",
                    **names,
                )
            )

    def _bring_back(self, parent):
        """Move everything of this part to the order it was split from."""
        self.ensure_one()
        lines = self.order_line
        rounding = lines.filtered(lambda ln: ln.channel_line_ref == ROUNDING_REF)
        pieces = {
            line: line.split_line_id
            for line in lines - rounding
            if line._is_piece_of(line.split_line_id, parent)
        }
        whole = lines - rounding - lines.browse([line.id for line in pieces])
        moves = lines._get_split_moves()
        for line, source in pieces.items():
            line._get_split_moves().sale_line_id = source
        self.env.flush_all()
        self._write_brought_back(parent, whole, rounding, pieces)
        self._bring_back_holds(parent, whole, pieces)
        self._move_split_shortages(whole)
        if moves:
            parent._adopt_moves(moves, self)
            moves._merge_moves()
        if paid := self.transaction_ids:
            # since it was split, the customer has paid this part
            paid.write(
                {"sale_order_ids": [Command.unlink(self.id), Command.link(parent.id)]}
            )
        self.env.flush_all()
        write_column(self, "state", [(self.id, "cancel")], "text")
        write_column(
            lines, "state", [(ln.id, "cancel") for ln in lines - whole], "text"
        )
        (self | parent)._restart_clocks()
        (self | parent)._recompute_after_split()

    def _write_brought_back(self, parent, whole, rounding, pieces):
        """Owners and quantities in the database, as `_write_split_lines`."""
        lines = self.env["sale.order.line"]
        write_column(lines, "order_id", [(ln.id, parent.id) for ln in whole], "int4")
        sums = {}
        names = ("product_uom_qty", "approved_qty")
        for line, source in pieces.items():
            for name in names:
                key = source, name
                sums[key] = sums.get(key, source[name]) + line[name]
        empty = rounding | lines.browse([line.id for line in pieces])
        for name in names:
            pairs = [(ln.id, total) for (ln, key), total in sums.items() if key == name]
            pairs += [(line.id, 0.0) for line in empty]
            write_column(lines, name, pairs, "numeric")
        lines._reunite_requested(pieces, empty)
        sources = lines.browse([source.id for source in pieces.values()])
        (whole | empty | sources)._recompute_after_split()
        (self | parent)._recompute_after_split()

    def _bring_back_holds(self, parent, whole, pieces):
        for hold in self._get_active_holds():
            source = pieces.get(hold.sale_line_id)
            if not source:
                hold.order_id = parent
                continue
            twin = parent._get_active_holds().filtered(
                lambda other, hold=hold, source=source: (
                    other.sale_line_id == source
                    and other.product_id == hold.product_id
                    and other.warehouse_id == hold.warehouse_id
                    and other.expires_at == hold.expires_at
                )
            )[:1]
            if twin:
                hold._transition("released", self.env._("Split undone"))
                twin.quantity += hold.quantity
            else:
                hold.write({"order_id": parent.id, "sale_line_id": source.id})

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, api, models

#: transfers of our own warehouses; what a vendor sends stays in the vendor's
_OWN_CODES = ("outgoing", "internal")


class SaleOrder(models.Model):
    """An order; here: holds and transfers move along with its lines.

    Of a confirmed order every open step of the delivery is divided: one step, or
    picking, packing and shipping. Nothing is procured anew.
    """

    _inherit = "sale.order"

    def _move_split_holds(self, parts):
        """What is held for a line is held for its parts, until the same moment.

        What stays is served first, as the quantity that was held may be less.
        """
        pieces = {}
        lines = self.env["sale.order.line"]
        for _child, group in parts:
            for line, (source, quantity, _approved) in group.items():
                pieces.setdefault(source, []).append((line, quantity))
                lines |= source
        if not any(order.company_id.has_holds for order in self):
            return
        holds = self.env["stock.hold"].search(
            [("sale_line_id", "in", lines.ids), ("state", "=", "active")], order="id"
        )
        for hold in holds:
            hold._divide(pieces[hold.sale_line_id])

    @api.model
    def _move_split_shortages(self, lines):
        """What is missing of lines that went is missing of the order they are in.

        :param lines: those that went as a whole
        """
        shortages = self.env["order.shortage"].search([("line_id", "in", lines.ids)])
        for order, some in shortages.grouped(lambda one: one.line_id.order_id).items():
            some.filtered(lambda one, order=order: one.order_id != order).write(
                {"order_id": order.id}
            )

    def _move_split_transfers(self, parts):
        """The open moves of the lines that went go to transfers of the new orders."""
        totals = {}
        for _child, group in parts:
            for line, (source, _quantity, approved) in group.items():
                if line != source:
                    totals[source] = totals.get(source, source.approved_qty) + approved
        for child, group in parts:
            if child.state != "sale":
                continue
            whole = [line for line, (source, *_q) in group.items() if line == source]
            moves = self.env["sale.order.line"].concat(*whole)._get_split_moves()
            pieces = []
            for line, (source, _quantity, approved) in group.items():
                if line != source:
                    pieces.append((line, source, approved, totals[source]))
                    totals[source] -= approved
            child._adopt_moves(moves | moves._tear_off(pieces), child.split_parent_id)

    def _adopt_moves(self, moves, former):
        """Put moves into transfers of this order.

        A transfer that has no moves of others becomes this order's as it is.

        :param former: the order they are taken from
        """
        self.ensure_one()
        reference = self.stock_reference_ids[:1] or self.env["stock.reference"].create(
            {"name": self.name, "sale_ids": [Command.link(self.id)]}
        )
        before = moves.picking_id
        own = moves.filtered(lambda move: move.picking_code in _OWN_CODES)
        for picking, some in own.grouped("picking_id").items():
            if not picking:
                continue
            target = self._get_split_transfer(picking, some)
            if target != picking:
                some.write({"picking_id": target.id})
                some.move_line_ids.write({"picking_id": target.id})
            target.origin = self.name
        links = [Command.unlink(r.id) for r in former.stock_reference_ids]
        moves.write(
            {
                "reference_ids": [*links, Command.link(reference.id)],
                "origin": self.name,
            }
        )
        pickings = moves.picking_id | former.picking_ids
        # the lines changed their order behind the ORM's back
        self.env.add_to_compute(pickings._fields["sale_id"], pickings)
        (self | former).invalidate_recordset(["picking_ids", "delivery_count"])
        self.env.flush_all()
        empty = before.filtered(lambda picking: not picking.move_ids)
        empty.unlink()

    def _get_split_transfer(self, picking, moves):
        """The transfer of this order that takes these moves of another's transfer."""
        self.ensure_one()
        mine = self.order_line.move_ids.picking_id - picking
        for other in mine:
            if (
                other.move_ids.sale_line_id.order_id == self
                and other.state not in ("done", "cancel")
                and not other.printed
                and other.picking_type_id == picking.picking_type_id
                and other.location_id == picking.location_id
                and other.location_dest_id == picking.location_dest_id
            ):
                return other
        if picking.move_ids == moves:
            return picking
        return picking.copy(
            {
                "name": "/",
                "move_ids": [],
                "move_line_ids": [],
                "origin": self.name,
                "user_id": picking.user_id.id,
            }
        )

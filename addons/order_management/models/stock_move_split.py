# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, models


class StockMove(models.Model):
    """A move; here: a part of it goes to another order."""

    _inherit = "stock.move"

    def _tear_off(self, pieces):
        """New moves for a part of the open moves of some lines.

        What was reserved is reserved again, for what stays first.

        :param pieces: list of ``(new line, line, quantity, quantity that is open of
            the line with it)``, in the line's unit
        :return: the moves of the new lines, in the transfers of the old ones
        """
        twins, taken = {}, self.browse()
        for new_line, line, quantity, total in pieces:
            moves = line._get_split_moves()
            reserved = moves.filtered("move_line_ids")
            taken |= reserved
            reserved._do_unreserve()
            shares = moves._get_torn_shares(quantity / total if total else 0.0)
            for move, share in shares.items():
                if twin := move._tear_off_one(new_line, share):
                    twins[move] = twin
        torn = self.browse(twin.id for twin in twins.values())
        new = torn.browse(twin.id for move, twin in twins.items() if twin != move)
        for move, twin in twins.items():
            if twin != move:
                twin._link_like(move, twins)
        # before the new ones, which may reserve as soon as they are confirmed
        taken._action_assign()
        new._action_confirm(merge=False)
        self.browse(twins[m].id for m in taken if m in twins)._action_assign()
        return torn

    def _get_torn_shares(self, part):
        """How much of each of these moves of a line goes, in the product's unit.

        Moves of the same step, such as those from two warehouses, are rounded together:
        no more and no less goes of the line than is to go.

        :param part: from 0 to 1
        """
        shares, sums = {}, {}
        for move in self.sorted(lambda m: (m.picking_type_id.warehouse_id.id, m.id)):
            unit = move.product_id.uom_id
            key = move.product_id, move.picking_type_id.sequence_code
            before = sums.get(key, 0.0)
            sums[key] = before + move.product_qty
            shares[move] = unit.round(
                unit.round(sums[key] * part) - unit.round(before * part)
            )
        return shares

    def _tear_off_one(self, line, share):
        """A move for this share of the demand: a new one that is not confirmed yet, or
        this one where all of it goes."""
        self.ensure_one()
        unit = self.product_id.uom_id
        if unit.compare(share, self.product_qty) >= 0 and share:
            self.sale_line_id = line
            return self
        vals_list = self._split(share)
        for vals in vals_list:
            vals.update(sale_line_id=line.id, picking_id=self.picking_id.id)
        return self.create(vals_list)

    def _link_like(self, move, twins):
        """Follow the new moves where the old one follows theirs."""
        self.ensure_one()
        for name in ("move_dest_ids", "move_orig_ids"):
            ids = [twins.get(other, other).id for other in move[name]]
            self[name] = [Command.set(ids)]

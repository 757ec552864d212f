# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import UserError

#: what is counted of a done move line
_COUNTED_FIELDS = frozenset(
    {
        "quantity",
        "product_uom_id",
        "location_id",
        "location_dest_id",
        "move_id",
        "product_id",
    }
)


class StockMoveLine(models.Model):
    """What was really moved, from where to where: the source of the shipped counter.

    The move's state is asked, never the line's own copy of it, which anyone with write
    access to transfers could change.
    """

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.move_id.filtered(lambda move: move.state == "done")._sync_ceiling()
        return lines

    def write(self, vals):
        if _COUNTED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        done_moves = self.move_id.filtered(lambda move: move.state == "done")
        kept_sudo = done_moves._get_controlled_done_moves()
        if kept_sudo and "move_id" in vals:
            for move in kept_sudo:
                if move.id != vals["move_id"]:
                    raise UserError(move._get_detached_message())
        result = super().write(vals)
        if "move_id" in vals:
            done_moves = self.move_id.filtered(lambda move: move.state == "done")
        done_moves._sync_ceiling()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        """Odoo refuses by the line's own state, which a write can make up."""
        for move in self.move_id._get_controlled_done_moves():
            raise UserError(move._get_detached_message())

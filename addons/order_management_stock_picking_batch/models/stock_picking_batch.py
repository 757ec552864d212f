# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class StockPickingBatch(models.Model):
    """A wave; here: made by a rule, scanned and printed as a whole."""

    _inherit = "stock.picking.batch"

    wave_rule_id = fields.Many2one(
        "stock.wave.rule",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    delivery_count = fields.Integer("Deliveries", compute="_compute_scan_progress")
    scan_done = fields.Float("Scanned", compute="_compute_scan_progress")
    scan_total = fields.Float("Units", compute="_compute_scan_progress")
    scan_percent = fields.Float("Progress", compute="_compute_scan_progress")

    def _compute_scan_progress(self):
        """Units that were scanned or have left, of all that leaves."""
        moves = self.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
        is_open = moves.filtered(lambda move: move.state != "done")
        counts = self.env["stock.scan.count"]._get_counts(is_open)
        for batch in self:
            own = batch.picking_ids.move_ids & moves
            done = sum(
                move.product_qty if move.state == "done" else counts[move.id][False]
                for move in own
            )
            batch.delivery_count = len(batch.picking_ids)
            batch.scan_total = sum(own.mapped("product_qty"))
            batch.scan_done = done
            batch.scan_percent = (
                100 * done / batch.scan_total if batch.scan_total else 0.0
            )

    def _get_boxes(self):
        """The deliveries in the order of their boxes."""
        return self.picking_ids.sorted(
            lambda p: (p.batch_id.id, p.batch_sequence, p.id)
        )

    def action_scan(self):
        """Open these waves on the scanner's page."""
        return self._get_boxes().action_scan()

    def action_print_floor(self):
        """Pick list, slips and labels of these waves as one PDF."""
        return self._get_boxes().action_print_floor()

    def action_build_waves(self):
        """Show what the rules would build now; records do not matter."""
        return self.env["stock.wave.build"]._open()

    def action_empty_wave(self):
        """Take waves back: their deliveries are ready for others.

        :raises UserError: something of a wave was scanned, picked or has left
        """
        self.check_access("write")
        moves = self.picking_ids.move_ids
        counts = self.env["stock.scan.count"]._get_counts(moves)
        begun = moves.filtered(
            lambda move: (
                counts[move.id][False]
                or (move.picked and move.state != "cancel")
                or move.state == "done"
            )
        ).picking_id.batch_id
        begun |= self.filtered(lambda batch: batch.state in ("done", "cancel"))
        if begun:
            raise UserError(
                self.env._(
                    "%(names)s: picking has begun or ended, so the wave stays. Take "
                    "single deliveries out of it, or cancel it.",
                    names=", ".join(begun.mapped("name")),
                )
            )
        self.action_cancel()
        return True

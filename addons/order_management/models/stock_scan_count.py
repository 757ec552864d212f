# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL


class StockScanCount(models.Model):
    """How much of a move was scanned so far, as a whole and of each lot.

    A row without lot is the counter that every scan of the move updates: at REPEATABLE
    READ that is what makes two people who scan the last unit meet, and the later one
    start over. Rows are kept until the move is done; what happened is in the log.
    """

    _name = "stock.scan.count"
    _description = "Scanned Quantity"
    _log_access = False
    _order = "id"

    move_id = fields.Many2one(
        "stock.move", required=True, readonly=True, ondelete="cascade"
    )
    lot_id = fields.Many2one(
        "stock.lot", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    is_serial = fields.Boolean(readonly=True)
    quantity = fields.Float(digits=0, readonly=True, help="In the unit of the product.")

    _move_lot_uniq = models.UniqueIndex("(move_id, COALESCE(lot_id, 0))")
    # a serial number is one thing: it goes into one parcel
    _serial_uniq = models.UniqueIndex("(lot_id) WHERE is_serial")
    _quantity_check = models.Constraint(
        "CHECK (quantity >= 0)", "Nothing can be scanned less than not at all."
    )

    @api.model
    def _get_counts(self, moves):
        """What was scanned of these moves, in one query.

        :return: ``{move id: {lot id or False: quantity in the product's unit}}``; the
            key False is the whole move
        """
        counts = defaultdict(lambda: defaultdict(float))
        if moves:
            rows = self.env.execute_query(
                SQL(
                    "SELECT move_id, lot_id, quantity FROM stock_scan_count"
                    " WHERE move_id = ANY(%s)",
                    list(moves.ids),
                )
            )
            for move_id, lot_id, quantity in rows:
                counts[move_id][lot_id or False] = float(quantity)
        return counts

    @api.model
    def _is_taken(self, lot):
        """Whether a serial number is in a parcel already that has not left."""
        self.env["stock.move"].flush_model(["state"])
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM stock_scan_count count"
                    " JOIN stock_move move ON move.id = count.move_id"
                    " WHERE count.is_serial AND count.lot_id = %s"
                    " AND move.state NOT IN ('done', 'cancel')",
                    lot.id,
                )
            )
        )

    @api.model
    def _add(self, move, lot, quantity):
        """Count a scan. Who meets another scan of the move gets a serialization error,
        which has to escape: Odoo repeats the request.

        :param lot: the lot, or an empty recordset
        :param quantity: more than zero, in the product's unit
        """
        self._upsert(
            move, lot.browse(), quantity, SQL("(move_id, COALESCE(lot_id, 0))")
        )
        if lot and lot.product_id.tracking == "serial":
            self.env.cr.execute(
                "DELETE FROM stock_scan_count count USING stock_move move"
                " WHERE move.id = count.move_id AND count.lot_id = %s"
                " AND move.state IN ('done', 'cancel')",
                [lot.id],
            )
            self._upsert(move, lot, quantity, SQL("(lot_id) WHERE is_serial"))
        elif lot:
            self._upsert(move, lot, quantity, SQL("(move_id, COALESCE(lot_id, 0))"))
        self.invalidate_model()

    @api.model
    def _upsert(self, move, lot, quantity, target):
        self.env.cr.execute(
            SQL(
                "INSERT INTO stock_scan_count (move_id, lot_id, is_serial, quantity)"
                " VALUES (%s, %s, %s, %s) ON CONFLICT %s DO UPDATE"
                " SET quantity = stock_scan_count.quantity + EXCLUDED.quantity",
                move.id,
                lot.id or None,
                bool(lot) and lot.product_id.tracking == "serial",
                repr(quantity),
                target,
            )
        )

    @api.model
    def _meet(self, moves):
        """Make whoever scans into these moves now start over, or us: at REPEATABLE READ
        a scan would else count for what is being validated without it."""
        self.env.cr.execute(
            "INSERT INTO stock_scan_count (move_id, is_serial, quantity)"
            " SELECT move_id, FALSE, 0 FROM unnest(%s::int4[]) AS move_id"
            " ORDER BY move_id"
            " ON CONFLICT (move_id, COALESCE(lot_id, 0)) DO UPDATE"
            " SET quantity = stock_scan_count.quantity",
            [list(moves.ids)],
        )
        self.invalidate_model()

    @api.model
    def _take_back(self, move, lot, quantity):
        """Count a scan no more; parameters as of `_add`."""
        self.env.cr.execute(
            "UPDATE stock_scan_count SET quantity = GREATEST(quantity - %s::numeric, 0)"
            " WHERE move_id = %s AND (lot_id IS NULL OR lot_id = %s)",
            [repr(quantity), move.id, lot.id or None],
        )
        # a serial number that is in no parcel may go into another one
        self.env.cr.execute(
            "DELETE FROM stock_scan_count WHERE move_id = %s AND lot_id = %s"
            " AND quantity < 0.000001",
            [move.id, lot.id or None],
        )
        self.invalidate_model()

    @api.autovacuum
    def _gc_counts(self):
        """Forget the counts of what has left or was cancelled: the log has them."""
        self.env.cr.execute(
            "DELETE FROM stock_scan_count count USING stock_move move"
            " WHERE move.id = count.move_id AND move.state IN ('done', 'cancel')"
        )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: refusals: each is counted and tells a person what is wrong
ERROR_KINDS = (
    "empty",
    "too_long",
    "unknown",
    "wrong_product",
    "wrong_location",
    "wrong_lot",
    "expired",
    "serial_again",
    "too_many",
    "not_approved",
    "closed",
)
_COLUMNS = (
    "key",
    "kind",
    "code",
    "picking_id",
    "move_id",
    "product_id",
    "lot_id",
    "quantity",
    "undone_id",
    "reason",
    "company_id",
)


class StockScanLog(models.Model):
    """One scan of the warehouse, taken or refused: append-only, as history is."""

    _name = "stock.scan.log"
    _inherit = ["order.average.mixin", "order.history.mixin"]
    _description = "Scan"
    _order = "id desc"
    _rec_name = "code"
    _log_access = False
    _BLANKABLE = ("reason", "picking_id", "move_id", "product_id", "lot_id")

    scanned_at = fields.Datetime("Time", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(
        [
            ("ok", "Taken"),
            ("undo", "Taken back"),
            ("missing", "Not found"),
            ("override", "Shipped without scan"),
            ("empty", "Empty scan"),
            ("too_long", "Too long"),
            ("unknown", "Unknown code"),
            ("wrong_product", "Wrong product"),
            ("wrong_location", "Wrong location"),
            ("wrong_lot", "Wrong lot"),
            ("expired", "Expired lot"),
            ("serial_again", "Serial number twice"),
            ("too_many", "Too many"),
            ("not_approved", "More than approved"),
            ("closed", "Transfer not open"),
        ],
        required=True,
        readonly=True,
    )
    code = fields.Char("Scanned Code", readonly=True, index="trigram")
    picking_id = fields.Many2one(
        "stock.picking",
        "Transfer",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    move_id = fields.Many2one(
        "stock.move", readonly=True, ondelete="set null", index="btree_not_null"
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, ondelete="set null", index="btree_not_null"
    )
    lot_id = fields.Many2one(
        "stock.lot",
        "Lot/Serial Number",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    quantity = fields.Float(
        digits=0,
        min_display_digits="Product Unit",
        readonly=True,
        help="In the unit of the product; below zero where a scan was taken back.",
    )
    undone_id = fields.Many2one(
        "stock.scan.log", "Takes Back", readonly=True, ondelete="set null"
    )
    reason = fields.Char(readonly=True, index="trigram")
    key = fields.Char(
        "Idempotency Key",
        readonly=True,
        help="Made by the scanner's page: the same scan sent twice counts once.",
    )
    error_count = fields.Integer("Errors", readonly=True)
    error_rate = fields.Float(
        "Error Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Refused scans of a hundred scans; what was taken back is no scan.",
    )

    _key_uniq = models.UniqueIndex("(key)")
    _undone_uniq = models.UniqueIndex("(undone_id) WHERE undone_id IS NOT NULL")
    _scanned_at_idx = models.Index("USING brin (scanned_at)")
    # the few that were not simply taken, among years of scans
    _refused_idx = models.Index("(scanned_at) WHERE error_count > 0")
    _kind_idx = models.Index("(kind, id) WHERE kind <> 'ok'")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Refused: scans are written by the scanner's page, through `_log`.

        :raises UserError: always
        """
        raise UserError(
            self.env._("Scans are written by the system when something is scanned.")
        )

    @api.model
    def _log(self, vals_list):
        """Write scans, in one insert.

        A key that another session is writing now gives a serialization error, which
        has to escape: Odoo repeats the request, and it finds the other's answer.

        :param vals_list: ``kind``, ``company_id`` and what is known of `_COLUMNS`
        :return: the scans, with superuser rights
        """
        now = fields.Datetime.now()
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s)",
                now,
                self.env.uid,
                int(vals["kind"] in ERROR_KINDS),
                self._get_error_rate(vals["kind"]),
                SQL(", ").join(SQL("%s", vals.get(name) or None) for name in _COLUMNS),
            )
            for vals in vals_list
        ]
        found = self.env.execute_query(
            SQL(
                "INSERT INTO stock_scan_log"
                " (scanned_at, user_id, error_count, error_rate, %s) VALUES %s"
                " ON CONFLICT (key) DO NOTHING RETURNING id",
                SQL(", ").join(map(SQL.identifier, _COLUMNS)),
                SQL(", ").join(rows),
            )
        )
        return self.sudo().browse(row[0] for row in found)

    @api.model
    def _get_error_rate(self, kind):
        """100 and 0, of which the mean is the rate; nothing for what is no scan."""
        if kind in ERROR_KINDS:
            return 100.0
        return 0.0 if kind == "ok" else None

    def action_open_picking(self):
        """Open the transfer that was scanned."""
        self.ensure_one()
        if not self.picking_id:
            raise UserError(self.env._("No transfer was open at this scan."))
        return self.picking_id.get_formview_action()

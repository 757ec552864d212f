# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

from .order_variance_facts import COLUMNS

#: marks that one transaction works off
_LIMIT = 20_000
_LOCK = "order_management.variance"


class OrderVarianceReport(models.Model):
    """The variance report; here: how its figures are brought up to date."""

    _inherit = "order.variance.report"

    @api.model
    def _cron_refresh(self):
        """Add up what changed, a part a transaction."""
        # the first statement after a commit sees what others have finished
        progress = self.env["ir.cron"]
        if not progress._commit_progress(0, remaining=1):
            return
        while left := self._refresh():
            if not progress._commit_progress(_LIMIT, remaining=left):
                return
        progress._commit_progress(1, remaining=0)

    @api.model
    def _refresh(self, limit=_LIMIT):
        """Add up anew the orders that changed.

        One at a time: whoever comes second leaves it to the first.

        :param int limit: marks that are worked off
        :return: 1 when there is more, else 0
        """
        self.env.flush_all()
        cr = self.env.cr
        cr.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [_LOCK])
        if not cr.fetchone()[0]:
            return 0
        # a line that is gone marked its order when it went
        cr.execute(
            """
            WITH done AS (
                DELETE FROM order_variance_dirty WHERE ctid = ANY(ARRAY(
                    SELECT ctid FROM order_variance_dirty LIMIT %s
                )) RETURNING order_id, line_id
            )
            SELECT order_id FROM done WHERE order_id IS NOT NULL
            UNION
            SELECT line.order_id FROM done
            JOIN sale_order_line line ON line.id = done.line_id
            """,
            [limit],
        )
        order_ids = [order_id for [order_id] in cr.fetchall()]
        if order_ids:
            self._replace_facts(order_ids)
        cr.execute("SELECT 1 FROM order_variance_dirty LIMIT 1")
        return cr.rowcount

    @api.model
    def _replace_facts(self, order_ids):
        """Replace the figures of some orders."""
        cr = self.env.cr
        cr.execute("DELETE FROM order_variance WHERE order_id = ANY(%s)", [order_ids])
        columns = self._select_facts()
        assert list(columns) == list(COLUMNS)
        cr.execute(
            SQL(
                "INSERT INTO order_variance (%s) SELECT %s FROM %s"
                " WHERE q.order_id = ANY(%s) AND o.is_channel_test IS NOT TRUE",
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(columns.values()),
                self._from_facts(),
                order_ids,
            )
        )

    @api.model
    def _select_facts(self):
        """Hook: ``{column: SQL}`` of the figures of a line."""
        same = (
            "id order_id company_id date_order state approval_state partner_id"
            " channel_id warehouse_id user_id team_id product_id cut_reason"
        )
        net = SQL("GREATEST(q.shipped_qty - q.returned_qty, 0)")
        return {
            **{name: SQL.identifier("q", name) for name in same.split()},
            "cancel_reason": SQL(
                "CASE WHEN q.state = 'cancel' THEN"
                " COALESCE(o.cancel_reason, o.approval_reason) END"
            ),
            "return_reason_id": SQL("back.reason_id"),
            # of a line that was lowered to nothing only its price is left
            "unit_amount": SQL(
                "CASE WHEN q.ordered_qty > 0 THEN q.unit_amount"
                " ELSE COALESCE(price.price_unit * (1 - price.discount / 100), 0)"
                " / COALESCE(NULLIF(o.currency_rate, 0), 1)"
                " / NULLIF(q.unit_factor, 0) END"
            ),
            "requested_qty": SQL("q.requested_qty"),
            "ordered_qty": SQL("q.ordered_qty"),
            "approved_qty": SQL("q.approved_qty"),
            "cut_qty": SQL("gap.quantity - short.quantity"),
            "short_qty": SQL("short.quantity"),
            "cancelled_qty": SQL(
                "CASE WHEN q.state = 'cancel' THEN GREATEST(q.requested_qty - %s, 0)"
                " ELSE GREATEST(q.requested_qty - GREATEST(q.ordered_qty, 0), 0) END",
                net,
            ),
            "shipped_qty": SQL("q.shipped_qty"),
            "delivered_qty": SQL("COALESCE(arrived.quantity, 0)"),
            "returned_qty": SQL("q.returned_qty"),
            "invoiced_qty": SQL("q.invoiced_qty"),
            "open_qty": SQL("q.open_qty"),
        }

    @api.model
    def _from_facts(self):
        return SQL(
            """
            (%(quantities)s) q
            JOIN sale_order o ON o.id = q.order_id
            JOIN sale_order_line price ON price.id = q.id
            CROSS JOIN LATERAL (
                SELECT CASE WHEN q.state <> 'cancel'
                    AND (q.state = 'sale' OR q.approval_state = 'approved')
                    THEN q.cut_qty ELSE 0 END AS quantity
            ) gap
            CROSS JOIN LATERAL (%(short)s) short
            LEFT JOIN LATERAL (%(back)s) back ON TRUE
            LEFT JOIN LATERAL (%(arrived)s) arrived ON TRUE
            """,
            quantities=self.env["order.quantity.report"]._table_query,
            short=self._select_short(),
            back=SQL(
                "SELECT line.reason_id FROM channel_return_line line"
                " JOIN channel_return ON channel_return.id = line.return_id"
                " WHERE q.returned_qty > 0"
                " AND line.sale_line_id = q.id AND line.reason_id IS NOT NULL"
                " AND channel_return.state NOT IN ('refused', 'cancelled')"
                " ORDER BY line.id DESC LIMIT 1"
            ),
            arrived=self._select_arrived(),
        )

    @api.model
    def _select_short(self):
        """What was given up of a line when it was closed short, as its history says."""
        return SQL(
            """
            SELECT CASE WHEN gap.quantity > 0 THEN LEAST(gap.quantity, COALESCE((
                SELECT SUM(event.from_state::float8 - event.to_state::float8)
                FROM order_event event
                WHERE event.res_model = 'sale.order.line' AND event.res_id = q.id
                  AND event.kind = 'short_close'
            ), 0) * q.unit_factor) ELSE 0 END AS quantity
            """
        )

    @api.model
    def _select_arrived(self):
        """What of a line is known to have arrived, in the product's unit."""
        lines = self.env["sale.order.line"]
        return SQL(
            """
            SELECT SUM(part.quantity * part_uom.factor / uom.factor) AS quantity
            FROM stock_move move
            JOIN stock_picking picking ON picking.id = move.picking_id
            JOIN stock_move_line part ON part.move_id = move.id
            JOIN uom_uom part_uom ON part_uom.id = part.product_uom_id
            JOIN uom_uom uom ON uom.id = q.product_uom_id
            JOIN stock_location src ON src.id = part.location_id
            JOIN stock_location dest ON dest.id = part.location_dest_id
            WHERE q.shipped_qty > 0
              AND move.sale_line_id = q.id AND move.state = 'done'
              AND move.product_id = q.product_id AND %(arrived)s
              AND %(to_customer)s AND NOT %(from_customer)s
            """,
            arrived=self._sql_has_arrived(),
            to_customer=lines._sql_is_customer_side(SQL.identifier("dest")),
            from_customer=lines._sql_is_customer_side(SQL.identifier("src")),
        )

    @api.model
    def _sql_has_arrived(self):
        """Hook: the condition by which a done ``picking`` is known to have arrived."""
        signed = SQL(
            "EXISTS (SELECT 1 FROM ir_attachment WHERE res_model = 'stock.picking'"
            " AND res_field = 'signature' AND res_id = picking.id)"
        )
        return SQL("(picking.delivered_at IS NOT NULL OR %s)", signed)

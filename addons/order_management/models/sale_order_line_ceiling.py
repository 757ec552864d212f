# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import contextlib

import psycopg2

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, float_compare, float_round

from .sale_order_line import CEILING_TOLERANCE


class SaleOrderLine(models.Model):
    """The counter of what left, and the limit it is held to."""

    _inherit = "sale.order.line"

    def _recompute_net_shipped(self):
        """Count again what left for the customer, and hold it to what was approved.

        Two queries however many lines; none when no line is under control. Each line's
        row is updated even when its figure stays: at REPEATABLE READ that is what makes
        two transactions that ship the same line meet, and the later one start over.

        :raises ValidationError: more left than was approved
        """
        lines = self.sudo().filtered(lambda line: line._is_under_ceiling())
        if not lines:
            return
        net = lines._get_net_shipped()
        for line in lines:
            if net[line.id] > line.approved_qty + CEILING_TOLERANCE:
                line._refuse_shipped(line._get_ceiling_message(net[line.id]))
        self.env.execute_query(
            SQL(
                "UPDATE sale_order_line line SET net_shipped_qty = net.quantity "
                "FROM unnest(%s, %s::numeric[]) AS net(id, quantity) "
                "WHERE line.id = net.id",
                list(net),
                list(net.values()),
            )
        )
        # written behind the ORM's back; everything pending was flushed by the SELECT
        lines.invalidate_recordset(["net_shipped_qty"], flush=False)
        lines.modified(["net_shipped_qty"])

    def _adopt_shipped(self):
        """Take what left before there was a control as approved, and count it.

        An order that was shipped without control and taken back to quotation comes
        under it with goods that are out already. One query, none without control.
        """
        lines = self.sudo().filtered(lambda line: line._is_under_ceiling() and line.id)
        if not lines:
            return
        net = lines._get_net_shipped()
        for line in lines:
            if float_compare(net[line.id], line.net_shipped_qty, precision_digits=6):
                self.env.execute_query(
                    SQL(
                        "UPDATE sale_order_line SET net_shipped_qty = %(net)s, "
                        "approved_qty = GREATEST(approved_qty, %(net)s) "
                        "WHERE id = %(id)s",
                        net=net[line.id],
                        id=line.id,
                    )
                )
        lines.invalidate_recordset(["approved_qty", "net_shipped_qty"], flush=False)

    @api.model
    def _refuse_shipped(self, message):
        """Refuse what was already written to the database, beyond recall.

        The transaction is aborted there as well: a caller that swallows the error and
        commits, without a savepoint around it, would keep the goods as gone.

        :raises ValidationError: always
        """
        with contextlib.suppress(psycopg2.Error):
            self.env.cr.execute(
                "DO $$ BEGIN RAISE EXCEPTION 'more would leave than approved'; END $$",
                log_exceptions=False,
            )
        raise ValidationError(message)

    def _get_net_shipped(self):
        """Quantity that left for the customer less what came back, per line.

        Done move lines are counted, in their own unit and by their own locations: they
        are what stock was changed by. Rows of the lines are locked in id order; units
        are converted without rounding. What is written off at the customer's
        (inventory loss) did not come back.

        :return: ``{line id: quantity in the line's unit}``, ids ascending
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH line AS MATERIALIZED (
                    SELECT id, product_id, product_uom_id FROM sale_order_line
                    WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
                )
                %s ORDER BY line.id
                """,
                list(self.ids),
                self._sql_net_shipped(SQL("line")),
                to_flush=self._get_counted_fields(),
            )
        )
        return {line_id: float(quantity) for line_id, quantity in rows}

    def _sql_net_shipped(self, lines):
        """The rule by which `_get_net_shipped` counts, as a query.

        :param lines: SQL of a relation with the columns of order lines
        :return: SQL, one row (id, quantity in the line's unit) for each line
        """
        return SQL(
            """
            SELECT line.id, COALESCE(
                SUM(CASE WHEN %(from_customer)s AND dest.usage = 'inventory' THEN 0
                    ELSE part.quantity * part_uom.factor
                         * (%(to_customer)s::int - %(from_customer)s::int) END)
                / line_uom.factor, 0) AS quantity
            FROM %(lines)s AS line
            LEFT JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
            LEFT JOIN stock_move move ON %(is_move_of_line)s
             AND move.state = 'done' AND move.product_id = line.product_id
            LEFT JOIN stock_move_line part ON part.move_id = move.id
            LEFT JOIN uom_uom part_uom ON part_uom.id = part.product_uom_id
            LEFT JOIN stock_location src ON src.id = part.location_id
            LEFT JOIN stock_location dest ON dest.id = part.location_dest_id
            GROUP BY line.id, line_uom.factor
            """,
            lines=lines,
            is_move_of_line=self._sql_is_move_of_line(),
            to_customer=self._sql_is_customer_side(SQL.identifier("dest")),
            from_customer=self._sql_is_customer_side(SQL.identifier("src")),
        )

    def _sql_is_move_of_line(self):
        """Hook: the condition by which a row ``move`` counts for a row ``line``."""
        return SQL("move.sale_line_id = line.id")

    def _sql_is_customer_side(self, location):
        """The condition of `stock.location._is_customer_side` on a joined location."""
        return SQL(
            "(%(location)s.usage = 'customer' OR "
            "(%(location)s.usage = 'transit' AND %(location)s.company_id IS NULL))",
            location=location,
        )

    def _get_counted_fields(self):
        """Fields the counting query reads, to be flushed before it."""
        counted = {
            "sale.order.line": ("product_id", "product_uom_id", "approved_qty"),
            "stock.location": ("usage", "company_id"),
            "stock.move": ("product_id", "sale_line_id", "state"),
            "stock.move.line": (
                "location_dest_id",
                "location_id",
                "move_id",
                "product_uom_id",
                "quantity",
            ),
            "uom.uom": ("factor",),
        }
        return [
            self.env[model]._fields[name]
            for model, names in counted.items()
            for name in names
        ]

    def _get_ceiling_message(self, net):
        """Say what may leave, what would have left, and what to do about it.

        :param net: quantity that would have left, in the line's unit
        """
        self.ensure_one()
        before = float_round(self.net_shipped_qty, precision_digits=6)
        return self.env._(
            "%(product)s in order %(order)s: %(approved)g %(unit)s approved, "
            "%(before)g already left for the customer; with this it would be %(net)g. "
            "Ship %(left)g at most, or have more approved.",
            product=self.product_id.display_name,
            order=self.order_id.name,
            unit=self.product_uom_id.name,
            approved=self.approved_qty,
            before=before,
            net=float_round(net, precision_digits=6),
            left=max(float_round(self.approved_qty - before, precision_digits=6), 0.0),
        )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

#: moves that are still to be done: one partial index covers them
OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


class ProductProduct(models.Model):
    """The query behind what can be promised; see ``_get_available_to_promise``."""

    _inherit = "product.product"

    def _query_promise(self, warehouses, at):
        """One row (product, warehouse, quantity) for each pair that has anything."""
        return SQL(
            """
            %s
            SELECT product_id, warehouse_id, round(sum(quantity), %s)::float8
            FROM (%s) AS part (product_id, warehouse_id, date, quantity)
            GROUP BY product_id, warehouse_id
            """,
            self._sql_promise_moves(warehouses),
            self.env["decimal.precision"].precision_get("Product Unit"),
            SQL(" UNION ALL ").join(self._get_promise_parts(at)),
        )

    def _get_promise_parts(self, at):
        """Hook: queries of (product, warehouse, NULL, quantity), to be added up."""
        parts = [
            self._sql_promise_on_hand(at),
            self._sql_promise_demand(at),
            self._sql_promise_holds(),
        ]
        if at is not None:
            parts.append(self._sql_promise_incoming(SQL("date <= %s", at)))
        return parts

    def _query_timeline(self, warehouses):
        """Rows (product, warehouse, date or NULL for now, quantity)."""
        return SQL(
            """
            %s
            SELECT product_id, warehouse_id, GREATEST(date, %s) AS day,
                   round(sum(quantity), %s)::float8
            FROM (%s) AS part (product_id, warehouse_id, date, quantity)
            GROUP BY product_id, warehouse_id, day
            """,
            self._sql_promise_moves(warehouses),
            # a late receipt is still to come; NULL stays NULL
            SQL("CASE WHEN date IS NULL THEN NULL ELSE %s END", fields.Datetime.now()),
            self.env["decimal.precision"].precision_get("Product Unit"),
            SQL(" UNION ALL ").join(self._get_timeline_parts()),
        )

    def _get_timeline_parts(self):
        """Hook: queries of (product, warehouse, date, quantity).

        Without a date: what counts from the start. With one: what comes then or, below
        zero, cannot be promised from then on.
        """
        return [
            self._sql_promise_on_hand(None),
            self._sql_promise_demand(None),
            self._sql_promise_holds(),
            self._sql_promise_incoming(SQL("TRUE")),
        ]

    def _sql_promise_moves(self, warehouses):
        """The common part of the queries.

        - ``place``: where goods count as on hand
        - ``open``: moves of these products that touch those places and are not done,
          with the warehouse they leave and the one they reach (their final one, so
          that a picking for a customer leaves), and what is not reserved yet
        - ``link``: who waits for whom among what is not done
        - ``chain``: for each move out of a warehouse that waits, all it waits for
        """
        return SQL(
            """
            WITH RECURSIVE place AS MATERIALIZED (
                SELECT id, warehouse_id FROM stock_location
                WHERE warehouse_id = ANY(%(warehouses)s)
                  AND usage IN ('internal', 'transit')
            ),
            goods AS MATERIALIZED (
                SELECT product.id, template.uom_id
                FROM product_product product
                JOIN product_template template ON template.id = product.product_tmpl_id
                WHERE product.id = ANY(%(products)s) AND template.is_storable
            ),
            open AS MATERIALIZED (
                SELECT move.id, move.product_id, move.date, move.product_qty,
                       move.procure_method, src.warehouse_id AS leaves,
                       dest.warehouse_id AS reaches,
                       GREATEST(0, move.product_qty - CASE
                           WHEN COALESCE(move.quantity, 0) = 0 THEN 0
                           WHEN move.product_uom = goods.uom_id THEN move.quantity
                           -- in another unit each line is rounded, as it is reserved
                           ELSE (SELECT COALESCE(sum(line.quantity_product_uom), 0)
                                 FROM stock_move_line line WHERE line.move_id = move.id)
                           END) AS missing
                FROM stock_move move
                JOIN goods ON goods.id = move.product_id
                LEFT JOIN place src ON src.id = move.location_id
                LEFT JOIN place dest ON dest.id = COALESCE(
                    move.location_final_id, move.location_dest_id)
                WHERE move.state IN %(states)s
                  AND (src.id IS NOT NULL OR dest.id IS NOT NULL)
            ),
            link AS MATERIALIZED (
                SELECT rel.move_dest_id AS waiting, rel.move_orig_id AS id
                FROM open
                JOIN stock_move_move_rel rel ON rel.move_dest_id = open.id
                JOIN stock_move orig ON orig.id = rel.move_orig_id
                WHERE orig.state NOT IN ('done', 'cancel')
            ),
            chain AS (
                SELECT open.id AS demand, link.id FROM open
                JOIN link ON link.waiting = open.id
                WHERE open.leaves IS NOT NULL
                  AND open.reaches IS DISTINCT FROM open.leaves
                UNION
                SELECT chain.demand, link.id FROM chain
                JOIN link ON link.waiting = chain.id
            )
            """,
            warehouses=warehouses.ids,
            products=list(self._origin.ids),
            states=OPEN_STATES,
            to_flush=self._get_promise_fields(),
        )

    def _sql_promise_on_hand(self, at):
        return SQL(
            """
            SELECT quant.product_id, place.warehouse_id, NULL::timestamp,
                   quant.quantity - quant.reserved_quantity
            FROM stock_quant quant
            JOIN place ON place.id = quant.location_id
            JOIN goods ON goods.id = quant.product_id
            WHERE %s
            """,
            SQL(" AND ").join(self._get_promise_quant_conditions(at)),
        )

    def _get_promise_quant_conditions(self, at=None):
        """Hook: SQL conditions on ``quant``; what fails one cannot be promised.

        :param at: the moment of the promise, or None for now
        """
        if "owners" not in self.env.context:
            return [SQL("TRUE")]
        owners = self.env.context["owners"]
        if not owners:
            return [SQL("quant.owner_id IS NULL")]
        return [SQL("quant.owner_id = ANY(%s)", list(owners))]

    def _sql_promise_demand(self, at):
        """What the first open move of each chain out of a warehouse does not have yet.

        Either it leaves itself, or one that leaves waits for it. One that is made to
        order asks only for what was brought.
        """
        return SQL(
            """
            SELECT open.product_id, open.leaves, NULL::timestamp, -open.missing
            FROM open
            WHERE open.leaves IS NOT NULL AND open.missing > 0 AND %s
              AND (open.reaches IS DISTINCT FROM open.leaves
                   OR open.id IN (SELECT id FROM chain))
              AND open.id NOT IN (SELECT waiting FROM link)
              AND (open.procure_method != 'make_to_order' OR EXISTS (
                  SELECT FROM stock_move_move_rel rel
                  JOIN stock_move orig ON orig.id = rel.move_orig_id
                  WHERE rel.move_dest_id = open.id AND orig.state = 'done'))
            """,
            SQL("TRUE") if at is None else SQL("open.date <= %s", at),
        )

    def _sql_promise_incoming(self, condition):
        """What comes from elsewhere and is not meant for a demand that waits for it."""
        return SQL(
            """
            SELECT product_id, reaches, date, quantity FROM (
                SELECT open.product_id, open.reaches, open.date, GREATEST(
                    0, open.product_qty - COALESCE((
                        SELECT sum(demand.missing) FROM chain
                        JOIN open demand ON demand.id = chain.demand
                        WHERE chain.id = open.id), 0)) AS quantity
                FROM open
                WHERE open.reaches IS NOT NULL
                  AND open.leaves IS DISTINCT FROM open.reaches
            ) AS incoming WHERE quantity > 0 AND %s
            """,
            condition,
        )

    def _sql_promise_holds(self):
        return SQL(
            """
            SELECT hold.product_id, hold.warehouse_id, NULL::timestamp, -hold.quantity
            FROM stock_hold hold
            JOIN goods ON goods.id = hold.product_id
            WHERE hold.warehouse_id = ANY(SELECT warehouse_id FROM place)
              AND hold.state = 'active' AND %s
            """,
            self.env["stock.hold"]._sql_is_running(SQL.identifier("hold")),
        )

    def _get_promise_fields(self):
        """Fields that the query reads, to be flushed before it."""
        read = {
            "product.product": ("product_tmpl_id",),
            "product.template": ("is_storable", "uom_id"),
            "stock.hold": (
                "expires_at",
                "product_id",
                "quantity",
                "state",
                "warehouse_id",
            ),
            "stock.location": ("usage", "warehouse_id"),
            "stock.move": (
                "date",
                "location_dest_id",
                "location_final_id",
                "location_id",
                "move_orig_ids",
                "procure_method",
                "product_id",
                "product_qty",
                "product_uom",
                "quantity",
                "state",
            ),
            "stock.move.line": ("move_id", "quantity_product_uom"),
            "stock.quant": (
                "location_id",
                "owner_id",
                "product_id",
                "quantity",
                "reserved_quantity",
            ),
        }
        return [
            self.env[model]._fields[name]
            for model, names in read.items()
            for name in names
        ]

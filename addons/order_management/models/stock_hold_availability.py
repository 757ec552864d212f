# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: what a hold takes away from whom: a change may ask for more than is left
_TAKING_FIELDS = frozenset({"product_id", "warehouse_id", "quantity", "expires_at"})


class StockHold(models.Model):
    """A promise; here: that it is kept, and that no more is promised than there is.

    The rows of the stock itself are the counter: who holds something of a product
    *writes* all its quants in the warehouse. Two holds then meet there, and so do a
    hold and a reservation: at REPEATABLE READ the later one starts over and sees the
    other.
    """

    _inherit = "stock.hold"

    # an order line may go, the history of what was held for it stays
    order_id = fields.Many2one(ondelete="set null")
    sale_line_id = fields.Many2one(ondelete="set null")

    @api.model_create_multi
    def create(self, vals_list):
        """Promise quantities that are there.

        :raises UserError: less is available to promise
        """
        holds = super().create(vals_list)
        holds._mark_companies()
        holds._check_promise(holds._get_taken())
        return holds

    def write(self, vals):
        """Change holds; what asks for more is checked like a new one.

        :raises UserError: less is available to promise
        """
        if _TAKING_FIELDS.isdisjoint(vals):
            return super().write(vals)
        before = self._get_taken()
        result = super().write(vals)
        more = {
            key: quantity - before.get(key, 0.0)
            for key, quantity in self._get_taken().items()
            if key[0].uom_id.compare(quantity, before.get(key, 0.0)) > 0
        }
        self._check_promise(more)
        return result

    @api.constrains("order_id", "sale_line_id", "product_id")
    def _check_sale_line(self):
        """Override: a line may be made of several products (kits)."""
        made_of = self.sale_line_id._get_hold_quantities()
        plain = self.filtered(
            lambda hold: (
                not hold.sale_line_id
                or hold.product_id not in made_of.get(hold.sale_line_id, ())
                or hold.sale_line_id.order_id != hold.order_id
            )
        )
        return super(StockHold, plain)._check_sale_line()

    def _is_running(self):
        """Whether the promise counts now: what ran out does not, swept up or not."""
        self.ensure_one()
        return self.state == "active" and (
            not self.expires_at or self.expires_at > fields.Datetime.now()
        )

    @api.model
    def _sql_is_running(self, hold):
        """The condition of ``_is_running`` on active holds.

        :param hold: SQL identifier of the table
        """
        return SQL(
            "(%(hold)s.expires_at IS NULL OR %(hold)s.expires_at > %(now)s)",
            hold=hold,
            now=fields.Datetime.now(),
        )

    @api.model
    def _get_running_domain(self):
        """The condition of ``_is_running`` as a domain."""
        return [
            ("state", "=", "active"),
            "|",
            ("expires_at", "=", False),
            ("expires_at", ">", fields.Datetime.now()),
        ]

    def _get_taken(self):
        """What these holds take: ``{(product, warehouse): quantity}``."""
        taken = defaultdict(float)
        for hold in self:
            if hold._is_running():
                taken[hold.product_id, hold.warehouse_id] += hold.quantity
        return taken

    def _mark_companies(self):
        """From its first hold on, a company's reservations look for holds."""
        # sudo: clerks may hold, but not change a company
        companies = self.company_id.sudo().filtered(lambda c: not c.has_holds)
        if companies:
            companies.has_holds = True

    @api.model
    def _check_promise(self, more):
        """Refuse what is not there, exactly, whoever else holds or reserves now.

        :param more: ``{(product, warehouse): quantity that was added}``
        :raises UserError: naming what is left
        """
        if not more:
            return
        products = self.env["product.product"].union(*(p for p, _w in more))
        warehouses = self.env["stock.warehouse"].union(*(w for _p, w in more))
        self._claim_stock(products, warehouses)
        left = products._get_available_to_promise_by_warehouse(warehouses)
        short = [
            (product, warehouse, left[product.id, warehouse.id] + quantity, quantity)
            for (product, warehouse), quantity in more.items()
            if product.uom_id.compare(left[product.id, warehouse.id], 0.0) < 0
        ]
        if short:
            raise UserError(
                self.env._(
                    "There is not enough to hold:\n%(lines)s\nHold less, choose "
                    "another warehouse or release another hold.",
                    lines="\n".join(self._get_short_text(*row) for row in short[:10]),
                )
            )

    @api.model
    def _get_short_text(self, product, warehouse, left, asked):
        return self.env._(
            "%(product)s in %(warehouse)s: %(asked)g %(unit)s asked for, %(left)g can "
            "be promised",
            product=product.display_name,
            warehouse=warehouse.name,
            asked=asked,
            left=max(round(left, 6), 0.0),
            unit=product.uom_id.name,
        )

    @api.model
    def _claim_stock(self, products, warehouses):
        """Write the stock of these products in these warehouses, changing nothing.

        Whoever holds or reserves the same in another transaction starts over.

        :raises psycopg2.errors.SerializationFailure: it was changed since this
            transaction began; Odoo retries the request, which then queues for its turn
        """
        quants_sudo = self.env["stock.quant"].sudo()
        quants_sudo.flush_model(["product_id", "location_id", "reserved_quantity"])
        with quants_sudo._remember_lost_races(products.ids):
            quants_sudo._share_product_locks(products.ids)
            self.env.cr.execute(
                SQL(
                    """
                    WITH mine AS MATERIALIZED (
                        SELECT quant.id FROM stock_quant quant
                        JOIN stock_location place ON place.id = quant.location_id
                        WHERE quant.product_id = ANY(%s)
                          AND place.warehouse_id = ANY(%s)
                          AND place.usage IN ('internal', 'transit')
                        ORDER BY quant.id FOR NO KEY UPDATE OF quant
                    )
                    UPDATE stock_quant SET reserved_quantity = reserved_quantity
                    FROM mine WHERE mine.id = stock_quant.id
                    """,
                    products.ids,
                    warehouses.ids,
                ),
                # losing a race is no error of the query
                log_exceptions=False,
            )

    @api.model
    def _get_reservation_room(self, needs):
        """How much reservations may take where something is held.

        Only pairs with a running hold are in the answer: free stock less holds, both of
        the whole warehouse. The caller has locked the stock it will take from.

        :param needs: {(product, location): ...} about to be reserved
        :return: ``{(product id, warehouse id): quantity, zero or more}``
        """
        products = self.env["product.product"].union(*(p for p, _location in needs))
        warehouse_ids = {location.warehouse_id.id for _p, location in needs}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT held.product_id, held.warehouse_id, GREATEST(0, COALESCE((
                    SELECT sum(quant.quantity - quant.reserved_quantity)
                    FROM stock_quant quant
                    JOIN stock_location place ON place.id = quant.location_id
                    WHERE quant.product_id = held.product_id
                      AND place.warehouse_id = held.warehouse_id
                      AND place.usage IN ('internal', 'transit')
                      AND %(promised)s), 0)
                    - held.quantity)::float8
                FROM (
                    SELECT product_id, warehouse_id, sum(quantity) AS quantity
                    FROM stock_hold hold
                    WHERE product_id = ANY(%(products)s)
                      AND warehouse_id = ANY(%(warehouses)s)
                      AND state = 'active' AND %(running)s
                    GROUP BY product_id, warehouse_id
                ) AS held
                """,
                products=products.ids,
                warehouses=[i for i in warehouse_ids if i],
                running=self._sql_is_running(SQL.identifier("hold")),
                # what cannot be promised is no room beside the holds
                promised=SQL(" AND ").join(products._get_promise_quant_conditions()),
                to_flush=[
                    self._fields[name]
                    for name in ("expires_at", "product_id", "quantity", "state")
                ]
                + products._get_promise_fields(),
            )
        )
        return {(product, warehouse): room for product, warehouse, room in rows}

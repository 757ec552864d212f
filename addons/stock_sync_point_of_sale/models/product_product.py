# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import SQL


class ProductProduct(models.Model):
    """A product; here: what tills have sold cannot be promised, booked or not.

    Where stock is updated when a session is closed, its sales have no moves until then.
    They count here as long as the session is open, by the same rules by which Odoo
    books them at its end, so that the figure is the same before and after.
    """

    _inherit = "product.product"

    def _get_promise_parts(self, at):
        """Override of `order_management`: and what tills have sold."""
        return [*super()._get_promise_parts(at), *self._get_unbooked_parts()]

    def _get_timeline_parts(self):
        """Override of `order_management`: and what tills have sold."""
        return [*super()._get_timeline_parts(), *self._get_unbooked_parts()]

    def _get_oversold(self, company):
        """Those of which a company has promised more than there is."""
        if not self:
            return self
        warehouses = self.env["channel.stock.publisher"]._get_warehouses(company)
        left = self._get_available_to_promise(warehouses)
        return self.filtered(lambda one: one.uom_id.compare(left[one.id], 0.0) < 0)

    def _get_unbooked_parts(self):
        sold = SQL(
            """
            SELECT sold.product_id, place.warehouse_id, NULL::timestamp, -sold.quantity
            FROM (%s) AS sold
            JOIN goods ON goods.id = sold.product_id
            JOIN place ON place.id = sold.location_id
            """,
            self._sql_unbooked(),
        )
        rows = self._load_unbooked_kits()
        if not rows:
            return [sold]
        kits = SQL(
            """
            SELECT part.product_id, place.warehouse_id, NULL::timestamp, -part.quantity
            FROM (VALUES %s) AS part (product_id, location_id, quantity)
            JOIN goods ON goods.id = part.product_id
            JOIN place ON place.id = part.location_id
            """,
            SQL(", ").join(SQL("(%s, %s, %s::numeric)", *row) for row in rows),
        )
        return [sold, kits]

    def _load_unbooked_kits(self):
        """``[(part, location, quantity)]`` of kits that tills have sold.

        One query more where there are bills of materials, and those of the kits while
        some were sold.
        """
        if "mrp.bom" not in self.env:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT sold.product_id, sold.location_id, sold.company_id,
                       sum(sold.quantity)::float8
                FROM (%s) AS sold
                JOIN product_product product ON product.id = sold.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                WHERE EXISTS (SELECT FROM mrp_bom bom WHERE bom.active
                    AND bom.type = 'phantom' AND bom.product_tmpl_id = template.id)
                GROUP BY sold.product_id, sold.location_id, sold.company_id
                """,
                self._sql_unbooked(),
            )
        )
        parts = []
        for product_id, location_id, company_id, quantity in rows:
            kit = self.browse(product_id)
            company = self.env["res.company"].browse(company_id)
            for made_of in kit._get_stored_parts(company).values():
                parts += [
                    (part.id, location_id, quantity * per_kit)
                    for part, per_kit in made_of.items()
                    # one that became a part of itself is what it is
                    if part != kit
                ]
        return parts

    def _sql_unbooked(self):
        """Rows (product_id, location_id, company_id, quantity) that will be booked when
        their sessions are closed, and what open orders of chosen tills hold."""
        return SQL(
            """
            SELECT line.product_id, sale.company_id, line.qty AS quantity,
                   CASE WHEN line.qty > 0 THEN type.default_location_src_id
                   ELSE COALESCE(back.default_location_dest_id,
                                 type.default_location_src_id) END AS location_id
            FROM pos_order sale
            JOIN pos_session session ON session.id = sale.session_id
            JOIN pos_config config ON config.id = session.config_id
            JOIN stock_picking_type type ON type.id = config.picking_type_id
            LEFT JOIN stock_picking_type back ON back.id = type.return_picking_type_id
            JOIN res_company company ON company.id = sale.company_id
            JOIN pos_order_line line ON line.order_id = sale.id
            WHERE sale.session_id = ANY(ARRAY(
                    SELECT id FROM pos_session WHERE state <> 'closed'))
              AND CASE
                WHEN sale.state = 'draft'
                    THEN config.counts_open_orders AND line.qty > 0
                WHEN sale.state = 'cancel' THEN FALSE
                ELSE session.update_stock_at_closing AND sale.shipping_date IS NULL
                    AND NOT (COALESCE(company.anglo_saxon_accounting, FALSE)
                             AND sale.account_move IS NOT NULL)
                    -- it is being closed: its transfers are there
                    AND NOT EXISTS (SELECT FROM stock_picking picking
                        WHERE picking.pos_session_id = session.id
                          AND picking.pos_order_id IS NULL)
                END
            """,
            to_flush=[
                self.env[model]._fields[name]
                for model, names in _READ.items()
                for name in names
            ],
        )


#: fields that the query reads, to be flushed before it
_READ = {
    "pos.config": ("counts_open_orders", "picking_type_id"),
    "pos.order": ("account_move", "company_id", "session_id", "shipping_date", "state"),
    "pos.order.line": ("order_id", "product_id", "qty"),
    "pos.session": ("config_id", "state", "update_stock_at_closing"),
    "res.company": ("anglo_saxon_accounting",),
    "stock.picking": ("pos_order_id", "pos_session_id"),
    "stock.picking.type": (
        "default_location_dest_id",
        "default_location_src_id",
        "return_picking_type_id",
    ),
}

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.tools import SQL


class OrderQuantityReport(models.Model):
    """One order line: what was ordered, approved, held, reserved, shipped, returned and
    invoiced of it, side by side.

    Quantities are in the product's unit, so that they add up; amounts are untaxed, in
    the company's currency. What is told about a line is looked up for that line, by its
    indexes: a filter on orders, period or customer costs no more than their lines.
    """

    _name = "order.quantity.report"
    _inherit = "order.line.report.mixin"
    _description = "Order Quantities"
    _auto = False
    _order = "date_order desc, order_id desc, sequence, id"
    _rec_name = "sale_line_id"
    _depends = {
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "uom_id"],
        "res.company": ["currency_id"],
        "sale.order": [
            "approval_state",
            "company_id",
            "currency_rate",
            "date_order",
            "partner_id",
            "sale_channel_id",
            "state",
            "team_id",
            "user_id",
            "warehouse_id",
        ],
        "sale.order.line": [
            "approval_mode",
            "approved_qty",
            "cut_reason",
            "display_type",
            "is_downpayment",
            "net_shipped_qty",
            "order_id",
            "price_subtotal",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
            "qty_delivered",
            "qty_invoiced",
            "sequence",
        ],
        "stock.hold": ["quantity", "sale_line_id", "state"],
        "stock.location": ["company_id", "usage"],
        "stock.move": ["product_id", "sale_line_id", "state"],
        "stock.move.line": [
            "location_dest_id",
            "location_id",
            "move_id",
            "product_uom_id",
            "quantity",
        ],
        "uom.uom": ["factor"],
    }

    sale_line_id = fields.Many2one("sale.order.line", "Order Line", readonly=True)
    sequence = fields.Integer(readonly=True, aggregator=False)
    cut_reason = fields.Char("Reason", readonly=True)
    ordered_qty = fields.Float("Ordered", digits="Product Unit", readonly=True)
    approved_qty = fields.Float("Approved", digits="Product Unit", readonly=True)
    held_qty = fields.Float(
        "Held",
        digits="Product Unit",
        readonly=True,
        help="Promised by an active hold of this line.",
    )
    reserved_qty = fields.Float("Reserved", digits="Product Unit", readonly=True)
    shipped_qty = fields.Float(
        "Shipped",
        digits="Product Unit",
        readonly=True,
        help="Left for the customer, whatever came back; of kits and services what is "
        "delivered.",
    )
    returned_qty = fields.Float("Returned", digits="Product Unit", readonly=True)
    invoiced_qty = fields.Float("Invoiced", digits="Product Unit", readonly=True)
    cut_qty = fields.Float(
        "Cut",
        digits="Product Unit",
        readonly=True,
        help="Ordered and not approved.",
    )
    open_qty = fields.Float(
        "To Ship",
        digits="Product Unit",
        readonly=True,
        help="Approved and not at the customer.",
    )
    uninvoiced_qty = fields.Float(
        "Delivered, Not Invoiced",
        digits="Product Unit",
        readonly=True,
        help="At the customer and on no invoice yet.",
    )
    undelivered_qty = fields.Float(
        "Invoiced, Not Delivered",
        digits="Product Unit",
        readonly=True,
        help="Invoiced, less credited, and not at the customer.",
    )
    uninvoiced_amount = fields.Monetary("To Be Invoiced", readonly=True)
    undelivered_amount = fields.Monetary("To Be Delivered", readonly=True)
    ordered_amount = fields.Monetary(readonly=True)
    cut_amount = fields.Monetary(
        "Amount Cut", readonly=True, help="What the cut quantity would have sold for."
    )

    @property
    def _table_query(self):
        return SQL(
            "SELECT *, uninvoiced_qty * unit_amount AS uninvoiced_amount,"
            " undelivered_qty * unit_amount AS undelivered_amount,"
            " cut_qty * unit_amount AS cut_amount FROM (SELECT *,"
            " GREATEST(ordered_qty - approved_qty, 0) AS cut_qty,"
            " CASE WHEN state = 'sale' THEN"
            " GREATEST(approved_qty - shipped_qty + returned_qty, 0) ELSE 0 END"
            " AS open_qty, CASE WHEN state = 'sale' THEN"
            " GREATEST(shipped_qty - returned_qty - invoiced_qty, 0) ELSE 0 END"
            " AS uninvoiced_qty,"
            " GREATEST(invoiced_qty - shipped_qty + returned_qty, 0)"
            " AS undelivered_qty,"
            " CASE WHEN ordered_qty > 0 THEN ordered_amount / ordered_qty ELSE 0 END"
            " AS unit_amount FROM (SELECT %s FROM %s WHERE %s) AS figures) AS sums",
            self._select(),
            self._from(),
            self._where(),
        )

    def _select(self):
        return SQL(
            """
            line.id, line.id AS sale_line_id, line.order_id, line.sequence,
            o.company_id, company.currency_id, o.partner_id,
            o.sale_channel_id AS channel_id, o.warehouse_id, o.user_id, o.team_id,
            line.product_id, template.categ_id, template.uom_id AS product_uom_id,
            o.date_order, o.state, o.approval_state, line.cut_reason,
            own.ordered_qty, own.approved_qty, own.invoiced_qty,
            COALESCE(held.quantity, 0) AS held_qty,
            COALESCE(moved.reserved, 0) AS reserved_qty,
            CASE WHEN moved.parts > 0 THEN COALESCE(moved.shipped, 0)
                ELSE own.delivered_qty END AS shipped_qty,
            COALESCE(moved.returned, 0) AS returned_qty,
            line.price_subtotal / COALESCE(NULLIF(o.currency_rate, 0), 1)
                AS ordered_amount
            """
        )

    def _from(self):
        return SQL(
            """
            sale_order_line line
            JOIN sale_order o ON o.id = line.order_id
            JOIN res_company company ON company.id = o.company_id
            JOIN product_product product ON product.id = line.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            JOIN uom_uom uom ON uom.id = template.uom_id
            JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
            CROSS JOIN LATERAL (
                SELECT line_uom.factor / uom.factor AS factor OFFSET 0) unit
            CROSS JOIN LATERAL (SELECT %(own)s OFFSET 0) own
            LEFT JOIN LATERAL (%(held)s) held ON TRUE
            LEFT JOIN LATERAL (%(moved)s) moved ON TRUE
            """,
            own=SQL(", ").join(
                SQL("%s * unit.factor AS %s", quantity, SQL.identifier(name))
                for name, quantity in self._get_own_quantities().items()
            ),
            held=self._select_held(),
            moved=self._select_moved(),
        )

    def _get_own_quantities(self):
        """``{column: SQL}`` of what a line itself says, in its own unit.

        They stand in a select that PostgreSQL does not dissolve (``OFFSET 0``): it
        would reckon each of them anew in each of the figures that are made of them.
        """
        return {
            "ordered_qty": SQL("line.product_uom_qty"),
            "approved_qty": SQL(
                "CASE WHEN COALESCE(line.approval_mode, 'none') = 'none'"
                " THEN GREATEST(line.product_uom_qty, 0)"
                " ELSE COALESCE(line.approved_qty, 0) END"
            ),
            "delivered_qty": SQL("COALESCE(line.qty_delivered, 0)"),
            "invoiced_qty": SQL("COALESCE(line.qty_invoiced, 0)"),
        }

    def _where(self):
        return SQL("line.display_type IS NULL AND line.is_downpayment IS NOT TRUE")

    def _select_held(self):
        return SQL(
            "SELECT SUM(hold.quantity) AS quantity FROM stock_hold hold"
            " WHERE hold.sale_line_id = line.id AND hold.state = 'active'"
        )

    def _select_moved(self):
        """What stock did for a line, by the rule of ``net_shipped_qty``."""
        lines = self.env["sale.order.line"]
        return SQL(
            """
            SELECT count(*) AS parts,
                SUM(piece.quantity) FILTER (
                    WHERE done AND to_customer AND NOT from_customer) AS shipped,
                SUM(piece.quantity) FILTER (WHERE done AND from_customer
                    AND NOT to_customer AND NOT lost) AS returned,
                SUM(piece.quantity) FILTER (
                    WHERE NOT done AND NOT from_customer) AS reserved
            FROM (
                SELECT part.quantity * part_uom.factor / uom.factor AS quantity,
                    move.state = 'done' AS done, dest.usage = 'inventory' AS lost,
                    %(to_customer)s AS to_customer, %(from_customer)s AS from_customer
                FROM stock_move move
                JOIN stock_move_line part ON part.move_id = move.id
                JOIN uom_uom part_uom ON part_uom.id = part.product_uom_id
                JOIN stock_location src ON src.id = part.location_id
                JOIN stock_location dest ON dest.id = part.location_dest_id
                WHERE move.sale_line_id = line.id AND move.state <> 'cancel'
                  AND move.product_id = line.product_id
            ) piece
            """,
            to_customer=lines._sql_is_customer_side(SQL.identifier("dest")),
            from_customer=lines._sql_is_customer_side(SQL.identifier("src")),
        )

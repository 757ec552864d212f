# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class DistributionCountedSales(models.Model):
    """Sales as they count for a representative: delivered, and paid where the company
    says so; what comes back is taken off in the month it comes back.

    A row for each line of an order and month in which goods moved. Values are without
    taxes, in the company's currency at the order's rate. Services count when they are
    marked as delivered, in the month of the order.
    """

    _name = "distribution.counted.sales"
    _description = "Counted Sales"
    _auto = False
    _order = "month desc, id"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", readonly=True)
    line_id = fields.Many2one("sale.order.line", "Order Line", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Sales Representative", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    member_id = fields.Many2one("distribution.member", readonly=True)
    territory_id = fields.Many2one("distribution.territory", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", readonly=True)
    month = fields.Date(readonly=True, help="The first day of the month.")
    delivered_qty = fields.Float("Delivered", digits="Product Unit", readonly=True)
    returned_qty = fields.Float("Returned", digits="Product Unit", readonly=True)
    delivered_value = fields.Monetary("Value Delivered", readonly=True)
    returned_value = fields.Monetary("Value Returned", readonly=True)
    paid_share = fields.Float(
        "Paid", readonly=True, aggregator="avg", help="Of the order's invoices, 0 to 1."
    )
    counted_qty = fields.Float("Counted", digits="Product Unit", readonly=True)
    counted_value = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY line.id, moved.month)::int AS id,
                line.id AS line_id, o.id AS order_id, o.company_id,
                company.currency_id, COALESCE(member.user_id, o.user_id) AS user_id,
                partner.commercial_partner_id AS partner_id, member.id AS member_id,
                member.territory_id, line.product_id, template.categ_id,
                moved.month, moved.delivered AS delivered_qty,
                moved.returned AS returned_qty,
                moved.delivered * unit.price AS delivered_value,
                moved.returned * unit.price AS returned_value,
                paid.share AS paid_share,
                (moved.delivered - moved.returned) * counted.share AS counted_qty,
                (moved.delivered - moved.returned) * unit.price * counted.share
                    AS counted_value
            FROM (%(moved)s) moved
            JOIN sale_order_line line ON line.id = moved.line_id
            JOIN sale_order o ON o.id = line.order_id AND o.state = 'sale'
            JOIN res_company company ON company.id = o.company_id
            JOIN res_partner partner ON partner.id = o.partner_id
            JOIN product_product product ON product.id = line.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN distribution_member member
              ON member.partner_id = partner.commercial_partner_id
             AND member.company_id = o.company_id
            CROSS JOIN LATERAL (
                SELECT COALESCE(line.price_subtotal / NULLIF(line.product_uom_qty, 0),
                    line.price_unit * (1 - COALESCE(line.discount, 0) / 100))
                    / COALESCE(NULLIF(o.currency_rate, 0), 1) AS price
            ) unit
            LEFT JOIN LATERAL (%(paid)s) paid ON TRUE
            CROSS JOIN LATERAL (
                SELECT CASE WHEN company.distribution_paid_sales
                    THEN COALESCE(paid.share, 0) ELSE 1 END AS share
            ) counted
            """,
            moved=self._sql_moved(),
            paid=self._sql_paid(),
        )

    def _sql_moved(self):
        """What left for customers and came back, a row a line and month."""
        return SQL(
            """
            SELECT move.sale_line_id AS line_id,
                date_trunc('month', move.date AT TIME ZONE 'UTC'
                    AT TIME ZONE COALESCE(home.tz, 'UTC'))::date AS month,
                SUM(CASE WHEN dest.usage = 'customer' AND src.usage <> 'customer'
                    THEN quantity.done ELSE 0 END) AS delivered,
                SUM(CASE WHEN src.usage = 'customer' AND dest.usage <> 'customer'
                    THEN quantity.done ELSE 0 END) AS returned
            FROM stock_move move
            JOIN stock_location src ON src.id = move.location_id
            JOIN stock_location dest ON dest.id = move.location_dest_id
            JOIN sale_order_line line ON line.id = move.sale_line_id
             AND line.product_id = move.product_id
            JOIN res_company company ON company.id = line.company_id
            JOIN res_partner home ON home.id = company.partner_id
            JOIN uom_uom move_uom ON move_uom.id = move.product_uom
            JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
            CROSS JOIN LATERAL (
                SELECT move.quantity * move_uom.factor / line_uom.factor AS done
            ) quantity
            WHERE move.state = 'done' AND (src.usage = 'customer')
                <> (dest.usage = 'customer')
            GROUP BY 1, 2
            UNION ALL
            SELECT line.id, date_trunc('month', o.date_order AT TIME ZONE 'UTC'
                    AT TIME ZONE COALESCE(home.tz, 'UTC'))::date,
                line.qty_delivered, 0
            FROM sale_order_line line
            JOIN sale_order o ON o.id = line.order_id AND o.state = 'sale'
            JOIN res_company company ON company.id = line.company_id
            JOIN res_partner home ON home.id = company.partner_id
            WHERE line.qty_delivered_method <> 'stock_move' AND line.qty_delivered <> 0
              AND line.is_downpayment IS NOT TRUE AND line.display_type IS NULL
            UNION ALL
            %s
            """,
            self._sql_moved_kits(),
        )

    def _sql_moved_kits(self):
        """Kits: their components moved, whole kits count (``qty_delivered``).

        Each component says how many of it make a kit: what is with the customer by the
        kits that are; when everything came back, what was asked for by the kits
        ordered. A month's kits are the mean of what its components make.
        """
        return SQL(
            """
            SELECT moved.line_id, moved.month,
                COALESCE(SUM(moved.gone / part.per_kit) / MAX(part.parts), 0),
                COALESCE(SUM(moved.back / part.per_kit) / MAX(part.parts), 0)
            FROM (
                SELECT line_id, product_id, month, SUM(gone) AS gone, SUM(back) AS back
                FROM (%(moves)s) part WHERE state = 'done' GROUP BY 1, 2, 3
            ) moved
            JOIN (
                SELECT line_id, product_id,
                    COUNT(*) OVER (PARTITION BY line_id) AS parts,
                    NULLIF(CASE WHEN SUM(gone - back) > 0
                        THEN SUM(gone - back) / NULLIF(MAX(delivered), 0)
                        ELSE SUM(wanted) / NULLIF(MAX(ordered), 0) END, 0) AS per_kit
                FROM (%(moves)s) part GROUP BY line_id, product_id
            ) part ON part.line_id = moved.line_id
             AND part.product_id = moved.product_id
            GROUP BY 1, 2
            """,
            moves=self._sql_kit_moves(),
        )

    def _sql_kit_moves(self):
        return SQL(
            """
            SELECT move.sale_line_id AS line_id, move.product_id, move.state,
                line.qty_delivered AS delivered,
                CASE WHEN COALESCE(line.approval_mode, 'none') = 'none'
                    THEN line.product_uom_qty ELSE line.approved_qty END AS ordered,
                date_trunc('month', move.date AT TIME ZONE 'UTC'
                    AT TIME ZONE COALESCE(home.tz, 'UTC'))::date AS month,
                CASE WHEN dest.usage = 'customer' THEN move.product_qty ELSE 0 END
                    AS wanted,
                CASE WHEN dest.usage = 'customer' THEN quantity.done ELSE 0 END AS gone,
                CASE WHEN src.usage = 'customer' THEN quantity.done ELSE 0 END AS back
            FROM stock_move move
            JOIN stock_location src ON src.id = move.location_id
            JOIN stock_location dest ON dest.id = move.location_dest_id
            JOIN sale_order_line line ON line.id = move.sale_line_id
             AND line.product_id <> move.product_id
            JOIN res_company company ON company.id = line.company_id
            JOIN res_partner home ON home.id = company.partner_id
            JOIN product_product product ON product.id = move.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            JOIN uom_uom move_uom ON move_uom.id = move.product_uom
            JOIN uom_uom own_uom ON own_uom.id = template.uom_id
            CROSS JOIN LATERAL (
                SELECT CASE WHEN move.state = 'done'
                    THEN move.quantity * move_uom.factor / own_uom.factor
                    ELSE 0 END AS done
            ) quantity
            WHERE (src.usage = 'customer') <> (dest.usage = 'customer')
            """
        )

    def _sql_paid(self):
        """The paid share of what the order's posted invoices ask for."""
        return SQL(
            """
            SELECT LEAST(GREATEST(1 - SUM(invoice.amount_residual)
                / NULLIF(SUM(invoice.amount_total), 0), 0), 1) AS share
            FROM (
                SELECT DISTINCT move.id, move.amount_residual, move.amount_total
                FROM sale_order_line other
                JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = other.id
                JOIN account_move_line item ON item.id = rel.invoice_line_id
                JOIN account_move move ON move.id = item.move_id
                 AND move.state = 'posted' AND move.move_type = 'out_invoice'
                WHERE other.order_id = o.id
            ) invoice
            """
        )

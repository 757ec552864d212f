# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime
from typing import Any, NamedTuple

from odoo import models
from odoo.tools import SQL


class Moment(NamedTuple):
    """The company, its today, its time zone, and now in UTC."""

    company: Any
    today: date
    zone: str
    now: datetime


class CustomerSnapshot(models.Model):
    """Where the figures come from.

    A purchase is a confirmed order, or a posted invoice that belongs to no order, on
    the day of the company's clock. What came back is what posted credit notes say.
    """

    _inherit = "customer.snapshot"

    def _get_figure_queries(self):
        """Hook: what is known of customers, one query for each source.

        A query joins the temporary table ``customer_scope`` (partner_id: any contact,
        commercial_id: the customer, company_id: the one company that is computed) and
        gives one row for each customer: ``partner_id``, ``company_id``, and columns
        named as fields of this model. Customers without a row have zero.

        :return: [(SQL, [names of its columns besides partner_id and company_id])]
        """
        moment = self.env.context["customer_moment"]
        return [
            self._get_amount_query(moment),
            self._get_rhythm_figures(),
            self._get_month_query(moment),
            self._get_order_query(moment),
            self._get_balance_query(moment),
            self._get_lead_query(moment),
            self._get_margin_query(moment),
            self._get_product_query(moment),
            self._get_category_query(moment),
        ]

    def _get_base_query(self, moment):
        """The customers that get a row: quoted, sold, billed, or a lead."""
        return SQL(
            """
            SELECT p.id AS partner_id, p.active, p.user_id, u.sale_team_id AS team_id
            FROM res_partner p
            LEFT JOIN res_users u ON u.id = p.user_id
            WHERE p.id IN (
                SELECT partner_id FROM customer_order
                UNION
                SELECT s.commercial_id FROM customer_scope s
                JOIN account_move m ON m.partner_id = s.partner_id
                WHERE m.company_id = %(company)s AND m.state = 'posted'
                    AND m.move_type IN ('out_invoice', 'out_refund')
                UNION
                SELECT s.commercial_id FROM customer_scope s
                JOIN crm_lead l ON l.partner_id = s.partner_id
                WHERE COALESCE(l.company_id, %(company)s) = %(company)s
                UNION
                SELECT s.commercial_id FROM customer_scope s
                JOIN customer_snapshot c ON c.partner_id = s.commercial_id
                WHERE c.company_id = %(company)s
            )
            """,
            company=moment.company.id,
        )

    def _get_scope_order_query(self, moment):
        """All orders of ``customer_scope``, what of them any figure needs."""
        return SQL(
            """
            SELECT o.id AS order_id, s.commercial_id AS partner_id, o.state,
                o.invoice_status, o.date_order, o.create_date, o.source_id,
                o.amount_untaxed / COALESCE(NULLIF(o.currency_rate, 0), 1) AS amount,
                COALESCE(NULLIF(o.currency_rate, 0), 1) AS rate
            FROM sale_order o
            JOIN customer_scope s ON s.partner_id = o.partner_id
            WHERE o.company_id = %s
            """,
            moment.company.id,
        )

    def _get_purchase_query(self, moment):
        """Purchases and, with ``purchases`` 0 and a negative amount, what came back.

        What is dated after today counts when its day has come.
        """
        return SQL(
            """
            SELECT * FROM (
            SELECT partner_id,
                (date_order AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day,
                amount, 1 AS purchases, order_id, NULL::integer AS move_id
            FROM customer_order WHERE state = 'sale'
            UNION ALL
            SELECT s.commercial_id, m.invoice_date, m.amount_untaxed_signed,
                1, NULL, m.id
            FROM account_move m
            JOIN customer_scope s ON s.partner_id = m.partner_id
            WHERE m.state = 'posted' AND m.move_type = 'out_invoice'
                AND m.company_id = %(company)s AND NOT %(has_order)s
            UNION ALL
            SELECT s.commercial_id, m.invoice_date, m.amount_untaxed_signed,
                0, NULL, NULL
            FROM account_move m
            JOIN customer_scope s ON s.partner_id = m.partner_id
            WHERE m.state = 'posted' AND m.move_type = 'out_refund'
                AND m.company_id = %(company)s AND NOT %(has_order)s
            UNION ALL
            %(returned)s
            ) p WHERE day <= %(today)s
            """,
            today=moment.today,
            zone=moment.zone,
            company=moment.company.id,
            has_order=SQL(
                "EXISTS (SELECT FROM account_move_line l"
                " JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id"
                " WHERE l.move_id = m.id)"
            ),
            returned=self._get_returned_query(moment),
        )

    def _get_returned_query(self, moment):
        """Credit notes of orders, less what was billed again.

        An invoice that was credited and written anew has cost the customer nothing: of
        an order's credit notes only what exceeds "billed beyond the order" came back.
        """
        return SQL(
            """
            SELECT i.partner_id, i.day,
                LEAST(0, i.refunded + GREATEST(0, i.billed
                    - o.amount_untaxed / COALESCE(NULLIF(o.currency_rate, 0), 1))),
                0, NULL, NULL
            FROM (
                SELECT s.commercial_id AS partner_id, t.order_id,
                    MAX(m.invoice_date) FILTER (WHERE m.move_type = 'out_refund')
                        AS day,
                    -SUM(l.balance) FILTER (WHERE m.move_type = 'out_refund')
                        AS refunded,
                    COALESCE(-SUM(l.balance)
                        FILTER (WHERE m.move_type = 'out_invoice'), 0) AS billed
                FROM (
                    SELECT DISTINCT ol.order_id
                    FROM account_move n
                    JOIN account_move_line nl ON nl.move_id = n.id
                    JOIN sale_order_line_invoice_rel nr ON nr.invoice_line_id = nl.id
                    JOIN sale_order_line ol ON ol.id = nr.order_line_id
                    JOIN customer_scope os ON os.partner_id = ol.order_partner_id
                    WHERE n.state = 'posted' AND n.move_type = 'out_refund'
                        AND n.company_id = %(company)s
                ) t
                JOIN sale_order so ON so.id = t.order_id
                JOIN customer_scope s ON s.partner_id = so.partner_id
                JOIN sale_order_line sl ON sl.order_id = t.order_id
                JOIN sale_order_line_invoice_rel r ON r.order_line_id = sl.id
                JOIN account_move_line l ON l.id = r.invoice_line_id
                JOIN account_move m ON m.id = l.move_id AND m.state = 'posted'
                GROUP BY s.commercial_id, t.order_id
            ) i
            JOIN sale_order o ON o.id = i.order_id AND o.state = 'sale'
            """,
            company=moment.company.id,
        )

    def _get_line_query(self, moment):
        """What was bought of each product, and what it cost, in the company's currency.

        Orders keep their margin where an addon writes one; else today's cost counts.
        """
        # what an addon adds to order lines may be read, and need not be there
        kept = "margin" in self.env["sale.order.line"]._fields
        cost = SQL(
            "l.product_uom_qty * COALESCE(u.factor / NULLIF(pu.factor, 0), 1)"
            " * COALESCE((pp.standard_price ->> %s)::numeric, 0)",
            str(moment.company.id),
        )
        rate = SQL("o.rate")
        margin = SQL("l.price_subtotal / %s - %s", rate, cost)
        if kept:
            margin = SQL("COALESCE(l.margin / %s, %s)", rate, margin)
        return SQL(
            """
            SELECT c.partner_id, l.product_id, t.categ_id,
                SUM(l.price_subtotal / %(rate)s) AS amount,
                SUM(l.product_uom_qty * COALESCE(u.factor / NULLIF(pu.factor, 0), 1))
                    AS quantity,
                SUM(%(margin)s) AS margin,
                SUM(%(margin)s) FILTER (WHERE c.day > %(start)s) AS margin_12m,
                SUM(l.price_subtotal / %(rate)s) FILTER (WHERE c.day > %(start)s)
                    AS amount_12m
            FROM customer_purchase c
            JOIN customer_order o ON o.order_id = c.order_id
            JOIN sale_order_line l ON l.order_id = c.order_id
                AND l.display_type IS NULL
            LEFT JOIN product_product pp ON pp.id = l.product_id
            LEFT JOIN product_template t ON t.id = pp.product_tmpl_id
            LEFT JOIN uom_uom u ON u.id = l.product_uom_id
            LEFT JOIN uom_uom pu ON pu.id = t.uom_id
            WHERE NOT COALESCE(l.is_downpayment, FALSE)
            GROUP BY 1, 2, 3
            """,
            rate=rate,
            margin=margin,
            start=self._get_year_start(moment),
        )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import SQL

#: months that are kept one by one
MONTHS = 24


class CustomerSnapshot(models.Model):
    """The figure queries of this addon."""

    _inherit = "customer.snapshot"

    def _get_year_start(self, moment):
        return moment.today - relativedelta(days=365)

    def _get_amount_query(self, moment):
        """Sums. What begins with ``figure_`` is no field: others build on it."""
        window = moment.company.rfm_window_days or 365
        query = SQL(
            """
            SELECT partner_id, %(company)s AS company_id,
                SUM(purchases) AS order_count,
                (SUM(purchases) > 1)::integer AS repeat_rate,
                SUM(amount) AS revenue_total,
                SUM(amount) FILTER (WHERE day > %(year)s) AS revenue_12m,
                SUM(amount) / NULLIF(SUM(purchases), 0) AS average_order,
                SUM(amount) FILTER (WHERE purchases > 0) AS figure_gross,
                SUM(amount) FILTER (WHERE purchases > 0 AND day > %(year)s)
                    AS figure_gross_12m,
                SUM(amount) FILTER (WHERE day > %(half)s) AS figure_late,
                SUM(amount) FILTER (WHERE day > %(before)s AND day <= %(half)s)
                    AS figure_early,
                SUM(purchases) FILTER (WHERE day > %(window)s) AS figure_frequency,
                SUM(amount) FILTER (WHERE day > %(window)s) AS figure_money
            FROM customer_purchase GROUP BY partner_id
            """,
            company=moment.company.id,
            year=self._get_year_start(moment),
            half=moment.today - relativedelta(days=180),
            before=moment.today - relativedelta(days=360),
            window=moment.today - relativedelta(days=window),
        )
        names = "order_count repeat_rate revenue_total revenue_12m average_order"
        names += " figure_gross figure_gross_12m figure_late figure_early"
        return query, f"{names} figure_frequency figure_money".split()

    def _get_rhythm_figures(self):
        names = "first_order_date last_order_date churn_repeats days_since_last"
        return SQL("SELECT * FROM customer_rhythm"), [*names.split(), "interval_days"]

    def _get_rhythm_query(self, moment):
        """First and last day, and the median of what lies between days."""
        return SQL(
            """
            SELECT partner_id, %(company)s AS company_id,
                MIN(day) AS first_order_date, MAX(day) AS last_order_date,
                COUNT(*) - 1 AS churn_repeats,
                GREATEST(%(today)s - MAX(day), 0) AS days_since_last,
                CASE WHEN COUNT(*) >= 3
                    THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY gap)
                END AS interval_days
            FROM (
                SELECT partner_id, day,
                    day - LAG(day) OVER (PARTITION BY partner_id ORDER BY day) AS gap
                FROM customer_purchase WHERE purchases > 0
                GROUP BY partner_id, day
            ) d
            GROUP BY partner_id
            """,
            company=moment.company.id,
            today=moment.today,
        )

    def _get_month_query(self, moment):
        start = moment.today.replace(day=1) - relativedelta(months=MONTHS - 1)
        query = SQL(
            """
            SELECT partner_id, %(company)s AS company_id,
                jsonb_object_agg(month, ROUND(amount, 2)) AS month_values
            FROM (
                SELECT partner_id, to_char(day, 'YYYY-MM') AS month,
                    SUM(amount) AS amount
                FROM customer_purchase WHERE day >= %(start)s GROUP BY 1, 2
            ) m
            GROUP BY partner_id
            """,
            company=moment.company.id,
            start=start,
        )
        return query, ["month_values"]

    def _get_order_query(self, moment):
        """Quotations, and confirmed orders that are not billed yet."""
        query = SQL(
            """
            SELECT partner_id, %s AS company_id,
                COUNT(*) FILTER (WHERE state IN ('draft', 'sent')) AS quote_count,
                SUM(amount) FILTER (WHERE state IN ('draft', 'sent')) AS quote_amount,
                COUNT(*) FILTER (WHERE state = 'sale') AS open_order_count,
                SUM(amount - COALESCE((
                    SELECT SUM(l.untaxed_amount_invoiced) FROM sale_order_line l
                    WHERE l.order_id = o.order_id
                ), 0) / rate) FILTER (WHERE state = 'sale') AS open_order_amount
            FROM customer_order o
            WHERE state IN ('draft', 'sent')
                OR state = 'sale' AND invoice_status IN ('no', 'to invoice')
            GROUP BY 1
            """,
            moment.company.id,
        )
        names = "quote_count quote_amount open_order_count open_order_amount"
        return query, names.split()

    def _get_balance_query(self, moment):
        query = SQL(
            """
            SELECT s.commercial_id AS partner_id, s.company_id,
                SUM(l.amount_residual) AS balance_due,
                SUM(l.amount_residual) FILTER (WHERE l.date_maturity < %(today)s)
                    AS overdue_due
            FROM account_move_line l
            JOIN account_account a ON a.id = l.account_id
                AND a.account_type = 'asset_receivable'
            JOIN customer_scope s ON s.partner_id = l.partner_id
            WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                AND l.reconciled IS NOT TRUE
            GROUP BY 1, 2
            """,
            company=moment.company.id,
            today=moment.today,
        )
        return query, ["balance_due", "overdue_due"]

    def _get_lead_query(self, moment):
        """Open leads; the source is that of the first lead, else of the first order."""
        query = SQL(
            """
            SELECT partner_id, %(company)s AS company_id,
                SUM(open) AS lead_count,
                (array_agg(source_id ORDER BY rank, created)
                    FILTER (WHERE source_id IS NOT NULL))[1] AS lead_source_id
            FROM (
                SELECT s.commercial_id AS partner_id, l.source_id,
                    l.create_date AS created, 0 AS rank,
                    (l.active AND l.won_status = 'pending')::integer AS open
                FROM crm_lead l JOIN customer_scope s ON s.partner_id = l.partner_id
                WHERE COALESCE(l.company_id, %(company)s) = %(company)s
                UNION ALL
                SELECT partner_id, source_id, create_date, 1, 0
                FROM customer_order WHERE source_id IS NOT NULL
            ) l
            GROUP BY partner_id
            """,
            company=moment.company.id,
        )
        return query, ["lead_count", "lead_source_id"]

    def _get_margin_query(self, moment):
        """Margins of lines; what came back takes its share of them off."""
        query = SQL(
            """
            SELECT l.partner_id, %(company)s AS company_id,
                l.margin * COALESCE(p.net / NULLIF(p.gross, 0), 1) AS margin_total,
                l.margin_12m * COALESCE(p.net_12m / NULLIF(p.gross_12m, 0), 1)
                    AS margin_12m
            FROM (
                SELECT partner_id, SUM(margin) AS margin,
                    SUM(margin_12m) AS margin_12m
                FROM customer_line GROUP BY partner_id
            ) l
            JOIN (
                SELECT partner_id, SUM(amount) AS net,
                    SUM(amount) FILTER (WHERE purchases > 0) AS gross,
                    SUM(amount) FILTER (WHERE day > %(year)s) AS net_12m,
                    SUM(amount) FILTER (WHERE purchases > 0 AND day > %(year)s)
                        AS gross_12m
                FROM customer_purchase GROUP BY partner_id
            ) p ON p.partner_id = l.partner_id
            """,
            company=moment.company.id,
            year=self._get_year_start(moment),
        )
        return query, ["margin_total", "margin_12m"]

    def _get_product_query(self, moment):
        """The five products that brought most."""
        query = SQL(
            """
            SELECT partner_id, %s AS company_id,
                jsonb_agg(jsonb_build_object('id', product_id, 'amount',
                    ROUND(amount, 2), 'quantity', ROUND(quantity::numeric, 2))
                    ORDER BY place) AS top_products
            FROM (
                SELECT *, ROW_NUMBER() OVER (
                    PARTITION BY partner_id ORDER BY amount DESC, product_id
                ) AS place
                FROM customer_line WHERE product_id IS NOT NULL
            ) l
            WHERE place <= 5 GROUP BY partner_id
            """,
            moment.company.id,
        )
        return query, ["top_products"]

    def _get_category_query(self, moment):
        query = SQL(
            """
            SELECT DISTINCT ON (partner_id) partner_id, %s AS company_id,
                categ_id AS preferred_category_id
            FROM (
                SELECT partner_id, categ_id, SUM(amount) AS amount
                FROM customer_line WHERE categ_id IS NOT NULL GROUP BY 1, 2
            ) l
            ORDER BY partner_id, amount DESC, categ_id
            """,
            moment.company.id,
        )
        return query, ["preferred_category_id"]

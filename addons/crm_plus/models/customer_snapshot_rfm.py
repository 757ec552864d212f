# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import SQL

from ..rfm import MIN_CUSTOMERS, SEGMENTS, parse_cuts

#: where nobody said what much money is: shares of the average customer
_MONEY_SHARES = (0.25, 0.5, 1.0, 2.0)


class CustomerSnapshot(models.Model):
    """Recency, frequency and money in a window, from 1 to 5.

    Who bought before the window only has 111; who never bought has no score.
    """

    _inherit = "customer.snapshot"

    def _find_rfm_cuts(self, moment):
        """Find and keep a company's cut-offs: fifths of its customers, or fixed."""
        company = moment.company
        query = SQL(
            """
            SELECT COUNT(*), AVG(m),
                percentile_disc(%(fifths)s) WITHIN GROUP (ORDER BY r),
                percentile_disc(%(fifths)s) WITHIN GROUP (ORDER BY f),
                percentile_disc(%(fifths)s) WITHIN GROUP (ORDER BY m)
            FROM (
                SELECT GREATEST(%(today)s - MAX(day) FILTER (WHERE purchases > 0), 0)
                        AS r,
                    SUM(purchases) AS f, ROUND(SUM(amount), %(digits)s) AS m
                FROM customer_purchase
                JOIN customer_base USING (partner_id)
                WHERE day > %(window)s AND active
                GROUP BY partner_id HAVING SUM(purchases) > 0
            ) p
            """,
            fifths=SQL("ARRAY[0.2, 0.4, 0.6, 0.8]"),
            today=moment.today,
            digits=company.currency_id.decimal_places,
            window=moment.today - relativedelta(days=company.rfm_window_days or 365),
        )
        ((count, average, *fifths),) = self.env.execute_query(query)
        small = count < MIN_CUSTOMERS
        if company.rfm_method == "fixed" or small:
            cuts = self._get_fixed_cuts(company, float(average or 0.0))
        else:
            cuts = [[float(value) for value in values] for values in fifths]
        company.rfm_cuts = {
            **dict(zip("rfm", cuts, strict=True)),
            "customers": count,
            "fixed": company.rfm_method == "fixed" or small,
        }
        self.env.flush_all()

    def _get_fixed_cuts(self, company, average):
        """The cut-offs a person chose; money may be left to shares of the average."""
        if company.rfm_money_cuts:
            money = parse_cuts(company.rfm_money_cuts)
        else:
            digits = company.currency_id.decimal_places
            money = [round(average * share, digits) for share in _MONEY_SHARES]
        return (
            parse_cuts(company.rfm_recency_cuts),
            parse_cuts(company.rfm_frequency_cuts),
            money,
        )

    def _get_rfm_source(self, moment):
        """``r``: the three scores and the place of the segment's name."""
        company = moment.company
        cuts = company.rfm_cuts or dict(
            zip("rfm", self._get_fixed_cuts(company, 0.0), strict=True)
        )
        digits = company.currency_id.decimal_places
        return SQL(
            """
            CROSS JOIN LATERAL (SELECT
                CASE WHEN f.order_count = 0 THEN 0 WHEN f.figure_frequency = 0 THEN 1
                    ELSE 5 - %(recency)s END AS rfm_r,
                CASE WHEN f.order_count = 0 THEN 0 WHEN f.figure_frequency = 0 THEN 1
                    ELSE 1 + %(frequency)s END AS rfm_f,
                CASE WHEN f.order_count = 0 THEN 0 WHEN f.figure_frequency = 0 THEN 1
                    ELSE 1 + %(money)s END AS rfm_m
            ) r
            """,
            recency=self._count_above(SQL("f.days_since_last"), cuts["r"]),
            frequency=self._count_above(SQL("f.figure_frequency"), cuts["f"]),
            money=self._count_above(
                SQL("ROUND(f.figure_money::numeric, %s)", digits), cuts["m"]
            ),
        )

    def _count_above(self, value, cuts):
        """How many cut-offs a value is above, as SQL."""
        # as text: a cut-off must not lose a digit on its way, ties would be torn
        parts = [SQL("(%s > %s::numeric)::integer", value, str(cut)) for cut in cuts]
        return SQL("(%s)", SQL(" + ").join(parts))

    def _get_rfm_columns(self):
        names = SQL(", ").join(
            SQL("ARRAY[%s]", SQL(", ").join(SQL("%s", name) for name in row))
            for row in SEGMENTS
        )
        return {
            "rfm_r": SQL("r.rfm_r"),
            "rfm_f": SQL("r.rfm_f"),
            "rfm_m": SQL("r.rfm_m"),
            "rfm_score": SQL(
                "CASE WHEN r.rfm_r > 0"
                " THEN r.rfm_r::text || r.rfm_f::text || r.rfm_m::text END"
            ),
            "rfm_segment": SQL(
                "CASE WHEN r.rfm_r > 0"
                " THEN (ARRAY[%s])[r.rfm_r][(r.rfm_f + r.rfm_m + 1) / 2] END",
                names,
            ),
        }

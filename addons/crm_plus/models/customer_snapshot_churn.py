# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import SQL

from ..churn import History
from ..churn.rhythm import GONE, LATE, SILENT

#: probabilities of being active from which on a band is left
LOW, WATCH, HIGH = 0.75, 0.5, 0.2
#: chance of another purchase in each band (none, low, watch, high, lost) where too few
#: customers are known for a model
BAND_CHANCES = [None, 1.0, 0.7, 0.4, 0.1]
#: days that the value of a customer is forecast for
AHEAD = 365
#: reasons that are kept
REASONS = 3


class CustomerSnapshot(models.Model):
    """Whether a customer will be back: BG/NBD where it can be fitted, else rhythm."""

    _inherit = "customer.snapshot"

    def _fit_churn_model(self, moment):
        """Fit the company's model when the last one is a month old."""
        models_ = self.env["customer.churn.model"]
        if models_._is_due(moment):
            models_._fit(moment)

    def _make_forecast(self, moment):
        """``customer_forecast``: purchases expected, for each history there is.

        Times are rounded to the model's grain, so that customers share histories.
        """
        model = self.env["customer.churn.model"]._get_latest(moment.company)
        rows = []
        if model.is_fitted:
            grain = model.grain or 1
            histories = self.env.execute_query(
                SQL(
                    "SELECT DISTINCT churn_repeats,"
                    " (last_order_date - first_order_date) / %(grain)s,"
                    " GREATEST(%(today)s - first_order_date, 0) / %(grain)s"
                    " FROM customer_rhythm",
                    grain=grain,
                    today=moment.today,
                )
            )
            fitted = model._get_model()
            rows = [(*row, self._forecast(fitted, row, grain)) for row in histories]
        columns = zip(*rows, strict=True) if rows else ([], [], [], [])
        repeats, recency, age, expected = map(list, columns)
        query = SQL(
            "SELECT * FROM unnest(%s::integer[], %s::integer[], %s::integer[],"
            " %s::float[]) AS t(repeats, recency, age, expected)",
            repeats,
            recency,
            age,
            expected,
        )
        self._make_table("forecast", query)

    def _forecast(self, fitted, row, grain):
        """Purchases in a year; a customer of one purchase may have left, too."""
        repeats, recency, age = row
        history = History(repeats, recency * grain, age * grain)
        expected = fitted.expected_purchases(history, AHEAD)
        if not repeats:
            expected *= fitted.probability_back(history)
        return expected

    def _get_derived_source(self, moment):
        """FROM of the final statement: figures ``f`` and what is built on them."""
        model = self.env["customer.churn.model"]._get_latest(moment.company)
        return SQL(
            """
            FROM f %(rfm)s
            CROSS JOIN LATERAL (SELECT %(alive)s AS alive,
                CASE WHEN COALESCE(NULLIF(f.interval_days, 0), %(usual)s) > 0
                    THEN f.days_since_last
                        / COALESCE(NULLIF(f.interval_days, 0), %(usual)s)
                END AS lateness
            ) a
            CROSS JOIN LATERAL (SELECT CASE
                WHEN f.order_count = 0 THEN 0
                WHEN a.alive IS NULL THEN %(by_rhythm)s
                WHEN f.churn_repeats = 0 THEN GREATEST(%(by_model)s, %(by_rhythm)s)
                WHEN f.interval_days > 0
                    THEN GREATEST(%(by_model)s, %(by_rhythm)s - 1)
                ELSE %(by_model)s
            END AS band) c
            LEFT JOIN customer_forecast k ON k.repeats = f.churn_repeats
                AND k.recency = (f.last_order_date - f.first_order_date) / %(grain)s
                AND k.age = GREATEST(%(today)s - f.first_order_date, 0) / %(grain)s
            """,
            rfm=self._get_rfm_source(moment),
            alive=self._get_alive(model, moment),
            usual=model.usual_interval or 0.0,
            by_model=SQL(
                "(CASE WHEN a.alive >= %s THEN 1 WHEN a.alive >= %s THEN 2"
                " WHEN a.alive >= %s THEN 3 ELSE 4 END)",
                LOW,
                WATCH,
                HIGH,
            ),
            by_rhythm=SQL(
                "(CASE WHEN a.lateness IS NULL THEN 0 WHEN a.lateness <= %s THEN 1"
                " WHEN a.lateness <= %s THEN 2 WHEN a.lateness <= %s THEN 3"
                " ELSE 4 END)",
                LATE,
                SILENT,
                GONE,
            ),
            grain=model.grain or 1,
            today=moment.today,
        )

    def _get_alive(self, model, moment):
        """P(alive) of BG/NBD as SQL; of one purchase as MBG/NBD has it."""
        if not model.is_fitted:
            return SQL("NULL::float")
        # the same formula as BgNbd.probability_alive and probability_back, which
        # a test compares with this one row by row
        return SQL(
            """
            CASE WHEN f.churn_repeats >= 0 AND f.first_order_date IS NOT NULL THEN
                1 / (1 + exp(LEAST(500, ln(%(a)s / (%(b)s
                    + GREATEST(f.churn_repeats - 1, 0)))
                    + (%(r)s + f.churn_repeats) * ln(
                    (%(alpha)s + GREATEST(%(today)s - f.first_order_date, 0))::float
                    / (%(alpha)s + (f.last_order_date - f.first_order_date))))))
            END
            """,
            a=model.a,
            b=model.b,
            r=model.r,
            alpha=model.alpha,
            today=moment.today,
        )

    def _get_derived_columns(self, moment):
        """Columns of the final statement that no figure query gives."""
        return {
            **self._get_rfm_columns(),
            "active": SQL("f.active"),
            "user_id": SQL("f.user_id"),
            "team_id": SQL("f.team_id"),
            "alive_probability": SQL("COALESCE(%s, 0)", self._get_chance()),
            "churn_band": SQL(
                "(ARRAY['none', 'low', 'watch', 'high', 'lost'])[c.band + 1]"
            ),
            "churn_reason": self._get_reason_column(),
            "value_at_risk": SQL(
                "GREATEST(f.revenue_12m, 0) * (1 - COALESCE(%s, 1))",
                self._get_chance(),
            ),
            "lifetime_value_12m": SQL(
                "GREATEST(COALESCE(k.expected * f.average_order, 0), 0)"
            ),
            "expected_next_date": SQL(
                "f.last_order_date + ROUND(NULLIF(f.interval_days, 0))::integer"
            ),
            "computed_at": SQL("%s", moment.now),
        }

    def _get_chance(self):
        """That the customer buys again: by the model, else what the band stands for."""
        return SQL("COALESCE(a.alive, (%s::float[])[c.band + 1])", BAND_CHANCES)

    def _get_reason_column(self):
        """The weightiest reasons as Json, none where there is none."""
        parts = [
            SQL("(%s, %s)", weight, reason)
            for weight, reason in self._get_churn_reasons()
        ]
        return SQL(
            "(SELECT jsonb_agg(reason ORDER BY weight DESC) FROM (SELECT weight, reason"
            " FROM (VALUES %s) v(weight, reason) WHERE weight > 0"
            " ORDER BY weight DESC LIMIT %s) w)",
            SQL(", ").join(parts),
            REASONS,
        )

    def _get_churn_reasons(self):
        """Hook: why a customer may leave.

        ``f`` has the figures of all sources, ``a`` the lateness, ``c`` the band.

        :return: [(SQL of a weight, above 0 where it counts, SQL of a jsonb with the key
            "code" and figures)]; `_get_churn_reason_text` puts it into words
        """
        return [
            (
                SQL(
                    "(CASE WHEN f.interval_days > 0 AND a.lateness > %s"
                    " THEN a.lateness ELSE 0 END)::float",
                    LATE,
                ),
                SQL(
                    "jsonb_build_object('code', 'silent', 'interval', f.interval_days,"
                    " 'days', f.days_since_last)"
                ),
            ),
            (
                SQL(
                    "(CASE WHEN f.churn_repeats = 0 AND f.order_count > 0"
                    " AND c.band > 1 THEN 1 ELSE 0 END)::float"
                ),
                SQL("jsonb_build_object('code', 'once', 'days', f.days_since_last)"),
            ),
            (
                SQL(
                    "(CASE WHEN f.figure_early > 0 AND f.figure_late"
                    " < 0.75 * f.figure_early"
                    " THEN 2 - f.figure_late / f.figure_early ELSE 0 END)::float"
                ),
                SQL(
                    "jsonb_build_object('code', 'spend_down', 'percent', LEAST(100,"
                    " ROUND((100 * (1 - f.figure_late / NULLIF(f.figure_early, 0)))"
                    "::numeric)))"
                ),
            ),
            (
                SQL(
                    "(CASE WHEN f.figure_gross_12m > 0 AND f.revenue_12m"
                    " < 0.85 * f.figure_gross_12m"
                    " THEN 2 - f.revenue_12m / f.figure_gross_12m ELSE 0 END)::float"
                ),
                SQL(
                    "jsonb_build_object('code', 'returns', 'percent', LEAST(100, ROUND("
                    "(100 * (1 - f.revenue_12m / NULLIF(f.figure_gross_12m, 0)))"
                    "::numeric)))"
                ),
            ),
            (
                SQL("(CASE WHEN f.overdue_due > 0 THEN 0.5 ELSE 0 END)::float"),
                SQL("jsonb_build_object('code', 'overdue', 'amount', f.overdue_due)"),
            ),
        ]

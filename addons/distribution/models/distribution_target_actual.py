# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import datetime, time

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: kinds of postings that count for a flow, and those that are taken off; the last
#: tells whether returns have another member on the other side
FLOWS = {
    "sell_in": ("sell_in", "return_out", False),
    "sell_through": ("sell_through", "return_in", True),
    "receipt": ("receipt", "return_out", True),
    "sell_out": ("sell_out", "return_in", False),
}
_BY_MONTH_AND_WHOLE = (
    "GROUPING SETS ((t.id, date_trunc('month', o.delivered_on)::date), (t.id))"
)


class DistributionTarget(models.Model):
    """A target; here: what was reached, at what pace, and who leads."""

    _inherit = "distribution.target"

    def action_refresh(self):
        """Bring the actual figures up to date now."""
        self._refresh()
        return True

    @api.model
    def _cron_refresh(self):
        """Hourly: active targets of periods that run or ended lately."""
        today = fields.Date.context_today(self)
        targets = self.search(
            [
                ("state", "=", "active"),
                ("date_from", "<=", today),
                ("date_to", ">=", today - relativedelta(days=62)),
            ]
        )
        targets._refresh()

    def _refresh(self):
        """Actual figures, pace and ranks; a few queries for any number of targets."""
        actual = self._get_actual()
        days = self._get_working_days()
        now = fields.Datetime.now()
        for target in self.sudo():
            months = actual[target.id]
            for line in target.line_ids:
                line.actual = months.get(line.date_from.replace(day=1), 0.0)
            target._set_pace(months, *days[target.id])
            target.actual_at = now
        self._rank()

    def _set_pace(self, months, gone, whole):
        total = sum(months.values())
        if self.measure == "lines":
            # an average: months do not add up
            total = months.get(None, 0.0)
        gap = max(self.amount - total, 0.0)
        left = whole - gone
        is_sum = self.measure != "lines"
        self.write(
            {
                "actual": total,
                "percent": 100 * total / self.amount,
                "gap": gap,
                "days_left": left,
                "run_rate": total * whole / gone if gone and is_sum else total,
                "gap_per_day": gap / left if left and is_sum else gap,
            }
        )

    def _rank(self):
        """First is who reached most of the target, among targets of a kind."""
        keys = {
            (t.company_id.id, t.subject, t.measure, t.flow, t.date_from, t.date_to)
            for t in self
        }
        for company, subject, measure, flow, start, end in keys:
            rivals = self.sudo().search(
                [
                    ("company_id", "=", company),
                    ("subject", "=", subject),
                    ("measure", "=", measure),
                    ("flow", "=", flow),
                    ("date_from", "=", start),
                    ("date_to", "=", end),
                    ("state", "!=", "draft"),
                ]
            )
            percents = sorted(rivals.mapped("percent"), reverse=True)
            for target in rivals:
                target.rank = percents.index(target.percent) + 1

    def _get_working_days(self):
        """``{id: (working days gone by, in the whole period)}`` by the calendar of
        the company; today counts as gone."""
        today = fields.Date.context_today(self)
        known, result = {}, {}
        for target in self:
            key = target.company_id, target.date_from, target.date_to
            if key not in known:
                days = self._list_working_days(*key)
                known[key] = (sum(day <= today for day in days), len(days))
            result[target.id] = known[key]
        return result

    @api.model
    def _list_working_days(self, company, start, end):
        calendar = company.sudo().resource_calendar_id
        if not calendar:
            return [
                start + relativedelta(days=index)
                for index in range((end - start).days + 1)
            ]
        zone = self.env["order.quota"]._get_zone(company)
        intervals = calendar._work_intervals_batch(
            zone.localize(datetime.combine(start, time.min)),
            zone.localize(datetime.combine(end, time.max)),
        )[False]
        return sorted({begin.date() for begin, _end, _record in intervals})

    # --- figures ---
    def _get_actual(self):
        """``{id: {first day of the month: figure}}``; None is the whole period where
        months do not add up."""
        self.env.flush_all()
        result = defaultdict(dict)
        for measure, targets in self.grouped("measure").items():
            if measure in ("orders", "lines"):
                rows = targets._read_orders(measure)
            elif measure == "outlets":
                rows = targets._read_outlets()
            else:
                rows = targets._read_ledger(measure)
            for target_id, month, figure in rows:
                result[target_id][month] = float(figure or 0)
        return result

    def _get_last_year(self):
        """``{id: {month: last year's figure, a year later}}``."""
        self.env.flush_all()
        result = defaultdict(dict)
        year = relativedelta(years=1)
        for measure, targets in self.grouped("measure").items():
            if measure not in ("value", "volume"):
                continue
            for target_id, month, figure in targets._read_ledger(measure, year):
                result[target_id][month + year] = max(float(figure or 0), 0.0)
        return result

    def _read_ledger(self, measure, back=None):
        """``[(target id, month, figure)]`` of delivered goods, returns taken off.

        The ledger is read once for all targets, summed up by what targets tell apart.

        :param back: how much earlier than the targets' own period to look
        """
        if not self:
            return []
        rows = []
        for flow, targets in self.grouped("flow").items():
            column = "company_value" if measure == "value" else "quantity"
            rows += self.env.execute_query(
                targets._get_ledger_query(flow, SQL.identifier(column), back)
            )
        return rows

    def _get_ledger_query(self, flow, column, back):
        plus, minus, among_members = FLOWS[flow]
        back = back or relativedelta()
        shift = SQL("make_interval(years => %s)", back.years)
        return SQL(
            """
            WITH flow AS MATERIALIZED (
                SELECT company_id, rep_id, member_id, territory_id, product_id,
                    categ_id, date,
                    sum(CASE WHEN kind = %(plus)s THEN %(column)s
                        ELSE -%(column)s END) AS figure
                FROM distribution_ledger
                WHERE company_id = ANY(%(companies)s)
                  AND date BETWEEN %(start)s AND %(end)s
                  AND (kind = %(plus)s OR (kind = %(minus)s
                       AND (counterparty_id IS NOT NULL) = %(among)s))
                GROUP BY 1, 2, 3, 4, 5, 6, 7
            )
            SELECT t.id, date_trunc('month', flow.date)::date, sum(flow.figure)
            FROM distribution_target t
            JOIN flow ON flow.company_id = t.company_id
             AND flow.date BETWEEN t.date_from - %(shift)s AND t.date_to - %(shift)s
             AND (t.user_id IS NULL OR flow.rep_id = t.user_id)
             AND (t.member_id IS NULL OR flow.member_id = t.member_id)
             AND (t.product_id IS NULL OR flow.product_id = t.product_id)
            LEFT JOIN distribution_territory wanted ON wanted.id = t.territory_id
            LEFT JOIN distribution_territory place ON place.id = flow.territory_id
            LEFT JOIN product_category brand ON brand.id = t.categ_id
            LEFT JOIN product_category own ON own.id = flow.categ_id
            WHERE t.id = ANY(%(ids)s)
              AND (t.territory_id IS NULL
                   OR place.parent_path LIKE wanted.parent_path || '%%')
              AND (t.categ_id IS NULL
                   OR own.parent_path LIKE brand.parent_path || '%%')
            GROUP BY 1, 2
            """,
            plus=plus,
            minus=minus,
            among=among_members,
            column=column,
            companies=self.company_id.ids,
            start=min(self.mapped("date_from")) - back,
            end=max(self.mapped("date_to")) - back,
            shift=shift,
            ids=self.ids,
        )

    def _read_orders(self, measure):
        """Delivered secondary orders by month, or their lines per order.

        The average of the whole period is none of the months' averages, so it comes
        as a row without month.
        """
        is_count = measure == "orders"
        return self.env.execute_query(
            SQL(
                """
                SELECT t.id, date_trunc('month', o.delivered_on)::date, %(figure)s
                FROM distribution_target t
                JOIN distribution_order o ON o.company_id = t.company_id
                 AND o.state = 'delivered'
                 AND o.delivered_on BETWEEN t.date_from AND t.date_to
                 AND (t.user_id IS NULL OR o.user_id = t.user_id)
                 AND (t.member_id IS NULL OR t.member_id IN (o.buyer_id, o.supplier_id))
                LEFT JOIN distribution_territory wanted ON wanted.id = t.territory_id
                LEFT JOIN distribution_territory place ON place.id = o.territory_id
                CROSS JOIN LATERAL (SELECT count(*) FROM distribution_order_line
                    WHERE order_id = o.id AND delivered_qty > 0) AS lines
                WHERE t.id = ANY(%(ids)s) AND (t.territory_id IS NULL
                    OR place.parent_path LIKE wanted.parent_path || '%%')
                GROUP BY %(groups)s
                """,
                figure=SQL("count(*)") if is_count else SQL("avg(lines.count)"),
                groups=SQL("1, 2") if is_count else SQL(_BY_MONTH_AND_WHOLE),
                ids=self.ids,
            )
        )

    def _read_outlets(self):
        """Outlets by the month in which they bought for the first time."""
        return self.env.execute_query(
            SQL(
                """
                WITH first AS MATERIALIZED (
                    SELECT member_id, min(date) AS date FROM distribution_ledger
                    WHERE company_id = ANY(%(companies)s)
                      AND kind IN ('sell_in', 'receipt')
                    GROUP BY member_id
                )
                SELECT t.id, date_trunc('month', first.date)::date, count(*)
                FROM distribution_target t
                JOIN distribution_member m ON m.company_id = t.company_id
                 AND m.kind = 'outlet'
                 AND (t.user_id IS NULL OR m.user_id = t.user_id)
                 AND (t.member_id IS NULL OR m.id = t.member_id)
                JOIN first ON first.member_id = m.id
                 AND first.date BETWEEN t.date_from AND t.date_to
                LEFT JOIN distribution_territory wanted ON wanted.id = t.territory_id
                LEFT JOIN distribution_territory place ON place.id = m.territory_id
                WHERE t.id = ANY(%(ids)s) AND (t.territory_id IS NULL
                    OR place.parent_path LIKE wanted.parent_path || '%%')
                GROUP BY 1, 2
                """,
                companies=self.company_id.ids,
                ids=self.ids,
            )
        )

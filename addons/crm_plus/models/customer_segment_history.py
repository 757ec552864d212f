# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .constants import CHURN_BANDS, RFM_SEGMENTS


class CustomerSegmentHistory(models.Model):
    """The RFM segment of a customer at the first computation of a month."""

    _name = "customer.segment.history"
    _description = "Segments Month by Month"
    _order = "month DESC, id"
    _rec_name = "partner_id"
    _log_access = False

    month = fields.Date(required=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Salesperson", ondelete="set null")
    previous_segment = fields.Selection(RFM_SEGMENTS, "Segment a Month Ago")
    rfm_segment = fields.Selection(RFM_SEGMENTS, "Segment")
    move = fields.Selection(
        [("new", "Came"), ("up", "Up"), ("same", "Stayed"), ("down", "Down")],
    )
    churn_band = fields.Selection(CHURN_BANDS, "Churn Risk")
    revenue_12m = fields.Monetary("Revenue of 12 Months")

    _month_company_idx = models.Index("(company_id, month, partner_id)")

    @api.model
    def _record(self, moment):
        """Keep this month's segments of a company, once."""
        month = moment.today.replace(day=1)
        rank = "array_position(ARRAY[%s], {})"
        names = SQL(", ").join(SQL("%s", name) for name, _label in RFM_SEGMENTS)
        now, before = (
            SQL(rank.format(f"{alias}.rfm_segment::text"), names) for alias in "sh"
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_segment_history (month, partner_id, company_id,
                    user_id, previous_segment, rfm_segment, churn_band, revenue_12m,
                    move)
                SELECT %(month)s, s.partner_id, s.company_id, s.user_id, h.rfm_segment,
                    s.rfm_segment, s.churn_band, s.revenue_12m,
                    CASE WHEN h.rfm_segment IS NULL THEN 'new'
                        WHEN %(now)s < %(before)s THEN 'up'
                        WHEN %(now)s = %(before)s THEN 'same' ELSE 'down' END
                FROM customer_snapshot s
                LEFT JOIN customer_segment_history h ON h.partner_id = s.partner_id
                    AND h.company_id = s.company_id AND h.month = %(last)s
                WHERE s.company_id = %(company)s AND s.active
                    AND s.rfm_segment IS NOT NULL
                    AND NOT EXISTS (SELECT FROM customer_segment_history t
                        WHERE t.company_id = %(company)s AND t.month = %(month)s)
                """,
                month=month,
                last=month - relativedelta(months=1),
                company=moment.company.id,
                now=now,
                before=before,
            )
        )
        self.invalidate_model()

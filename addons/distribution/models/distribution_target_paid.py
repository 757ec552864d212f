# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import SQL


class DistributionTarget(models.Model):
    """A target; here: only paid sales count where the company says so."""

    _inherit = "distribution.target"

    def _read_ledger(self, measure, back=None):
        """Override: the value of sell-in is that of counted sales, whole months."""
        paid = self.browse()
        if measure == "value" and not back:
            paid = self.filtered(
                lambda target: (
                    target.flow == "sell_in"
                    and target.company_id.distribution_paid_sales
                )
            )
        rows = super(DistributionTarget, self - paid)._read_ledger(measure, back)
        return rows + paid._read_paid() if paid else rows

    def _read_paid(self):
        """``[(target id, month, value)]`` of what was delivered and paid."""
        return self.env.execute_query(
            SQL(
                """
                WITH flow AS MATERIALIZED (
                    SELECT company_id, user_id, member_id, territory_id, product_id,
                        categ_id, month, sum(counted_value) AS figure
                    FROM (%(counted)s) AS counted
                    WHERE company_id = ANY(%(companies)s)
                    GROUP BY 1, 2, 3, 4, 5, 6, 7
                )
                SELECT t.id, flow.month, sum(flow.figure)
                FROM distribution_target t
                JOIN flow ON flow.company_id = t.company_id
                 AND flow.month BETWEEN date_trunc('month', t.date_from)::date
                     AND t.date_to
                 AND (t.user_id IS NULL OR flow.user_id = t.user_id)
                 AND (t.member_id IS NULL OR flow.member_id = t.member_id)
                 AND (t.product_id IS NULL OR flow.product_id = t.product_id)
                LEFT JOIN distribution_territory wanted ON wanted.id = t.territory_id
                LEFT JOIN distribution_territory place ON place.id = flow.territory_id
                LEFT JOIN product_category brand ON brand.id = t.categ_id
                LEFT JOIN product_category own ON own.id = flow.categ_id
                WHERE t.id = ANY(%(ids)s) AND flow.member_id IS NOT NULL
                  AND (t.territory_id IS NULL
                       OR place.parent_path LIKE wanted.parent_path || '%%')
                  AND (t.categ_id IS NULL
                       OR own.parent_path LIKE brand.parent_path || '%%')
                GROUP BY 1, 2
                """,
                counted=self.env["distribution.counted.sales"]._table_query,
                companies=self.company_id.ids,
                ids=self.ids,
            )
        )

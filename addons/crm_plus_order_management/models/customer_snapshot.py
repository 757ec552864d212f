# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import SQL


class CustomerSnapshot(models.Model):
    """Returns in the figures: how many, whatever became of the goods."""

    _inherit = "customer.snapshot"

    def _get_figure_queries(self):
        query = SQL(
            """
            SELECT s.commercial_id AS partner_id, s.company_id,
                COUNT(*) AS return_count
            FROM customer_scope s
            JOIN channel_return r
                ON r.partner_id = s.partner_id AND r.company_id = s.company_id
            WHERE r.state NOT IN ('refused', 'cancelled')
            GROUP BY s.commercial_id, s.company_id
            """
        )
        return [*super()._get_figure_queries(), (query, ["return_count"])]

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import SQL


class CustomerSnapshot(models.Model):
    _inherit = "customer.snapshot"

    def _get_figure_queries(self):
        """Override of `crm_plus`: tickets that are open."""
        moment = self.env.context["customer_moment"]
        query = SQL(
            """
            SELECT s.commercial_id AS partner_id, %(company)s AS company_id,
                COUNT(*) AS ticket_count
            FROM helpdesk_ticket t
            JOIN customer_scope s ON s.partner_id = t.partner_id
            JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
            WHERE t.active AND NOT COALESCE(g.closed, FALSE)
                AND t.company_id = %(company)s
            GROUP BY s.commercial_id
            """,
            company=moment.company.id,
        )
        return super()._get_figure_queries() + [(query, ["ticket_count"])]

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL


class CustomerContactReport(models.Model):
    """Calls count as contacts: those held that reached somebody."""

    _inherit = "customer.contact.report"
    _depends = {
        "crm.phonecall": [
            "state",
            "date",
            "duration",
            "partner_id",
            "user_id",
            "result",
        ]
    }

    @api.model
    def _get_contact_sources(self):
        """Override of `crm_plus` to add calls; their digit is 5."""
        missed = self.env["crm.phonecall"]._get_missed_results()
        call = SQL(
            """
            SELECT c.id::bigint * 10 + 5, c.date, 'call', c.direction,
                COALESCE(c.partner_id, l.partner_id), c.user_id,
                COALESCE(c.company_id, l.company_id),
                CASE WHEN c.result IN %s THEN 0 ELSE 1 END,
                c.duration::float, NULL::float, c.result::varchar
            FROM crm_phonecall c LEFT JOIN crm_lead l ON l.id = c.opportunity_id
            WHERE c.active AND c.state = 'done'
            """,
            missed,
        )
        return [*super()._get_contact_sources(), call]

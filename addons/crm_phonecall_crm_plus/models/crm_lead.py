# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL


class CrmLead(models.Model):
    """Calls that reached somebody count for the engagement of a lead."""

    _inherit = "crm.lead"

    @api.model
    def _get_engagement_sources(self):
        """Override of `crm_plus` to add calls."""
        calls = SQL(
            "SELECT c.opportunity_id, c.date FROM crm_phonecall c WHERE c.active"
            " AND c.state = 'done' AND COALESCE(c.result, '') NOT IN %s"
            " AND c.opportunity_id IN (SELECT id FROM scope)",
            self.env["crm.phonecall"]._get_missed_results(),
        )
        return {**super()._get_engagement_sources(), "call": calls}

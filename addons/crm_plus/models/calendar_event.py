# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class CalendarEvent(models.Model):
    """A meeting with a lead is a first response to it."""

    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        leads = events.opportunity_id
        if leads:
            # who plans the meeting need not be who may write the lead
            leads.sudo()._mark_first_response()
        return events

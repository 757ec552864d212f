# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class CustomerTimeline(models.AbstractModel):
    """What was written on tickets, for those who read the ticket."""

    _inherit = "customer.timeline"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_message_documents(self, partner_ids):
        return super()._get_message_documents(partner_ids) | {
            "helpdesk.ticket": self._of_family(partner_ids)
        }

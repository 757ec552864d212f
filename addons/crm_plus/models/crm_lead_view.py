# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class CrmLead(models.Model):
    """The customer as a whole, one click away."""

    _inherit = "crm.lead"

    def action_open_customer_view(self):
        """Open the customer of this record as a whole."""
        self.ensure_one()
        return self.partner_id.action_open_customer_view()

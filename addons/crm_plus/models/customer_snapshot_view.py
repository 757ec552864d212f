# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class CustomerSnapshot(models.Model):
    """A click on a customer in a list opens the customer as a whole."""

    _inherit = "customer.snapshot"

    def action_open_partner(self):
        """Open the customer as a whole, from where the form is a click away."""
        self.ensure_one()
        return self.partner_id.action_open_customer_view()

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.mail.tools.discuss import Store


class ResUsers(models.Model):
    _inherit = "res.users"

    def _init_store_data(self, store: Store):
        """Override of `mail`: whether a chat offers to become a ticket."""
        result = super()._init_store_data(store)
        tickets = self.env["helpdesk.ticket"]
        store.add_global_values(has_access_create_ticket=tickets.has_access("create"))
        return result

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ChannelOrderAccept(models.TransientModel):
    """Asks why held inbox rows are to be imported as they are."""

    _name = "channel.order.accept"
    _inherit = ["channel.order.reason"]
    _description = "Accept Held Orders"

    def action_accept(self):
        """Import the chosen rows in spite of what holds them."""
        self.ensure_one()
        return self.row_ids.action_accept(self.reason)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ChannelOrderIgnore(models.TransientModel):
    """Asks why one or thousands of inbox rows are to be ignored."""

    _name = "channel.order.ignore"
    _inherit = ["channel.order.reason"]
    _description = "Ignore Inbox Orders"

    def action_ignore(self):
        """Ignore the chosen rows for the given reason."""
        self.ensure_one()
        self.row_ids.action_ignore(self.reason)
        return {"type": "ir.actions.act_window_close"}

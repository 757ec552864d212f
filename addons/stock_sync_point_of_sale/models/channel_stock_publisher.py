# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ChannelStockPublisher(models.AbstractModel):
    """Available to sell; here: tills as the reason of a change."""

    _inherit = "channel.stock.publisher"

    @api.model
    def _get_reason_text(self, reason):
        """Override: and sales at tills."""
        if reason == "till":
            return self.env._("Sold at a till")
        return super()._get_reason_text(reason)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: buyers hear that their order arrived, held or not."""

    _inherit = "channel.order.importer"

    @api.model
    def _go_on(self, channel, orders):
        """Override of ``order_management``."""
        result = super()._go_on(channel, orders)
        orders.filtered(lambda order: order.state != "cancel")._tell_customer(
            "received"
        )
        return result

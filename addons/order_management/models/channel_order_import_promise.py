# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .channel_order_import_orders import _naive


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: until when the channel wants an order to leave."""

    _inherit = "channel.order.importer"

    @api.model
    def _prepare_told_vals(self, item):
        """Override: the channel's own ship-by time, also of newer versions."""
        moment = item.order.shipping.ship_by
        return {
            **super()._prepare_told_vals(item),
            "channel_ship_by": _naive(moment) if moment else False,
        }

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: test orders go the same way, up to the quotation."""

    _inherit = "channel.order.importer"

    @api.model
    def _prepare_order_vals(self, channel, item):
        vals = super()._prepare_order_vals(channel, item)
        if item.row.is_test:
            vals["is_channel_test"] = True
        return vals

    @api.model
    def _go_on(self, channel, orders):
        """Override of ``order_management``: nothing submits or confirms a test."""
        real = orders.filtered(lambda order: not order.is_channel_test)
        return super()._go_on(channel, real)

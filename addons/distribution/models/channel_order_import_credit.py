# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .sale_order_credit_hold import _SKIP


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: orders that shipped long ago are held by no limit."""

    _inherit = "channel.order.importer"

    @api.model
    def _keep_history(self, orders):
        """Override: approved in name only, hence never held."""
        return super()._keep_history(orders.with_context(distribution_credit=_SKIP))

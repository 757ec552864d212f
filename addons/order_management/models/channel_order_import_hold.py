# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: the goods of unpaid orders are held until they are paid."""

    _inherit = "channel.order.importer"

    @api.model
    def _apply_status(self, channel, items):
        """Override: once the new orders have the state that their channel tells."""
        result = super()._apply_status(channel, items)
        if channel.unpaid_hold_hours:
            self._hold_unpaid(channel, items)
        return result

    @api.model
    def _hold_unpaid(self, channel, items):
        """Hold for the whole batch; what is not there waits for the payment."""
        now = fields.Datetime.now()
        ends = {}
        for item in items:
            order = item.sale_order
            end = order.date_order + timedelta(hours=channel.unpaid_hold_hours)
            if item.is_unpaid and order.state in ("draft", "sent") and end > now:
                ends[order] = end
        orders = self.env["sale.order"].union(*ends)
        if orders:
            orders._hold(ends, kind="unpaid")

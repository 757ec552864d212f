# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleChannel(models.Model):
    """A channel; here: its quotas."""

    _name = "sale.channel"
    _inherit = ["sale.channel", "order.quota.owner.mixin"]

    def _get_quota_domain(self):
        """The quotas that are about this channel."""
        return [("channel_id", "in", self.ids)]

    def _get_quota_context(self):
        """What a new quota from here begins with."""
        return {
            "default_scope_type": "channel",
            "default_channel_id": self[:1].id,
        }

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.order_management.models.sale_channel_checks import (
    MISSING,
    OK,
    WARNING,
)


class SaleChannel(models.Model):
    """A way of selling; here: what its connection still lacks, in words."""

    _inherit = "sale.channel"

    def _check_setup_source(self):
        """Override of ``order_management``: the way in of a shop is its connection."""
        if not self.active or not self.is_connectable:
            return super()._check_setup_source()
        if self.sync_state == "draft":
            return MISSING, self.env._(
                "Not connected: enter the shop's address and keys, or log in at the "
                "channel, then test the connection."
            )
        problems = self._get_health_problems()
        if problems:
            state = MISSING if self.sync_state == "lost" else WARNING
            return state, "\n".join(text for _kind, _level, text in problems)
        return OK, self.env._(
            "Connected to shop %(shop)s.", shop=self.sync_shop_ref or self.name
        )

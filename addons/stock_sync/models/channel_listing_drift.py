# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ChannelListing(models.Model):
    """A listing; here: compared with what the shop shows."""

    _inherit = "channel.listing"

    def _is_compared(self):
        """Whether its stock is ours to say."""
        self.ensure_one()
        return self.state == "matched" and self.push_state != "none" and self.active

    def _get_drift_kind(self, quantity):
        """Why the shop shows ``quantity``; "equal" when it should."""
        self.ensure_one()
        if quantity == self.target_qty:
            return "equal"
        if self.push_state in ("pending", "sent", "unknown"):
            return "pending"
        if self.push_state == "failed" and quantity == self.acked_qty:
            return "locked"
        return "edited"

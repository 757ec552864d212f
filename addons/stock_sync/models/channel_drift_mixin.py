# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ChannelDriftMixin(models.AbstractModel):
    """One finding of a drift check."""

    _name = "channel.drift.mixin"
    _description = "Finding of a Drift Check"

    check_id = fields.Many2one(
        "channel.drift.check",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    channel_id = fields.Many2one(
        related="check_id.channel_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="check_id.company_id", store=True, precompute=True, index=True
    )

    def _notify_begun(self, text):
        """A notification that something begins; the screen shows what it has done."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

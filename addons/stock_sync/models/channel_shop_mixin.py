# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ChannelShopMixin(models.AbstractModel):
    """What there is of one shop, and goes with it."""

    _name = "channel.shop.mixin"
    _description = "Part of a Shop"

    channel_id = fields.Many2one(
        "sale.channel", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, precompute=True, index=True
    )

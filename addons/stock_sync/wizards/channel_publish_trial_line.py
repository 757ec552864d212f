# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ChannelPublishTrialLine(models.TransientModel):
    """A listing that would show something else."""

    _name = "channel.publish.trial.line"
    _description = "Change by a Publish Rule"

    trial_id = fields.Many2one(
        "channel.publish.trial", required=True, ondelete="cascade"
    )
    listing_id = fields.Many2one("channel.listing", required=True, ondelete="cascade")
    channel_id = fields.Many2one(related="listing_id.channel_id")
    before_qty = fields.Integer("Without the Rule")
    after_qty = fields.Integer("With It")

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of a till."""

    _inherit = "res.config.settings"

    pos_sale_channel_id = fields.Many2one(
        string="Order Channel (POS)",
        related="pos_config_id.sale_channel_id",
        readonly=False,
    )

    def action_open_pos_sale_channel(self):
        """Open the channel of the chosen till; make it where there is none."""
        return self.pos_config_id.action_open_sale_channel()

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of a website."""

    _inherit = "res.config.settings"

    website_sale_channel_id = fields.Many2one(
        string="Order Channel (Website)",
        related="website_id.sale_channel_id",
        readonly=False,
    )

    def action_open_website_sale_channel(self):
        """Open the channel of the chosen website; make it where there is none."""
        return self.website_id.action_open_sale_channel()

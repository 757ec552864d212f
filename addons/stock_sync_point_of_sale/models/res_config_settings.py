# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of a till."""

    _inherit = "res.config.settings"

    pos_counts_open_orders = fields.Boolean(
        related="pos_config_id.counts_open_orders", readonly=False
    )

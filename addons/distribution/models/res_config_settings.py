# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the network."""

    _inherit = "res.config.settings"

    distribution_inactive_days = fields.Integer(
        related="company_id.distribution_inactive_days", readonly=False
    )
    distribution_apply_open = fields.Boolean(
        related="company_id.distribution_apply_open", readonly=False
    )
    distribution_tile_url = fields.Char(
        "Map Tiles",
        config_parameter="distribution.tile_url",
        help="Where the map's pictures come from, with {z}, {x} and {y}; empty: "
        "OpenStreetMap. Write “none” for a map without pictures.",
    )
    distribution_tile_credit = fields.Char(
        "Credit", config_parameter="distribution.tile_credit"
    )

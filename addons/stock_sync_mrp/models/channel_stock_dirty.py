# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL


class ChannelStockDirty(models.Model):
    """Products to publish again; here: kits whose parts moved."""

    _inherit = "channel.stock.dirty"

    @api.model
    def _sql_shown_products(self, product_ids):
        """Override: and the kits made of them, and the kits made of those."""
        return SQL(
            """
            WITH RECURSIVE touched AS (
                SELECT unnest(%s) AS product_id
                UNION
                SELECT kit.id FROM touched
                JOIN mrp_bom_line part ON part.product_id = touched.product_id
                JOIN mrp_bom bom ON bom.id = part.bom_id
                    AND bom.active AND bom.type = 'phantom'
                JOIN product_product kit ON kit.product_tmpl_id = bom.product_tmpl_id
                    AND COALESCE(bom.product_id, kit.id) = kit.id
            )
            SELECT DISTINCT listing.product_id FROM touched
            JOIN channel_listing listing ON listing.product_id = touched.product_id
            WHERE listing.active AND listing.state = 'matched'
            """,
            list(product_ids),
        )

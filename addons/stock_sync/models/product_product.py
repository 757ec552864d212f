# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ProductProduct(models.Model):
    """A product; here: its listings."""

    _inherit = "product.product"

    listing_ids = fields.One2many("channel.listing", "product_id", "Listings")
    listing_count = fields.Integer("Listings of It", compute="_compute_listing_count")

    def _compute_listing_count(self):
        counts = dict(
            self.env["channel.listing"]._read_group(
                [("product_id", "in", self.ids)], ["product_id"], ["__count"]
            )
        )
        for product in self:
            product.listing_count = counts.get(product._origin, 0)

    def action_view_listings(self):
        """Open where these products are for sale."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock_sync.channel_listing_action"
        )
        return {
            **action,
            "domain": [("product_id", "in", self.ids)],
            "context": {"group_by": "channel_id"} if len(self) > 1 else {},
        }

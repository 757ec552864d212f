# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: products that the shop's listings tell."""

    _inherit = "channel.order.importer"

    @api.model
    def _match_listings(self, channel, lines):
        """By the listing that a line names, else by its SKU if one listing has it."""
        found = super()._match_listings(channel, lines)
        keys = {getattr(line, "listing_id", "") for line in lines} - {""}
        skus = {line.sku for line in lines} - {""}
        if not keys and not skus:
            return found
        listings = (
            self.env["channel.listing"]
            # what was sold stays sold when its listing is archived
            .with_context(active_test=False)
            .search(
                [
                    ("channel_id", "=", channel.id),
                    ("product_id", "!=", False),
                    "|",
                    ("item_ref", "in", [key.split(":")[0] for key in keys]),
                    ("sku", "in", list(skus)),
                ]
            )
        )
        by_key, by_sku = {}, {}
        for listing in listings:
            match = listing.product_id, listing.factor
            by_key.setdefault(listing._get_key(), set()).add(match)
            if listing.sku:
                by_sku.setdefault(listing.sku, set()).add(match)
        for position, line in enumerate(lines):
            matches = by_key.get(getattr(line, "listing_id", "")) or by_sku.get(
                line.sku, ()
            )
            if len(matches) == 1 and position not in found:
                found[position] = next(iter(matches))
        return found

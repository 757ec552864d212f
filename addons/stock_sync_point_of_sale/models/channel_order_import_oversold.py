# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: tills that sold what a shop had sold as well."""

    _inherit = "channel.order.importer"

    @api.model
    def _get_oversold_text(self, short, room):
        """Override: sales at tills are booked in any case, and named as the cause."""
        text = super()._get_oversold_text(short, room)
        products = self.env["product.product"].union(
            *(product for product, _q in short)
        )
        sales = self.env["pos.order.line"]._get_recent_sales(products)
        if not sales:
            return text
        return self.env._(
            "%(text)s\nSold at tills in the last 24 hours:\n%(sales)s",
            text=text,
            sales=sales._get_cause_text(),
        )

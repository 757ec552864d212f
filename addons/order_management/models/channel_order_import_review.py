# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: what shipped long ago is held by nothing."""

    _inherit = "channel.order.importer"

    @api.model
    def _keep_history(self, orders):
        """Override: a hold of a quotation that left elsewhere has lost its sense."""
        held = orders.filtered(lambda order: order.review_state == "held")
        held._get_open_holds()._clear(self.env._("Shipped elsewhere."))
        held._save_review({"review_state": "released"})
        return super()._keep_history(orders)

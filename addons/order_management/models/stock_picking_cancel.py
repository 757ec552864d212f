# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockPicking(models.Model):
    """A transfer; here: who is told when what it was made for is cancelled."""

    _inherit = "stock.picking"

    def _log_activity_get_documents(
        self, orig_obj_changes, stream_field, stream, groupby_method=False
    ):
        """Override of ``stock``: whoever cancels an order has those told who buy, make
        or pick its goods, and need not be allowed to read their documents."""
        pickings = self
        if stream == "UP":
            # sudo: only to find whom to tell; Odoo writes to them so itself
            pickings = self.sudo()
        return super(StockPicking, pickings)._log_activity_get_documents(
            orig_obj_changes, stream_field, stream, groupby_method
        )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class OrderBatch(models.Model):
    """A bulk step; here: parcels that a carrier outside is asked for."""

    _inherit = "order.batch"

    def _get_alone(self, lines):
        """Override: a label that was bought cannot be taken back with the others of
        its part, so each such order is a transaction of its own."""
        alone = super()._get_alone(lines)
        if self.kind != "ship" or self.undone_batch_id:
            return alone
        deliveries_sudo = (
            self.env["stock.picking"]
            .sudo()
            .search(
                [
                    ("sale_id", "in", lines.order_id.ids),
                    ("state", "=", "assigned"),
                    ("carrier_id", "!=", False),
                ]
            )
        )
        order_ids = {
            delivery.sale_id.id
            for delivery in deliveries_sudo
            if delivery._needs_carrier()
        }
        return alone | lines.filtered(lambda line: line.order_id.id in order_ids)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from ..models.sale_order_split_by import SPLIT_BY


class OrderBatchStart(models.TransientModel):
    """The start of a bulk step; here: what orders are split by."""

    _inherit = "order.batch.start"

    split_by = fields.Selection(SPLIT_BY, default="availability")
    split_weight = fields.Float("Weight of a Part", digits="Stock Weight")

    def action_start(self):
        """Override: with what orders are split by."""
        if self.kind != "split":
            return super().action_start()
        return self.env["order.batch"]._run_or_start(
            self.kind,
            self._get_records(self.kind),
            split_by=self.split_by or "availability",
            split_weight=self.split_weight,
        )

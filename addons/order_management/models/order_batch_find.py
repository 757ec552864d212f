# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class OrderBatch(models.Model):
    """Many orders moved one step; here: found by one of them."""

    _inherit = "order.batch"  # pylint: disable=consider-merging-classes-inherited

    find = fields.Char("Order", compute="_compute_find", search="_search_find")

    def _compute_find(self):
        self.find = False

    @api.model
    def _search_find(self, operator, value):
        """Steps of an order that `order.finder` finds, or of a row of the inbox."""
        if operator not in ("ilike", "="):
            return NotImplemented
        text = (value or "").strip()
        rows = self.env["channel.order"]
        if rows.has_access("read"):
            rows = rows.search(
                Domain("number", "=", text) | Domain("external_id", "=", text)
            )
        lines, batch_ids = self.env["order.batch.line"], set()
        for name, ids in (
            ("order_id", self.env["order.finder"]._find_order_ids(text)),
            ("row_id", rows.ids),
        ):
            if ids:
                found = lines._read_group([(name, "in", ids)], ["batch_id"])
                batch_ids.update(batch.id for [batch] in found)
        return Domain("id", "in", sorted(batch_ids))

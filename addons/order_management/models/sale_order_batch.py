# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """An order; here: taken a step further with many others, each for itself."""

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    batch_count = fields.Integer("Bulk Steps", compute="_compute_batch_count")

    def _compute_batch_count(self):
        counts = self._count_by_order("order.batch.line", "order_id")
        for order in self:
            order.batch_count = counts.get(order._origin.id, 0)

    def action_approve_each(self):
        """Approve what can be approved of these orders; the others say why not.

        A hundred at once, more in jobs with progress.

        :return: a notification, or the result of the bulk step
        :raises AccessError: not a reviewer
        """
        return self._decide_each("approve")

    def action_refuse_each(self, reason):
        """Refuse what can be refused of these orders, as `action_approve_each`.

        :raises AccessError: not a reviewer
        :raises UserError: without a reason
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why these orders are refused."))
        return self._decide_each("refuse", reason=reason.strip())

    def _decide_each(self, kind, **vals):
        self._check_reviewer()
        self.check_access("write")
        return self.env["order.batch"]._run_or_start(kind, self, **vals)

    def action_view_batches(self):
        """Open the bulk steps that these orders were part of."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_batch_line_action"
        )
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}

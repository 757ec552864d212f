# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class OrderApprovalBatchLine(models.Model):
    """One order of a bulk approval, and what became of it."""

    _name = "order.approval.batch.line"
    _description = "Order of a Bulk Approval"
    _order = "batch_id desc, id"
    _rec_name = "order_id"

    batch_id = fields.Many2one(
        "order.approval.batch",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    approval_state = fields.Selection(related="order_id.approval_state")
    state = fields.Selection(
        [("waiting", "Waiting"), ("done", "Decided"), ("failed", "Not Decided")],
        required=True,
        readonly=True,
        default="waiting",
    )
    message = fields.Text("Why Not", readonly=True)

    _waiting_idx = models.Index("(write_date) WHERE state = 'waiting'")

    def _settle(self, failed):
        """Note what became of these orders.

        :param failed: ``{order id: why it was not decided}``
        """
        done = self.filtered(lambda line: line.order_id.id not in failed)
        if done:
            done.write({"state": "done"})
        for line in self - done:
            line.write({"state": "failed", "message": failed[line.order_id.id]})

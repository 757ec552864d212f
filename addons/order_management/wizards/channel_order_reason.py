# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ChannelOrderReason(models.AbstractModel):
    """A question that needs a reason, about one or thousands of inbox rows."""

    _name = "channel.order.reason"
    _description = "Decision on Inbox Orders"

    row_ids = fields.Many2many(
        "channel.order",
        string="Inbox Rows",
        required=True,
        default=lambda self: self._default_row_ids(),
    )
    row_count = fields.Integer("Orders", compute="_compute_row_count")
    reason = fields.Text(required=True)

    @api.model
    def _default_row_ids(self):
        if self.env.context.get("active_model") != "channel.order":
            return False
        return self.env["channel.order"].browse(self.env.context.get("active_ids"))

    @api.depends("row_ids")
    def _compute_row_count(self):
        for wizard in self:
            wizard.row_count = len(wizard.row_ids)

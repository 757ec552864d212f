# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class OrderReviewRelease(models.TransientModel):
    """The question why holds are released or overridden, asked once for all of them."""

    _name = "order.review.release"
    _description = "Release Review Holds"

    hold_ids = fields.Many2many("order.review.hold", required=True)
    target = fields.Selection(
        [("released", "Release"), ("overridden", "Override")],
        required=True,
        default="released",
    )
    reason = fields.Text(required=True)

    def action_close(self):
        """Close the holds for this reason.

        :raises AccessError: without the right for it
        :raises UserError: all of them are closed already
        """
        self.ensure_one()
        if self.target == "overridden":
            self.hold_ids.action_override(self.reason)
        else:
            self.hold_ids.action_release(self.reason)
        return {"type": "ir.actions.act_window_close"}

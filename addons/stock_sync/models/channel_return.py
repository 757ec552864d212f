# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ChannelReturn(models.Model):
    """A return; here: what the channel says about it, and what of it is unknown."""

    _inherit = "channel.return"

    channel_status = fields.Char(
        "Status on Channel", readonly=True, copy=False, help="The channel's own word."
    )
    channel_updated_at = fields.Datetime(
        "Changed on Channel", readonly=True, copy=False
    )
    channel_tracking = fields.Char("Parcel Back", readonly=True, copy=False)
    channel_amount = fields.Monetary("Refund on Channel", readonly=True, copy=False)
    unmatched = fields.Json(readonly=True, copy=False)
    unmatched_count = fields.Integer("Lines to Match", readonly=True, copy=False)
    unmatched_text = fields.Text(
        "Not Matched",
        compute="_compute_unmatched_text",
        help="What the channel says comes back and no order line or product is known "
        "for. Add the lines by hand, or read the returns again once the order is here.",
    )

    @api.depends("unmatched")
    def _compute_unmatched_text(self):
        for record in self:
            record.unmatched_text = "\n".join(
                self.env._(
                    "%(quantity)s × %(name)s of order %(order)s, refund %(refund)s",
                    quantity=line["quantity"],
                    name=line["name"] or line["sku"] or line["line"] or "?",
                    order=line["order"],
                    refund=line["refund"],
                )
                for line in record.unmatched or []
            )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo import api, fields, models
from odoo.exceptions import UserError


class ChannelSyncLog(models.Model):
    """Who did what at a shop, and why. Only ever added to."""

    _name = "channel.sync.log"
    _inherit = "channel.shop.mixin"
    _description = "Log of a Shop"
    _order = "id desc"

    logged_at = fields.Datetime(
        "When", required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    direction = fields.Selection(
        [("in", "From the shop"), ("out", "To the shop"), ("none", "Here")],
        required=True,
        readonly=True,
        default="none",
    )
    kind = fields.Selection(
        [
            ("orders", "Orders"),
            ("returns", "Returns"),
            ("settlements", "Settlements"),
            ("webhooks", "Webhooks"),
            ("listing", "Listings"),
            ("stock", "Stock"),
            ("price", "Prices"),
            ("ship", "Shipment"),
            ("cancel", "Cancellation"),
            ("token", "Log-in"),
            ("state", "Connection"),
            ("other", "Other"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char("What", required=True, readonly=True)
    external_id = fields.Char("External ID", readonly=True, index="btree_not_null")
    product_id = fields.Many2one(
        "product.product", readonly=True, index="btree_not_null", ondelete="set null"
    )
    old_qty = fields.Float("Before", readonly=True, digits="Product Unit")
    new_qty = fields.Float("After", readonly=True, digits="Product Unit")
    reason = fields.Text("Why", readonly=True)
    trace = fields.Json("Trace as JSON", readonly=True)
    trace_text = fields.Text("Trace", compute="_compute_trace_text")
    state = fields.Selection(
        [("ok", "Done"), ("warning", "Worth a look"), ("error", "Failed")],
        required=True,
        readonly=True,
        default="ok",
    )
    error = fields.Text(readonly=True)
    duration = fields.Float("Seconds", readonly=True, digits=(10, 3))
    job_uuid = fields.Char("Job", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "By",
        readonly=True,
        default=lambda self: self.env.uid,
        ondelete="set null",
    )

    _channel_kind_idx = models.Index("(channel_id, kind, id)")
    _channel_logged_idx = models.Index("(channel_id, logged_at)")

    @api.depends("trace")
    def _compute_trace_text(self):
        for entry in self:
            entry.trace_text = entry.trace and json.dumps(
                entry.trace, ensure_ascii=False, indent=2
            )

    def write(self, vals):  # pylint: disable=method-required-super
        """What was logged stays.

        :raises UserError: always
        """
        self.check_access("write")
        raise UserError(self.env._("The log of a shop cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(self.env._("The log of a shop cannot be deleted."))

    @api.model
    def _add(self, vals_list):
        """Write entries; each names its ``channel_id``, ``kind`` and ``name``."""
        job_uuid = self.env.context.get("job_uuid")
        # nobody writes the log by hand, everybody's doing is in it
        return self.sudo().create(
            [{"job_uuid": job_uuid, "user_id": self.env.uid, **v} for v in vals_list]
        )

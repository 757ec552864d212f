# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models


class ChannelListing(models.Model):
    """A listing; here: why it shows what it shows."""

    _inherit = "channel.listing"

    sellable_qty = fields.Integer(
        "Can Be Sold Now",
        compute="_compute_sellable",
        help="Counted now; what was counted last is sent, or was.",
    )
    why = fields.Html("Why This Quantity", compute="_compute_sellable")
    log_count = fields.Integer(compute="_compute_log_count")

    @api.depends("product_id", "factor", "state", "target_qty")
    @api.depends_context("lang")
    def _compute_sellable(self):
        publisher = self.env["channel.stock.publisher"].sudo()
        origin = self._origin
        matched = origin.filtered(lambda one: one.state == "matched")
        # the figure is about stock and rules that whoever sees listings may know
        shown = publisher._publish(
            matched.product_id.ids, assume_on=matched.channel_id.ids
        )
        for listing in self:
            found = shown.get(listing._origin.id)
            listing.sellable_qty = found.quantity if found else 0
            if not found:
                listing.why = self.env._("Without a product nothing can be counted.")
                continue
            steps = Markup("").join(
                Markup("<li>%s</li>") % text for text in publisher._explain(found)
            )
            listing.why = Markup("<ol class='mb-0'>%s</ol>") % steps

    def _compute_log_count(self):
        for listing in self:
            listing.log_count = self.env["channel.sync.log"].search_count(
                listing._get_log_domain()
            )

    def _get_log_domain(self):
        return [
            ("channel_id", "in", self.channel_id.ids),
            ("kind", "=", "stock"),
            ("external_id", "in", [listing._get_key() for listing in self]),
        ]

    def action_view_log(self):
        """Open what was sent for these listings: when, why, because of whom."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Was Sent"),
            "res_model": "channel.sync.log",
            "view_mode": "list,kanban,form",
            "domain": self._get_log_domain(),
        }

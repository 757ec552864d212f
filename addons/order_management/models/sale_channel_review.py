# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import api, fields, models


class SaleChannel(models.Model):
    """A channel; here: whether its orders are reviewed, and how that goes."""

    _inherit = "sale.channel"

    review_orders = fields.Selection(
        [("on", "Review"), ("off", "Do not review")],
        help="Empty: as the company.",
    )
    open_hold_count = fields.Integer("Open Holds", compute="_compute_review_figures")
    oldest_hold_at = fields.Datetime("Oldest Hold", compute="_compute_review_figures")
    straight_through_share = fields.Float(
        "Straight Through %",
        compute="_compute_review_figures",
        digits=(5, 1),
        help="Of a hundred orders of the last 30 days, those that nobody had to touch: "
        "no hold, no approval by a person.",
    )
    reviewed_count = fields.Integer(
        "Orders, 30 Days", compute="_compute_review_figures"
    )

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        if any(vals.get("review_orders") for vals in vals_list):
            channels._note_reviewing()
        return channels

    def write(self, vals):
        result = super().write(vals)
        if "review_orders" in vals:
            self._note_reviewing()
        return result

    def _note_reviewing(self):
        """Let the companies know whether one of their channels differs."""
        self.env.registry.clear_cache()
        channels_sudo = self.sudo().with_context(active_test=False)
        differing = channels_sudo.search([("review_orders", "!=", False)]).company_id
        for company in self.sudo().company_id:
            if company.has_review_channels != (company in differing):
                company.has_review_channels = company in differing

    def _compute_review_figures(self):
        since = fields.Datetime.now() - timedelta(days=30)
        # sudo: figures of the channel, no orders
        holds = {
            channel.id: (count, oldest)
            for channel, count, oldest in self.env["order.review.hold"]
            .sudo()
            ._read_group(
                [
                    ("channel_id", "in", self.ids),
                    ("state", "=", "open"),
                    ("is_note", "=", False),
                ],
                ["channel_id"],
                ["__count", "held_at:min"],
            )
        }
        shares = {
            channel.id: (share, count)
            for channel, share, count in self.env["order.review.report"]
            .sudo()
            ._read_group(
                [("channel_id", "in", self.ids), ("date", ">=", since)],
                ["channel_id"],
                ["straight_through:avg", "__count"],
            )
        }
        for channel in self:
            count, oldest = holds.get(channel._origin.id, (0, False))
            share, orders = shares.get(channel._origin.id, (0.0, 0))
            channel.open_hold_count, channel.oldest_hold_at = count, oldest
            channel.straight_through_share, channel.reviewed_count = share, orders

    def action_view_review_holds(self):
        """Open what is held of these channels."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_review_hold_action"
        )
        return {**action, "domain": [("channel_id", "in", self.ids)]}

    def action_view_review_report(self):
        """Open how many orders of these channels went straight through."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_review_report_action"
        )
        return {**action, "domain": [("channel_id", "in", self.ids)], "context": {}}

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ChannelDriftLine(models.Model):
    """A listing that shows something else than it should."""

    _name = "channel.drift.line"
    _inherit = "channel.drift.mixin"
    _description = "Difference to a Shop"
    _order = "check_id desc, kind, id"
    _rec_name = "listing_id"

    listing_id = fields.Many2one(
        "channel.listing", required=True, readonly=True, ondelete="cascade", index=True
    )
    product_id = fields.Many2one(related="listing_id.product_id")
    kind = fields.Selection(
        [
            ("pending", "On its way"),
            ("edited", "Changed in the shop"),
            ("locked", "Refused by the shop"),
            ("missing", "Gone from the shop"),
        ],
        "Cause",
        required=True,
        readonly=True,
        help="Changed in the shop: somebody edited the quantity there, or sold some "
        "whose order was not read yet.",
    )
    cause = fields.Char("Message", readonly=True)
    our_qty = fields.Integer("Should Show", readonly=True)
    known_qty = fields.Integer("Last Confirmed", readonly=True)
    their_qty = fields.Integer("Shows", readonly=True)
    difference = fields.Integer(compute="_compute_difference", store=True)
    state = fields.Selection(
        [("open", "Open"), ("fixed", "Sent again"), ("left", "Left as it is")],
        default="open",
        required=True,
        readonly=True,
    )

    @api.depends("our_qty", "their_qty")
    def _compute_difference(self):
        for line in self:
            line.difference = line.their_qty - line.our_qty

    def action_fix(self):
        """Send our quantity again; what the shop shows is overwritten.

        :return: a notification with the count
        """
        self.check_access("write")
        fixed = self.sudo()._fix()
        return self._notify_begun(
            self.env._("%(count)s listings are sent again.", count=len(fixed))
        )

    def action_leave(self):
        """Leave these differences as they are."""
        self.check_access("write")
        self.filtered(lambda line: line.state == "open").write({"state": "left"})
        return True

    def _fix(self):
        """What the shop shows is what we know it has; then ours is sent."""
        lines = self.filtered(
            lambda line: line.state == "open" and line.kind in ("edited", "locked")
        )
        listings = self.env["channel.listing"]
        listings._store_taken(
            [
                (
                    line.listing_id.id,
                    # what a shop sold beyond its stock it shows below zero
                    max(0, line.their_qty),
                    line.listing_id.remote_version,
                )
                for line in lines
            ]
        )
        self.env["channel.stock.dirty"]._collect_products(
            lines.listing_id.product_id.ids, "drift"
        )
        lines.write({"state": "fixed"})
        # at once: a flush only finds shops that are to show something new
        lines.channel_id._push_stock_soon()
        return lines

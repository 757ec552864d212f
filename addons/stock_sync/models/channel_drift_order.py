# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class ChannelDriftOrder(models.Model):
    """An order that a shop and we do not know alike.

    While a check runs it keeps a row for each order that the shop has; those that are
    equal are gone at its end.
    """

    _name = "channel.drift.order"
    _inherit = "channel.drift.mixin"
    _description = "Order That Differs"
    _order = "check_id desc, day desc, id"
    _rec_name = "external_id"

    external_id = fields.Char("Channel Order", required=True, readonly=True)
    number = fields.Char(readonly=True)
    day = fields.Date(readonly=True, help="When it was placed, in the shop's time.")
    currency = fields.Char(readonly=True)
    shop_total = fields.Float("Total There", digits=(16, 2), readonly=True)
    our_total = fields.Float("Total Here", digits=(16, 2), readonly=True)
    kind = fields.Selection(
        [
            ("equal", "Equal"),
            ("missing", "Missing here"),
            ("total", "Another total"),
            ("extra", "Unknown to the shop"),
        ],
        "Difference",
        required=True,
        readonly=True,
        default="equal",
        help="Missing here: the shop has it, and it was never read. Another total: it "
        "was changed after it was read. Unknown to the shop: its list has no such "
        "order.",
    )
    state = fields.Selection(
        [("open", "Open"), ("fetched", "Read again"), ("left", "Left as it is")],
        default="open",
        required=True,
        readonly=True,
    )
    row_id = fields.Many2one(
        "channel.order", "In the Inbox", readonly=True, compute="_compute_row_id"
    )

    _order_uniq = models.UniqueIndex(
        "(check_id, external_id)", "An order is compared once."
    )

    @api.depends("channel_id", "external_id")
    def _compute_row_id(self):
        rows = self.env["channel.order"].search(
            [
                ("channel_id", "in", self.channel_id.ids),
                ("external_id", "in", self.mapped("external_id")),
                ("is_test", "=", False),
            ]
        )
        found = {(row.channel_id, row.external_id): row for row in rows}
        for line in self:
            line.row_id = found.get((line.channel_id, line.external_id))

    def action_fetch(self):
        """Read these orders at their shops now, by jobs.

        :raises UserError: when there is nothing of them that could be read
        """
        self.check_access("write")
        lines = self.filtered(
            lambda line: line.state == "open" and line.kind in ("missing", "total")
        )
        if not lines:
            raise UserError(
                self.env._(
                    "Nothing to fetch: only orders that are missing here or have "
                    "another total can be read again."
                )
            )
        for channel, some in lines.grouped("channel_id").items():
            if channel.sync_state != "connected":
                raise UserError(
                    self.env._(
                        "“%(channel)s” is not connected: connect or resume it first.",
                        channel=channel.name,
                    )
                )
            channel._fetch_orders(some.mapped("external_id"))
        # the right to see a shop's differences is the right to have them mended
        lines.sudo().write({"state": "fetched"})
        return self._notify_begun(
            self.env._(
                "%(count)s orders are being read. They appear in the inbox soon.",
                count=len(lines),
            )
        )

    def action_leave(self):
        """Leave these differences as they are."""
        self.check_access("write")
        self.filtered(lambda line: line.state == "open").write({"state": "left"})
        return True

    def action_open_row(self):
        """Open what the inbox has of this order."""
        self.ensure_one()
        if not self.row_id:
            raise UserError(
                self.env._("This order is not in the inbox. Fetch it from the shop.")
            )
        return self.row_id.get_formview_action()

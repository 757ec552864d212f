# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ChannelDriftDay(models.Model):
    """Count and sum of the orders of one day: the shop against us."""

    _name = "channel.drift.day"
    _inherit = "channel.drift.mixin"
    _description = "Orders of a Day, Compared"
    _order = "check_id desc, day desc, currency"
    _rec_name = "day"

    day = fields.Date(required=True, readonly=True)
    currency = fields.Char(readonly=True)
    shop_count = fields.Integer("Orders There", readonly=True)
    our_count = fields.Integer("Orders Here", readonly=True)
    shop_total = fields.Float("Sum There", digits=(16, 2), readonly=True)
    our_total = fields.Float("Sum Here", digits=(16, 2), readonly=True)
    difference = fields.Float(
        digits=(16, 2), compute="_compute_difference", store=True, help="There − here."
    )
    is_equal = fields.Boolean("Equal", compute="_compute_difference", store=True)
    missing_text = fields.Text(
        "Missing Here", compute="_compute_missing_text", help="Numbers of the orders."
    )

    @api.depends("shop_count", "our_count", "shop_total", "our_total")
    def _compute_difference(self):
        for line in self:
            line.difference = line.shop_total - line.our_total
            line.is_equal = (
                line.shop_count == line.our_count and abs(line.difference) < 0.005
            )

    def _compute_missing_text(self):
        orders = self.env["channel.drift.order"].search(
            [("check_id", "in", self.check_id.ids), ("kind", "=", "missing")],
            order="id",
        )
        by_day = orders.grouped(lambda one: (one.check_id, one.day, one.currency))
        for line in self:
            found = by_day.get(
                (line.check_id, line.day, line.currency), orders.browse()
            )
            line.missing_text = ", ".join(
                one.number or one.external_id for one in found
            )

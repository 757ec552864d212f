# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.tools import babel_locale_parse
from odoo.tools.misc import get_lang


class SaleChannel(models.Model):
    """A way of selling; here: what a glance at its card should tell."""

    _inherit = "sale.channel"

    sync_read_ago = fields.Char("Orders Read", compute="_compute_sync_ago")
    sync_order_ago = fields.Char("Last Order", compute="_compute_sync_ago")
    stock_sent_ago = fields.Char("Stock Sent", compute="_compute_sync_ago")
    drift_open_count = fields.Integer(
        "Differences", compute="_compute_drift_open_count"
    )

    @api.depends("cursor_ids.last_new_at", "cursor_ids.last_ok_at", "stock_ok_at")
    @api.depends_context("lang")
    def _compute_sync_ago(self):
        now = fields.Datetime.now()
        locale = babel_locale_parse(get_lang(self.env).code)

        def ago(moment):
            if not moment:
                return False
            # a shop's clock may be ahead of ours
            past = min(moment - now, -timedelta(seconds=1))
            return format_timedelta(past, add_direction=True, locale=locale)

        for channel in self:
            # how the shop is does not depend on who looks
            orders_sudo = channel.sudo().cursor_ids.filtered(
                lambda cursor: cursor.topic == "orders"
            )
            channel.sync_read_ago = ago(orders_sudo.last_ok_at)
            channel.sync_order_ago = ago(orders_sudo.last_new_at)
            channel.stock_sent_ago = ago(channel.stock_ok_at)

    def _compute_drift_open_count(self):
        counts = dict(
            # as above
            self.env["channel.drift.line"]
            .sudo()
            ._read_group(self._get_open_drift_domain(), ["channel_id"], ["__count"])
        )
        for channel in self:
            channel.drift_open_count = counts.get(channel._origin, 0)

    def _get_open_drift_domain(self):
        return [("channel_id", "in", self._origin.ids), ("state", "=", "open")]

    def action_view_differences(self):
        """Open what these shops show and should not."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock_sync.channel_drift_line_action"
        )
        domain = [("channel_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {"search_default_open": 1}}

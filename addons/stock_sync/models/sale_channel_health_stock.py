# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .sale_channel_health import ERROR, WARNING

#: one call that fails is tried again by itself; so many in a row are told
_TOLD, _MANY = 3, 6


class SaleChannel(models.Model):
    """A way of selling; here: listings that do not show what they should, and why."""

    _inherit = "sale.channel"

    listing_refused_count = fields.Integer(
        "Refused Listings", compute="_compute_listing_refused_count"
    )

    def _compute_listing_refused_count(self):
        counts = dict(
            # how the shop is does not depend on who looks
            self.env["channel.listing"]
            .sudo()
            ._read_group(
                [
                    ("channel_id", "in", self._origin.ids),
                    ("push_state", "=", "failed"),
                ],
                ["channel_id"],
                ["__count"],
            )
        )
        for channel in self:
            channel.listing_refused_count = counts.get(channel._origin, 0)

    def _get_health_problems(self, dead=0, failed_jobs=0):
        """Override: stock that is not sent, or not taken; listings not read."""
        problems = super()._get_health_problems(dead, failed_jobs)
        if self.sync_state != "connected":
            return problems
        if self.listing_error:
            text = self.env._(
                "The listings cannot be fetched: %(why)s", why=self.listing_error
            )
            problems.append(("listings", WARNING, text))
        if not self.stock_is_published:
            return problems
        if self.stock_stop:
            problems.append(("stock", ERROR, self.stock_stop_reason or ""))
        if self.stock_error and self.stock_error_count >= _TOLD:
            level = ERROR if self.stock_error_count >= _MANY else WARNING
            text = self.env._("Stock cannot be sent: %(why)s", why=self.stock_error)
            problems.append(("stock_error", level, text))
        if self.listing_refused_count:
            text = self.env._(
                "%(count)s listings do not show what they should: the shop refused the "
                "quantity or does not have them any more. “Refused” on the shop shows "
                "them.",
                count=self.listing_refused_count,
            )
            problems.append(("stock_refused", WARNING, text))
        return problems

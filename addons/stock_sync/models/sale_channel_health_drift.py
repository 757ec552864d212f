# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from .sale_channel_health import WARNING


class SaleChannel(models.Model):
    """A way of selling; here: what the last drift check of its shop found."""

    _inherit = "sale.channel"

    drift_listing_count = fields.Integer(
        "Listings That Differ", compute="_compute_drift_counts"
    )
    drift_order_count = fields.Integer(
        "Orders That Differ", compute="_compute_drift_counts"
    )

    def _compute_drift_counts(self):
        for model in (
            "channel.drift.check",
            "channel.drift.line",
            "channel.drift.order",
        ):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH stock AS (
                    SELECT DISTINCT ON (channel_id) id, channel_id
                    FROM channel_drift_check
                    WHERE channel_id = ANY(%(ids)s) AND state <> 'running'
                    ORDER BY channel_id, id DESC
                ), orders AS (
                    SELECT DISTINCT ON (channel_id) id, channel_id
                    FROM channel_drift_check
                    WHERE channel_id = ANY(%(ids)s)
                      AND orders_state NOT IN ('none', 'running')
                    ORDER BY channel_id, id DESC
                )
                SELECT channel.id,
                    (SELECT count(*) FROM channel_drift_line line
                     JOIN stock ON stock.id = line.check_id
                     WHERE stock.channel_id = channel.id AND line.state = 'open'
                       AND line.kind <> 'pending'),
                    (SELECT count(*) FROM channel_drift_order line
                     JOIN orders ON orders.id = line.check_id
                     WHERE orders.channel_id = channel.id AND line.state = 'open'
                       AND line.kind IN ('missing', 'total'))
                FROM sale_channel channel WHERE channel.id = ANY(%(ids)s)
                """,
                ids=self._origin.ids,
            )
        )
        counts = {channel_id: found for channel_id, *found in rows}
        for channel in self:
            found = counts.get(channel._origin.id, (0, 0))
            channel.drift_listing_count, channel.drift_order_count = found

    def _get_health_problems(self, dead=0, failed_jobs=0):
        """Override: what the last check found and nobody has looked at."""
        problems = super()._get_health_problems(dead, failed_jobs)
        if self.sync_state != "connected":
            return problems
        if self.drift_listing_count:
            text = self.env._(
                "%(count)s listings show something else than they should: see "
                "Differences.",
                count=self.drift_listing_count,
            )
            problems.append(("drift", WARNING, text))
        if self.drift_order_count:
            text = self.env._(
                "%(count)s orders of the shop are missing here or have another total: "
                "fetch them from its last drift check.",
                count=self.drift_order_count,
            )
            problems.append(("drift_orders", WARNING, text))
        return problems

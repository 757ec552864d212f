# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.order_management.neutral.identity import moment_of

#: whole days that are compared, today among them
DAYS = 7
#: what was placed later than this before the check may not have been read yet
_YOUNG = timedelta(minutes=10)
_CENT = 0.005


class ChannelDriftCheck(models.Model):
    """A full comparison of a shop; here: its orders, by count and sum a day."""

    _inherit = "channel.drift.check"

    orders_state = fields.Selection(
        [
            ("none", "Not compared"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        "Orders",
        default="none",
        required=True,
        readonly=True,
    )
    orders_error = fields.Text(readonly=True)
    order_count = fields.Integer("Orders Compared", readonly=True)
    order_missing_count = fields.Integer("Orders Missing", readonly=True)
    order_ids = fields.One2many("channel.drift.order", "check_id", "Differing Orders")
    day_ids = fields.One2many("channel.drift.day", "check_id", "Days")
    order_open_count = fields.Integer(compute="_compute_order_open_count")

    def _compute_order_open_count(self):
        counts = dict(
            self.env["channel.drift.order"]._read_group(
                [
                    ("check_id", "in", self.ids),
                    ("state", "=", "open"),
                    ("kind", "in", ("missing", "total")),
                ],
                ["check_id"],
                ["__count"],
            )
        )
        for check in self:
            check.order_open_count = counts.get(check._origin, 0)

    @api.model
    def _start(self, channel):
        """Override: orders are compared by jobs of their own."""
        self.search(
            [("channel_id", "=", channel.id), ("orders_state", "=", "running")]
        )._fail_orders(self.env._("Another check was started."))
        check = super()._start(channel)
        if channel._get_capabilities().orders:
            check.sudo().orders_state = "running"
            channel._compare_orders(check, check._get_first_moment())
        return check

    def _fail_orders(self, text):
        """Give up; what was read so far is forgotten."""
        # rows of a check are made and taken away by the check alone
        checks_sudo = self.sudo()
        checks_sudo.write({"orders_state": "failed", "orders_error": text})
        checks_sudo.order_ids.unlink()

    def _get_zone(self):
        return ZoneInfo(self.channel_id._prepare_shop().timezone)

    def _get_first_moment(self):
        """Midnight at the shop of the first day (naive UTC)."""
        here = self.started_at.replace(tzinfo=timezone.utc).astimezone(self._get_zone())
        first = datetime.combine(
            here.date() - timedelta(days=DAYS - 1), time(), self._get_zone()
        )
        return first.astimezone(timezone.utc).replace(tzinfo=None)

    def _take_orders(self, orders, failed, refs):
        """Keep what the shop has; what is listed twice counts once.

        :param dict orders: neutral orders by external id
        :param failed: external ids of orders that nobody can translate
        :param refs: the list's entries, for the moment of such orders
        """
        moments = {ref.external_id: ref.updated_at for ref in refs}
        rows = []
        for external_id in [*orders, *failed]:
            payload = orders.get(external_id) or {}
            moment = moment_of(payload, "placed_at") or moments.get(external_id)
            if moment and self._is_compared_moment(moment):
                day = moment.astimezone(self._get_zone()).date()
                rows.append(self._sql_order_row(external_id, payload, day))
        if rows:
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO channel_drift_order (check_id, channel_id, company_id,
                        external_id, number, day, currency, shop_total, kind, state)
                    VALUES %s ON CONFLICT (check_id, external_id) DO NOTHING
                    RETURNING id
                    """,
                    SQL(", ").join(rows),
                )
            )
            self.env["channel.drift.order"].invalidate_model()

    def _is_compared_moment(self, moment):
        naive = moment.astimezone(timezone.utc).replace(tzinfo=None)
        return self._get_first_moment() <= naive <= self.started_at - _YOUNG

    def _sql_order_row(self, external_id, payload, day):
        return SQL(
            "(%s, %s, %s, %s, %s, %s, %s, %s, 'equal', 'open')",
            self.id,
            self.channel_id.id,
            self.company_id.id or None,
            external_id,
            str(payload.get("number") or "")[:255] or None,
            day,
            str(payload.get("currency") or "")[:10] or None,
            _to_number(payload.get("total")),
        )

    def _finish_orders(self, is_complete=True):
        """Judge each order, add up the days, forget what is equal.

        :param is_complete: whether the shop lists everything, not just what is open
        """
        self.ensure_one()
        self.env["channel.order"].flush_model()
        self.env["channel.drift.order"].flush_model()
        self._judge_orders()
        if is_complete:
            self._add_extra_orders()
        self._add_up_days()
        [(count, missing)] = self.env.execute_query(
            SQL(
                "SELECT count(*) FILTER (WHERE kind <> 'extra'),"
                " count(*) FILTER (WHERE kind = 'missing')"
                " FROM channel_drift_order WHERE check_id = %s",
                self.id,
            )
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM channel_drift_order"
                " WHERE check_id = %s AND kind = 'equal'",
                self.id,
            )
        )
        self.env.invalidate_all()
        self.write(
            {
                "orders_state": "done",
                "order_count": count,
                "order_missing_count": missing,
            }
        )

    def _judge_orders(self):
        """Missing here, another total, or equal; blanked orders count as equal."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE channel_drift_order mine SET our_total = ours.total,
                    kind = CASE WHEN ours.id IS NULL THEN 'missing'
                        WHEN abs(mine.shop_total - ours.total) > %(cent)s THEN 'total'
                        ELSE 'equal' END
                FROM channel_drift_order there
                LEFT JOIN (%(ours)s) AS ours ON ours.external_id = there.external_id
                WHERE there.check_id = %(check)s AND mine.id = there.id
                """,
                check=self.id,
                cent=_CENT,
                ours=self._sql_ours(),
            )
        )

    def _add_extra_orders(self):
        """What we have of these days and the shop's list has not."""
        zone = str(self._get_zone())
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO channel_drift_order (check_id, channel_id, company_id,
                    external_id, number, day, currency, our_total, kind, state)
                SELECT %(check)s, %(channel)s, %(company)s, ours.external_id,
                    ours.number,
                    (ours.placed_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date,
                    ours.currency, ours.total, 'extra', 'open'
                FROM (%(ours)s) AS ours
                WHERE ours.placed_at BETWEEN %(first)s AND %(last)s
                ON CONFLICT (check_id, external_id) DO NOTHING
                """,
                check=self.id,
                channel=self.channel_id.id,
                company=self.company_id.id or None,
                zone=zone,
                ours=self._sql_ours(),
                first=self._get_first_moment(),
                last=self.started_at - _YOUNG,
            )
        )

    def _sql_ours(self):
        return SQL(
            """
            SELECT id, external_id, number, placed_at, payload->>'currency' AS currency,
                CASE WHEN payload->>'total' ~ '^-?[0-9]+([.][0-9]+)?$'
                    THEN (payload->>'total')::float8 END AS total
            FROM channel_order
            WHERE channel_id = %s AND external_id IS NOT NULL AND is_test IS NOT TRUE
            """,
            self.channel_id.id,
        )

    def _add_up_days(self):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO channel_drift_day (check_id, channel_id, company_id, day,
                    currency, shop_count, our_count, shop_total, our_total, difference,
                    is_equal)
                SELECT %(check)s, %(channel)s, %(company)s, day, currency, there, here,
                    there_sum, here_sum, there_sum - here_sum,
                    there = here AND abs(there_sum - here_sum) < %(cent)s
                FROM (
                    SELECT day, currency,
                        count(*) FILTER (WHERE kind <> 'extra') AS there,
                        count(*) FILTER (WHERE kind <> 'missing') AS here,
                        COALESCE(sum(shop_total), 0) AS there_sum,
                        -- what was blanked here is as it was there
                        COALESCE(sum(CASE WHEN kind = 'equal'
                            THEN COALESCE(our_total, shop_total)
                            ELSE our_total END), 0) AS here_sum
                    FROM channel_drift_order WHERE check_id = %(check)s
                    GROUP BY day, currency) AS sums
                """,
                check=self.id,
                channel=self.channel_id.id,
                company=self.company_id.id or None,
                cent=_CENT,
            )
        )

    def action_fetch_orders(self):
        """Read at the shop what is missing here, or has another total."""
        self.check_access("read")
        return self.order_ids.filtered(lambda one: one.state == "open").action_fetch()


def _to_number(value):
    """The total of a neutral order, None where it says none."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return float(number) if number.is_finite() else None

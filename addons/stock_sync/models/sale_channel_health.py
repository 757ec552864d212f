# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

from ..channels import errors

OK, WARNING, ERROR, OFF = "ok", "warning", "error", "off"
_WORSE = [OFF, OK, WARNING, ERROR]
#: reading fails, or nobody reads, for so long
_LATE = timedelta(minutes=30)
_LEAST_ORDERS = 20
_LEAST_SILENCE = 30 * 60
_LOOK_BACK = 28


class SaleChannel(models.Model):
    """A way of selling; here: how well its connection goes, and who is told."""

    _inherit = "sale.channel"

    sync_business_from = fields.Float("Business Hours From", default=8.0)
    sync_business_to = fields.Float("Business Hours To", default=21.0)
    sync_silence_factor = fields.Integer(
        "Alarm After",
        default=10,
        help="Somebody is told when no order came for this many times the usual gap "
        "between two orders, counted in business hours. 0: never.",
    )
    sync_webhook_problems = fields.Text(
        "Webhooks", readonly=True, copy=False, help="Why webhooks do not arrive."
    )
    sync_health = fields.Selection(
        [
            (OK, "Healthy"),
            (WARNING, "Worth a look"),
            (ERROR, "Needs somebody"),
            (OFF, "Off"),
        ],
        "Health",
        compute="_compute_sync_health",
    )
    sync_health_text = fields.Text("State", compute="_compute_sync_health")
    sync_last_ok_at = fields.Datetime("Last Read", compute="_compute_sync_health")
    sync_queue_count = fields.Integer("Waiting", compute="_compute_sync_health")
    sync_dead_count = fields.Integer("Dead Letters", compute="_compute_sync_health")

    _sync_hours_check = models.Constraint(
        "CHECK (sync_business_from >= 0 AND sync_business_to <= 24"
        " AND sync_business_from < sync_business_to)",
        "Business hours begin before they end, between 0 and 24.",
    )
    _sync_silence_check = models.Constraint(
        "CHECK (sync_silence_factor >= 0)",
        "The alarm comes after some gaps, or never (0).",
    )

    @api.depends(
        "channel_type",
        "cursor_ids.error",
        "cursor_ids.last_new_at",
        "cursor_ids.last_ok_at",
        "cursor_ids.usual_gap",
        "sync_silence_factor",
        "sync_state",
        "sync_webhook_problems",
    )
    def _compute_sync_health(self):
        # how the shop is does not depend on who looks
        counts = self.sudo()._count_letters()
        failed = self.sudo()._count_failed_jobs()
        for channel in self:
            channel_sudo = channel.sudo()
            waiting, dead = counts.get(channel._origin.id, (0, 0))
            channel.sync_queue_count, channel.sync_dead_count = waiting, dead
            cursors = channel_sudo.cursor_ids
            orders = cursors.filtered(lambda cursor: cursor.topic == "orders")
            channel.sync_last_ok_at = orders.last_ok_at
            problems = []
            if channel.is_connectable:
                problems = channel_sudo._get_health_problems(
                    dead, failed[channel._origin.id]
                )
            channel.sync_health = channel._judge_health(problems)
            channel.sync_health_text = "\n".join(text for _k, _l, text in problems)

    def _judge_health(self, problems):
        if not self.is_connectable or self.sync_state in ("draft", "paused"):
            return OFF
        return max((one[1] for one in problems), key=_WORSE.index, default=OK)

    def _count_letters(self):
        """``{channel id: (what waits, what was given up)}`` in two queries."""
        counts = {}
        models_ = (
            ("channel.webhook.hint", ("new",)),
            ("channel.intent", ("planned", "sent", "unknown")),
        )
        for model, waiting in models_:
            domain = [
                ("channel_id", "in", self._origin.ids),
                ("state", "in", [*waiting, "failed"]),
            ]
            for channel, state, count in self.env[model]._read_group(
                domain, ["channel_id", "state"], ["__count"]
            ):
                before = counts.get(channel.id, (0, 0))
                dead = count if state == "failed" else 0
                counts[channel.id] = before[0] + count - dead, before[1] + dead
        return counts

    def _get_health_problems(self, dead=0, failed_jobs=0):
        """``[(kind, level, text)]``; addons add theirs (called with sudo)."""
        self.ensure_one()
        if self.sync_state == "draft":
            return [("draft", WARNING, self.env._("Not connected yet."))]
        if self.sync_state == "paused":
            reason = self.sync_pause_reason or self.env._("Paused.")
            return [("paused", WARNING, reason)]
        problems = []
        if self.sync_state == "lost":
            text = self.env._(
                "The channel refuses the keys or the log-in. Log in or enter the keys "
                "again, then test the connection."
            )
            problems.append(("lost", ERROR, text))
        problems += self._get_token_problems()
        if self.sync_state != "lost":
            # else nothing is read, and why is said above
            problems += self._get_reading_problems()
        problems += self._get_silence_problems()
        if self.error_count:
            text = self.env._(
                "%(count)s orders of this shop cannot be imported: the inbox says why.",
                count=self.error_count,
            )
            problems.append(("inbox", WARNING, text))
        if self.sync_webhook_problems:
            problems.append(("webhooks", WARNING, self._get_webhook_text()))
        if failed_jobs:
            text = self.env._(
                "%(count)s background jobs failed. An administrator finds them under "
                "Job Queue, with the reason, and starts them again.",
                count=failed_jobs,
            )
            problems.append(("jobs", WARNING, text))
        if dead:
            text = self.env._(
                "%(count)s messages were given up: “Given Up” on the shop shows them.",
                count=dead,
            )
            problems.append(("dead", WARNING, text))
        return problems

    @api.model
    def _count_failed_jobs(self):
        """``{channel id: jobs that failed for good}``, by the keys of the jobs."""
        jobs = self.env["queue.job"].search_fetch(
            [
                ("state", "=", "failed"),
                ("channel", "=like", "root.stock_sync%"),
                ("identity_key", "=like", "stock_sync.%:%"),
            ],
            ["identity_key"],
            limit=1000,
        )
        keys = (job.identity_key.rpartition(":") for job in jobs)
        # messages have a state of their own, and their own number at the end
        return Counter(
            int(number)
            for name, _colon, number in keys
            if number.isdecimal() and not name.startswith("stock_sync.intent")
        )

    def _get_token_problems(self):
        account = self.account_ids
        state, end = account._get_token_state() if account else ("none", False)
        if state == "expired":
            text = self.env._("The log-in at the channel ended. Log in again.")
            return [("token", ERROR, text)]
        if state == "expiring":
            text = self.env._(
                "The log-in at the channel ends on %(date)s. Log in again before.",
                date=fields.Date.to_string(end),
            )
            return [("token", WARNING, text)]
        return []

    def _get_reading_problems(self):
        now = fields.Datetime.now()
        problems = []
        for cursor in self.cursor_ids.filtered("error"):
            failing = cursor.first_error_at or now
            level = ERROR if now - failing > _LATE else WARNING
            problems.append((f"read_{cursor.topic}", level, cursor.error))
        orders = self.cursor_ids.filtered(lambda cursor: cursor.topic == "orders")
        seen = orders.last_ok_at or self.sync_connected_at
        if not orders.error and seen and now - seen > _LATE:
            text = self.env._(
                "Nobody reads this shop: check that the scheduled action “Stock Sync: "
                "read what is new at the shops” and the job runner are on."
            )
            problems.append(("cron", ERROR, text))
        return problems

    # --- silence ---
    def _get_silence_problems(self):
        """No order for many times the usual gap, counted in business hours."""
        orders = self.cursor_ids.filtered(lambda cursor: cursor.topic == "orders")
        gap = orders.usual_gap
        if not gap or not self.sync_silence_factor or not orders.last_new_at:
            return []
        now = fields.Datetime.now()
        silent = self._get_business_seconds(orders.last_new_at, now)
        if silent <= max(gap * self.sync_silence_factor, _LEAST_SILENCE):
            return []
        text = self.env._(
            "No order for %(silent)s business hours; usually one comes every %(gap)s. "
            "Look whether the shop sells.",
            silent=_hours(silent),
            gap=_hours(gap),
        )
        return [("silence", WARNING, text)]

    def _get_business_seconds(self, start, end):
        """Seconds of business hours between two moments (naive UTC)."""
        zone = ZoneInfo(self._prepare_shop().timezone)
        start, end = (
            moment.replace(tzinfo=timezone.utc).astimezone(zone)
            for moment in (start, end)
        )
        total, day = 0.0, start.date()
        opens, closes = self.sync_business_from, self.sync_business_to
        while day <= end.date():
            begin = datetime.combine(day, time(), zone)
            first = max(start, begin + timedelta(hours=opens))
            last = min(end, begin + timedelta(hours=closes))
            total += max((last - first).total_seconds(), 0)
            day += timedelta(days=1)
        return total

    def _learn_usual_gap(self):
        """Business seconds between two orders of the last four weeks, once a day.

        Part of reading the orders, which writes to the same row: beside it, one of the
        two would lose the race and begin again.
        """
        now = fields.Datetime.now()
        since = now - timedelta(days=_LOOK_BACK)
        for channel in self:
            cursor = self.env["channel.sync.cursor"]._get_for(channel, "orders")
            if cursor.usual_gap_at and cursor.usual_gap_at > now - timedelta(days=1):
                continue
            [(count, first)] = self.env.execute_query(
                SQL(
                    "SELECT count(*), min(received_at) FROM channel_order"
                    " WHERE channel_id = %s AND received_at >= %s"
                    " AND is_test IS NOT TRUE",
                    channel.id,
                    since,
                )
            )
            gap = 0.0
            if count >= _LEAST_ORDERS:
                gap = channel._get_business_seconds(first, now) / count
            cursor.write({"usual_gap": gap, "usual_gap_at": now})

    # --- telling somebody ---
    @api.model
    def _cron_health(self):
        """Tell somebody what is wrong, take back what is right again."""
        domain = [("sync_state", "in", ("connected", "lost"))]
        channels = self.sudo().search(domain)
        counts = channels._count_letters()
        failed = channels._count_failed_jobs()
        for channel in channels:
            channel.account_ids._note_token_state()
            channel._renew_ending_tokens()
            dead = counts.get(channel.id, (0, 0))[1]
            problems = channel._get_health_problems(dead, failed[channel.id])
            for kind, _level, text in problems:
                channel._warn(kind, text)
            told = {kind for kind, _level, _text in problems}
            channel._settle_others(told)
            if channel.sync_state == "connected":
                channel._enqueue_webhook_check()

    def _renew_ending_tokens(self):
        """A shop that is not read for hours keeps its log-in as well."""
        if self.sync_state == "connected" and self.account_ids._is_due_any():
            self._enqueue_webhook_check(urgent=True)

    def _enqueue_webhook_check(self, urgent=False):
        """Once an hour: what the channel says about its webhooks."""
        now = fields.Datetime.now()
        cursor = self.env["channel.sync.cursor"]._get_for(self, "webhooks")
        if not urgent and cursor.next_at and cursor.next_at > now:
            return
        self._with_lane(
            "other",
            description=self.env._("Look after %(channel)s", channel=self.name),
            identity_key=f"stock_sync.look_after:{self.id}",
        )._job_look_after()

    def _job_look_after(self):
        """Renew tokens that are about to end, ask whether webhooks work."""
        self.ensure_one()
        if self.sync_state != "connected":
            return
        self._lock_topic("look_after")
        cursor = self.env["channel.sync.cursor"]._get_for(self, "webhooks")
        url = self._get_webhook_url()
        try:
            found = self._with_fresh_token(lambda one: one.webhook_problems(url))
        except errors.ChannelError as error:
            cursor._note_failure(error, self._explain_error(error))
            if isinstance(error, errors.AuthorisationLost):
                self._set_lost(self._explain_error(error))
            return
        cursor._note_success(60)
        text = "\n".join(found) or False
        if text != self.sync_webhook_problems:
            self.sync_webhook_problems = text

    def _warn(self, kind, text):
        """Tell an administrator: one activity a shop and worry, kept up to date."""
        for channel in self.sudo():
            activity = channel._get_worries().filtered(
                lambda one: one.sync_kind == kind
            )
            if activity:
                if activity[0].summary != text[:250]:
                    activity[0].summary = text[:250]
                continue
            channel.activity_schedule(
                "stock_sync.mail_activity_type_sync",
                summary=text[:250],
                user_id=channel._get_responsible().id,
                sync_kind=kind,
            )

    def _get_worries(self):
        kind = self.env.ref("stock_sync.mail_activity_type_sync")
        return self.activity_ids.filtered(lambda one: one.activity_type_id == kind)

    def _settle(self, kind):
        """That worry is over."""
        for channel in self.sudo():
            channel._get_worries().filtered(lambda one: one.sync_kind == kind).unlink()

    def _settle_others(self, kinds):
        """Only what is watched goes away by itself; what a person has to do stays."""
        keep = {*kinds, "settlement", "intent"}
        self._get_worries().filtered(lambda one: one.sync_kind not in keep).unlink()

    def _get_responsible(self):
        """Who looks after this shop: an administrator of connectors."""
        group = self.env.ref("stock_sync.group_connector_admin")
        users = group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        if self.user_id in users:
            return self.user_id
        people = users.filtered(lambda user: user.id != 1)
        return people[:1] or users[:1] or self.env.ref("base.user_admin")

    def action_view_log(self):
        """Open who did what at these shops, and why."""
        return self._open_own("stock_sync.channel_sync_log_action")

    def action_view_dead_letters(self):
        """Open what was given up."""
        failed = self.env["channel.intent"].search_count(
            [("channel_id", "in", self.ids), ("state", "=", "failed")], limit=1
        )
        if failed or not self.env.user.has_group("order_management.group_manager"):
            return self._open_own("stock_sync.channel_intent_action", failed=True)
        return self._open_own("stock_sync.channel_webhook_hint_action", failed=True)

    def _open_own(self, xml_id, failed=False):
        action = self.env["ir.actions.actions"]._for_xml_id(xml_id)
        context = {"search_default_failed": 1} if failed else {}
        return {
            **action,
            "domain": [("channel_id", "in", self.ids)],
            "context": context,
        }


def _hours(seconds):
    """1:05 for an hour and five minutes."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02}"

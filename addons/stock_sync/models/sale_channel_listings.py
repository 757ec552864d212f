# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..channels import errors

#: listings that one transaction stores and matches
_CHUNK = 500
#: a shop that cannot answer is asked so often again, first after so many seconds
_TRIES, _FIRST_WAIT, _MAX_WAIT = 10, 5, 1800


class SaleChannel(models.Model):
    """A way of selling; here: its listings, and how many of them have a product."""

    _inherit = "sale.channel"

    listing_ids = fields.One2many("channel.listing", "channel_id", "Listings")
    listing_count = fields.Integer("All Listings", compute="_compute_listing_counts")
    listing_todo_count = fields.Integer(
        "Listings to Match", compute="_compute_listing_counts"
    )
    listing_coverage = fields.Float(
        "Listings with a Product (%)", compute="_compute_listing_counts"
    )
    listing_fetched_at = fields.Datetime(
        "Listings Last Fetched", readonly=True, copy=False
    )
    listing_fetched_count = fields.Integer("Fetched", readonly=True, copy=False)
    listing_error = fields.Text("Fetching Failed", readonly=True, copy=False)

    def _compute_listing_counts(self):
        counts = {}
        for channel, state, count in self.env["channel.listing"]._read_group(
            [("channel_id", "in", self.ids)], ["channel_id", "state"], ["__count"]
        ):
            counts.setdefault(channel.id, {})[state] = count
        for channel in self:
            own = counts.get(channel._origin.id, {})
            total, ignored = sum(own.values()), own.get("ignored", 0)
            matched = own.get("matched", 0)
            channel.listing_count = total
            channel.listing_todo_count = total - ignored - matched
            # of what is to be sold: what somebody chose to ignore is no gap
            channel.listing_coverage = (
                100.0 * matched / (total - ignored) if total - ignored else 0.0
            )

    def action_view_listings(self):
        """Open the listings of these shops; the context may name a filter."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock_sync.channel_listing_action"
        )
        name = self.env.context.get("listing_filter")
        context = {"hide_channel": len(self) == 1}
        if name:
            context[f"search_default_{name}"] = 1
        if name == "todo":
            # many are matched one after the other: in the list itself
            match = self.env.ref("stock_sync.channel_listing_view_list_match")
            action["views"] = [(match.id, "list"), (False, "kanban"), (False, "form")]
        domain = [("channel_id", "in", self.ids)]
        return {**action, "domain": domain, "context": context}

    def action_fetch_listings(self):
        """Read the shop's listings now, by a job.

        :raises UserError: when the shop is not connected
        """
        self.check_access("write")
        for channel in self:
            if channel.sync_state != "connected":
                raise UserError(
                    self.env._(
                        "“%(channel)s” is not connected. Connect it first.",
                        channel=channel.name,
                    )
                )
            channel._fetch_listings()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The listings are being read."),
            },
        }

    def action_check_drift(self):
        """Compare the shop with what it should show now, by a job."""
        self.check_access("write")
        for channel in self.filtered(lambda one: one.sync_state == "connected"):
            self.env["channel.drift.check"]._start(channel)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock_sync.channel_drift_check_action"
        )
        return {**action, "domain": [("channel_id", "in", self.ids)]}

    def _fetch_listings(
        self, check=None, cursor="", seen_at=None, attempt=0, seconds=0
    ):
        """Enqueue the reading of a page.

        :param int attempt: how often it was tried in vain
        :param seconds: to wait before
        """
        self.ensure_one()
        seen_at = seen_at or fields.Datetime.to_string(fields.Datetime.now())
        check_id = check.id if check else False
        self.sudo()._with_lane(
            "other",
            eta=fields.Datetime.now() + timedelta(seconds=seconds) if seconds else None,
            description=self.env._("Listings of %(channel)s", channel=self.name),
            # a comparison reads for itself: who only reads would not end it
            identity_key=f"stock_sync.listings:{check_id}:{cursor}:{self.id}",
        )._job_fetch_listings(cursor, seen_at, check_id, attempt)

    def _job_fetch_listings(self, cursor, seen_at, check_id=False, attempt=0):
        """Read one page, store and match it; the next one is a job of its own.

        A shop that cannot answer now is asked again, later each time.
        """
        self.ensure_one()
        self._lock_topic("listings")
        check = self.env["channel.drift.check"].browse(check_id or []).exists()
        if self.sync_state == "paused":
            text = self.env._("Not connected: nothing read")
            check._fail(text)
            return text
        try:
            page = self._with_fresh_token(lambda adapter: adapter.list_listings(cursor))
        except errors.ChannelError as error:
            text = self._explain_error(error)
            self.listing_error = text
            if error.is_temporary and attempt < _TRIES:
                seconds = error.retry_after or min(_FIRST_WAIT * 2**attempt, _MAX_WAIT)
                self._fetch_listings(check, cursor, seen_at, attempt + 1, seconds)
                return text
            check._fail(text)
            if isinstance(error, errors.AuthorisationLost):
                self._set_lost(text)
            return text
        self._take_listings(page.listings, seen_at, check)
        if not cursor:
            self.listing_fetched_count = 0
        self.listing_fetched_count += len(page.listings)
        if page.cursor:
            self._fetch_listings(check, page.cursor, seen_at)
        else:
            self._end_fetch(seen_at, check)
        return None

    def _take_listings(self, remote_listings, seen_at, check):
        listings = self.env["channel.listing"]
        for some in split_every(_CHUNK, remote_listings, list):
            new = listings._take_page(self, some, fields.Datetime.to_datetime(seen_at))
            new._match()
            check._compare(some)

    def _end_fetch(self, seen_at, check):
        gone = self.env["channel.listing"]._close_fetch(
            self, fields.Datetime.to_datetime(seen_at)
        )
        self.write(
            {"listing_fetched_at": fields.Datetime.now(), "listing_error": False}
        )
        self._log_sync(
            "listing",
            self.env._("%(count)s listings fetched", count=self.listing_fetched_count),
            direction="in",
            state="warning" if gone else "ok",
            reason=self.env._("%(count)s are gone", count=len(gone)) if gone else False,
        )
        check._finish(gone)

    @api.model
    def _get_company_bound_fields(self):
        """Override of ``order_management``: what has listings stays."""
        return [
            *super()._get_company_bound_fields(),
            ("channel.listing", "channel_id"),
            ("channel.publish.rule", "channel_id"),
        ]

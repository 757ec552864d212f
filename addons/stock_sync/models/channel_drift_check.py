# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ChannelDriftCheck(models.Model):
    """A full comparison of a shop with what it should show."""

    _name = "channel.drift.check"
    _inherit = "channel.shop.mixin"
    _description = "Drift Check"
    _order = "id desc"

    channel_id = fields.Many2one(string="Shop")
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("failed", "Failed")],
        default="running",
        required=True,
        readonly=True,
    )
    started_at = fields.Datetime(
        default=fields.Datetime.now, required=True, readonly=True
    )
    done_at = fields.Datetime(readonly=True)
    error = fields.Text(readonly=True)
    line_ids = fields.One2many("channel.drift.line", "check_id", "Differences")
    equal_count = fields.Integer("Equal", readonly=True)
    skipped_count = fields.Integer(
        "Not Compared", readonly=True, help="Without product, or not counted there."
    )
    difference_count = fields.Integer("Differences Found", readonly=True)
    drift = fields.Float(
        "Drift (%)",
        compute="_compute_drift",
        store=True,
        aggregator="avg",
        help="Differences that were not on their way already.",
    )
    open_count = fields.Integer("To Look At", compute="_compute_open_count")

    @api.depends("equal_count", "line_ids.kind")
    def _compute_drift(self):
        for check in self:
            real = len(check.line_ids.filtered(lambda line: line.kind != "pending"))
            total = check.equal_count + len(check.line_ids)
            check.drift = 100.0 * real / total if total else 0.0

    def _compute_open_count(self):
        counts = dict(
            self.env["channel.drift.line"]._read_group(
                [("check_id", "in", self.ids), ("state", "=", "open")],
                ["check_id"],
                ["__count"],
            )
        )
        for check in self:
            check.open_count = counts.get(check._origin, 0)

    @api.depends("channel_id", "started_at")
    def _compute_display_name(self):
        for check in self:
            moment = fields.Datetime.context_timestamp(check, check.started_at)
            check.display_name = f"{check.channel_id.name} · {moment:%Y-%m-%d %H:%M}"

    @api.model
    def _cron_check(self):
        """Compare every connected shop; enqueues only."""
        for channel in self.env["sale.channel"].search(
            [("sync_state", "=", "connected")]
        ):
            if channel._get_sync_kinds().get(channel.channel_type):
                self._start(channel)

    @api.model
    def _start(self, channel):
        """Begin to compare a shop; a check that hangs is given up."""
        self.search([("channel_id", "=", channel.id), ("state", "=", "running")])._fail(
            self.env._("Another check was started.")
        )
        check = self.create({"channel_id": channel.id})
        if channel._get_capabilities().listings:
            channel._fetch_listings(check)
        else:
            check._finish(self.env["channel.listing"])
        return check

    def _compare(self, remote_listings):
        """Compare one page with what is known here, and keep the differences."""
        if not self:
            return
        self.ensure_one()
        listings = self.env["channel.listing"]
        known = listings._find_known(
            self.channel_id,
            [_get_key(one) for one in remote_listings],
        )
        equal, skipped, lines, learned = 0, 0, [], []
        for one in remote_listings:
            listing = known.get(_get_key(one))
            if not listing or one.quantity is None or not listing._is_compared():
                skipped += 1
                continue
            learned.append((listing.id, max(0, one.quantity), listing.remote_version))
            kind = listing._get_drift_kind(one.quantity)
            if kind == "equal":
                equal += 1
            else:
                lines.append(self._prepare_line(listing, one.quantity, kind))
        self.equal_count += equal
        self.skipped_count += skipped
        self.difference_count += len(lines)
        self.env["channel.drift.line"].create(lines)
        if self.channel_id.stock_stop == "check":
            # after a restore only the shop knows what it shows
            listings._store_taken(learned)

    def _prepare_line(self, listing, quantity, kind):
        return {
            "check_id": self.id,
            "listing_id": listing.id,
            "kind": kind,
            "our_qty": listing.target_qty,
            "known_qty": listing.acked_qty,
            "their_qty": quantity,
            "cause": listing.push_error if kind == "locked" else False,
        }

    def _fail(self, text):
        running = self.filtered(lambda check: check.state == "running")
        running.write(
            {"state": "failed", "error": text, "done_at": fields.Datetime.now()}
        )

    def _finish(self, gone):
        """All pages were compared: what is missing, who is told, who goes on."""
        if not self:
            return
        lost = gone.filtered(lambda one: one.state == "matched")
        self.env["channel.drift.line"].create(
            [self._prepare_line(listing, 0, "missing") for listing in lost]
        )
        self.difference_count += len(lost)
        self.write({"state": "done", "done_at": fields.Datetime.now()})
        channel = self.channel_id
        if channel.stock_stop == "check":
            channel.write({"stock_stop": False, "stock_stop_reason": False})
            channel._log_sync("stock", self.env._("Compared: sending goes on"))
            channel._push_stock_soon()
        elif channel.stock_drift_fix == "auto":
            self.line_ids._fix()

    def action_fix_all(self):
        """Send our quantity for all differences that are still open."""
        self.check_access("read")
        return self.line_ids.filtered(lambda line: line.state == "open").action_fix()

    def action_view_lines(self):
        """Open the differences of these checks."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock_sync.channel_drift_line_action"
        )
        return {**action, "domain": [("check_id", "in", self.ids)], "context": {}}


def _get_key(remote):
    return remote.ref.item_id, remote.ref.variant_id, remote.ref.location_id

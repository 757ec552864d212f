# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import secrets
import time
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..channels import errors
from ..channels.adapter import Adapter
from ..channels.transport import is_inner_host
from ..channels.types import Auth

_SCOPE = "stock_sync.login"
_MINUTES = 60


class SaleChannel(models.Model):
    """A way of selling; here: testing its connection and logging in at the channel."""

    _inherit = "sale.channel"

    def action_test_connection(self):
        """Ask the shop who it is; what it answers decides the connection's state.

        :raises AccessError: for everybody but connector administrators
        """
        self.ensure_one()
        self._check_connector_admin()
        text, kind = self._test_connection()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": text,
                "sticky": kind != "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _test_connection(self):
        """``(what the shop answered, kind of notification)``; never raises."""
        try:
            info = self._with_fresh_token(lambda adapter: adapter.check())
        except errors.ChannelError as error:
            text = self._explain_error(error)
            if isinstance(error, (errors.AuthorisationLost, errors.TokenExpired)):
                self._set_lost(text)
            self._log_sync(
                "state", self.env._("Connection tested"), state="error", error=text
            )
            return text, "danger"
        return self._take_shop_info(info)

    def _take_shop_info(self, info):
        """The shop answered: from now on the channel is that shop's."""
        known = self.sync_shop_ref
        if known and info.shop_id and known != info.shop_id:
            return self.env._(
                "The keys open another shop: %(found)s (%(id)s), not %(known)s. Enter "
                "the keys of this shop, or empty the shop's ID.",
                found=info.name,
                id=info.shop_id,
                known=known,
            ), "danger"
        vals = {"sync_shop_ref": info.shop_id or known}
        if self.sync_state in ("draft", "lost"):
            vals["sync_state"] = "connected"
            vals["sync_connected_at"] = self.sync_connected_at or fields.Datetime.now()
        self.sudo().write(vals)
        account_sudo = self.sudo()._get_account()
        if account_sudo.state != "ok":
            account_sudo.state = "ok"
        told = [
            self.env._(
                "Connected to %(name)s (%(id)s).", name=info.name, id=info.shop_id
            )
        ]
        told += self._check_shop_info(info)
        self._log_sync("state", self.env._("Connection tested"), reason=" ".join(told))
        self._settle("lost")
        if self.sync_state == "connected":
            self._subscribe_webhooks(told)
            self._poll_soon()
            if self.sync_webhook_problems:
                # they may be over now
                self.sudo()._enqueue_webhook_check(urgent=True)
        return "\n".join(told), "warning" if len(told) > 1 else "success"

    def _check_shop_info(self, info):
        """What about the shop does not fit the channel, in words."""
        told = [self._explain_warning(warning) for warning in info.warnings]
        ours = self._prepare_shop().currency
        if info.currency and info.currency != ours:
            told.append(
                self.env._(
                    "The shop sells in %(theirs)s, the channel in %(ours)s: choose a "
                    "price list in %(theirs)s.",
                    theirs=info.currency,
                    ours=ours,
                )
            )
        return told

    def _subscribe_webhooks(self, told):
        """Ask the channel for webhooks where it can be asked.

        There the secret that they are signed with need not be known to a person.
        """
        kind = self._get_adapter_class()
        if not kind.capabilities.webhooks or kind.subscribe is Adapter.subscribe:
            # where it cannot be asked, a person enters address and secret there
            return
        account_sudo = self.sudo()._get_account()
        if not account_sudo.webhook_secret:
            account_sudo.webhook_secret = secrets.token_urlsafe(32)
        url = self.sudo()._get_webhook_url()
        if not self.sync_allow_private and is_inner_host(urlsplit(url).hostname or ""):
            told.append(
                self.env._(
                    "The shop's webhooks cannot reach this server at %(url)s: orders "
                    "come when the shop is looked at, every minute. Have an "
                    "administrator set the system parameter web.base.url to the "
                    "server's address on the internet, then test again.",
                    url=self.get_base_url(),
                )
            )
        try:
            with self._open_adapter() as adapter:
                adapter.subscribe(url, account_sudo.webhook_secret)
        except errors.ChannelError as error:
            told.append(self._explain_error(error))

    # --- log-in at the channel ---
    def _get_login_redirect(self):
        return f"{self.get_base_url()}/stock_sync/oauth/callback"

    def action_login(self):
        """Lead to the channel's own log-in; it sends the seller back here.

        :raises AccessError: for everybody but connector administrators
        :raises UserError: when the channel has no log-in, or its app is not set up
        """
        self.ensure_one()
        self._check_connector_admin()
        # signed, for this channel, this user and the next hour
        state = hash_sign(
            self.sudo().env,
            _SCOPE,
            [self.id, self.env.uid, int(time.time())],
            expiration=timedelta(minutes=_MINUTES),
        )
        try:
            with self._open_adapter(refresh=False) as adapter:
                url = adapter.authorise_url(self._get_login_redirect(), state)
        except errors.ChannelError as error:
            raise UserError(self._explain_error(error)) from error
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    @api.model
    def _finish_login(self, state, params):
        """Take what the channel sent back: the tokens, and the connection is tested.

        :raises UserError: when this log-in was not begun here, by this user, just now
        :raises ChannelError: when the channel gives no tokens
        """
        self._check_connector_admin()
        try:
            values = verify_hash_signed(self.sudo().env, _SCOPE, state or "")
        except (ValueError, TypeError, LookupError):
            values = None
        if not values or values[1] != self.env.uid:
            raise UserError(
                self.env._(
                    "This log-in was not begun by you in the last hour. Open the "
                    "channel and choose “Log In at the Channel” again."
                )
            )
        channel = self.browse(values[0]).exists()
        channel.check_access("write")
        with channel._open_adapter(refresh=False) as adapter:
            pairs = adapter.exchange_code(params)
        channel._take_tokens(pairs)
        channel._test_connection()
        return channel

    def _take_tokens(self, pairs):
        """Keep the tokens of this shop, of all that one log-in opened."""
        wanted = self.sync_shop_ref
        fitting = [
            pair
            for pair in pairs
            if not wanted or not pair.shop_id or pair.shop_id == wanted
        ]
        if not fitting:
            raise UserError(
                self.env._(
                    "The log-in opened another shop than %(shop)s. Log in as its "
                    "seller, or make a channel for the other shop.",
                    shop=wanted,
                )
            )
        if len(fitting) > 1 and not wanted:
            raise UserError(
                self.env._(
                    "The log-in opens several shops: %(shops)s. Enter the ID of one in "
                    "“Shop's ID” and log in again.",
                    shops=", ".join(pair.shop_id for pair in fitting),
                )
            )
        self.sudo()._get_account()._store_tokens(fitting[0])
        if fitting[0].shop_id:
            self.sudo().sync_shop_ref = fitting[0].shop_id
        self._log_sync("token", self.env._("Logged in at the channel"))

    # --- capabilities ---
    capabilities_html = fields.Html(
        compute="_compute_capabilities_html", sanitize=False, string="Capabilities"
    )
    has_login = fields.Boolean(compute="_compute_has_login")

    @api.depends("channel_type")
    def _compute_has_login(self):
        kinds = self._get_sync_kinds()
        for channel in self:
            kind = kinds.get(channel.channel_type)
            channel.has_login = bool(kind) and kind.capabilities.auth == Auth.OAUTH

    @api.depends("channel_type")
    def _compute_capabilities_html(self):
        for channel in self:
            channel.capabilities_html = self._render_capabilities(
                self._get_sync_kinds(), channel.channel_type
            )

    @api.model
    def _render_capabilities(self, kinds, chosen=None):
        """The table of what the channels can do, made of what their code says."""
        if not kinds:
            return False
        rows = [
            (
                label,
                [value(kinds[kind].capabilities) for kind in sorted(kinds)],
            )
            for label, value in self._get_capability_rows()
        ]
        heads = [
            (kinds[kind].capabilities.name, kind == chosen) for kind in sorted(kinds)
        ]
        return self.env["ir.qweb"]._render(
            "stock_sync.capability_table", {"heads": heads, "rows": rows}
        )

    @api.model
    def _get_capability_rows(self):
        """``[(label, function of capabilities -> bool or text)]``."""
        names = {
            "orders": self.env._("Orders"),
            "webhooks": self.env._("Webhooks"),
            "returns": self.env._("Returns"),
            "settlements": self.env._("Statements"),
            "listings": self.env._("Listings"),
            "stock": self.env._("Stock"),
            "compare_and_set": self.env._("Stock is compared before it is set"),
            "locations": self.env._("Several locations"),
            "price": self.env._("Prices"),
            "ship": self.env._("Shipments"),
            "partial_shipments": self.env._("Partial shipments"),
            "late_tracking": self.env._("Tracking numbers that come later"),
            "labels": self.env._("Labels"),
            "cancel": self.env._("Cancelling"),
            "tell_return": self.env._("Decisions about returns"),
            "refund_order": self.env._("Refunds of orders"),
            "sandbox": self.env._("Sandbox"),
        }
        rows = [
            (label, lambda can, name=name: bool(getattr(can, name)))
            for name, label in names.items()
        ]
        rows.append(
            (self.env._("Listings in one stock call"), lambda can: str(can.stock_batch))
        )
        return rows

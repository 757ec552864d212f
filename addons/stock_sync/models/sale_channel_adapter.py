# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError

from .. import channels
from ..channels import errors
from ..channels.types import Shop


class SaleChannel(models.Model):
    """A way of selling; here: the adapter that speaks its channel's language."""

    _inherit = "sale.channel"

    @api.model
    def _get_sync_kinds(self):
        """``{channel type: adapter class}``."""
        return channels.adapters()

    def _get_adapter_class(self):
        """:raises UserError: when nothing speaks this channel's language"""
        self.ensure_one()
        kind = self._get_sync_kinds().get(self.channel_type)
        if not kind:
            raise UserError(
                self.env._(
                    "“%(channel)s” is no shop that can be connected: choose another "
                    "kind of channel.",
                    channel=self.name,
                )
            )
        return kind

    def _get_capabilities(self):
        """What the channel can do; see ``channels.types.Capabilities``."""
        return self._get_adapter_class().capabilities

    @contextmanager
    def _open_adapter(self, refresh=True):
        """The adapter of this shop for one job, with tokens that are still good.

        :param bool refresh: renew tokens that are about to end first
        :raises ChannelError: ``AuthorisationLost`` when there is nothing to log in with
        """
        self.ensure_one()
        kind = self._get_adapter_class()
        account_sudo = self.sudo()._get_account()
        if refresh:
            account_sudo._refresh_if_due()
        with self._open_transport() as transport:
            yield kind(self._prepare_shop(), account_sudo._get_credentials(), transport)

    def _open_transport(self):
        """How the adapter reaches the shop."""
        # the throttle and the private network are the system's business
        channel_sudo = self.sudo()
        return channels.Transport(
            throttle=channel_sudo._get_throttle(),
            allow_private=channel_sudo.sync_allow_private,
        )

    def _get_throttle(self):
        """Callable that takes from the shop's token bucket, None for no limit."""
        bucket = self.env.get("channel.rate.bucket")
        return None if bucket is None else bucket._throttle(self)

    def _get_account(self):
        """The shop's secrets (the caller answers for ``sudo``)."""
        return self.env["sale.channel.account"]._get_for(self)

    def _prepare_shop(self):
        """This channel's settings as the adapters know them."""
        self.ensure_one()
        channel_sudo = self.sudo()
        company = channel_sudo.company_id
        currency = channel_sudo.pricelist_id.currency_id or company.currency_id
        country = channel_sudo.default_country_id or company.country_id
        return Shop(
            kind=self.channel_type,
            base_url=(channel_sudo.sync_base_url or "").strip().rstrip("/"),
            shop_id=channel_sudo.sync_shop_ref or "",
            currency=currency.name,
            country=country.code or "",
            timezone=channel_sudo.sync_timezone or company.partner_id.tz or "UTC",
            sandbox=channel_sudo.sync_sandbox,
            allow_private=channel_sudo.sync_allow_private,
            webhook_url=channel_sudo._get_webhook_url(),
            options=channel_sudo.sync_options or {},
        )

    def _with_fresh_token(self, call):
        """``call(adapter)``, once more with new tokens if the channel says they ended.

        :raises ChannelError: as ``call`` does
        """
        try:
            with self._open_adapter() as adapter:
                return call(adapter)
        except errors.TokenExpired:
            self.sudo()._get_account()._refresh(force=True)
            with self._open_adapter(refresh=False) as adapter:
                return call(adapter)

    @api.model
    def _explain_error(self, error):
        """What went wrong at a channel and what to do about it, for people."""
        told = str(error)[:500]
        meant = self._get_code_texts().get(getattr(error, "code", ""))
        if meant:
            return meant
        for kind, text in self._get_error_texts():
            if isinstance(error, kind):
                return f"{text} ({told})" if told else text
        return told or type(error).__name__

    @api.model
    def _explain_warning(self, told):
        """What an adapter's warning means, for people; as it is where nobody knows."""
        known = {
            "the address is not https": lambda _rest: self.env._(
                "The address is not https: others on the way can read what is sent. "
                "Use https if the shop has it."
            ),
            "missing permission: ": lambda rest: self.env._(
                "The key lacks the permission %(name)s: give it at the channel.",
                name=rest,
            ),
            "authorisation ends ": lambda rest: self.env._(
                "The log-in at the channel ends on %(date)s. Log in again before.",
                date=rest,
            ),
            "shop status ": lambda rest: self.env._(
                "The channel calls the shop's state %(state)s: look there what that "
                "means.",
                state=rest,
            ),
        }
        for start, explain in known.items():
            if told.startswith(start):
                return explain(told.removeprefix(start))
        return told

    @api.model
    def _get_code_texts(self):
        """``{code of an error: what to do}`` where the code alone says it all."""
        return {
            "base_url": self.env._(
                "Enter the shop's address, such as https://shop.example."
            ),
            "url": self.env._(
                "The shop's address is no web address. Enter it as the browser shows "
                "it, such as https://shop.example."
            ),
            "private_network": self.env._(
                "The address leads into a private network. If that is meant, tick "
                "“Shop in a Private Network” and test again; else enter the shop's "
                "address on the internet."
            ),
            "dns": self.env._(
                "Nobody knows this address. Check how it is written; if it is right, "
                "this server cannot reach the internet."
            ),
            "tls": self.env._(
                "The certificate of the shop is not valid for this address. Check the "
                "address; if it is right, have the shop's certificate renewed."
            ),
            "redirect": self.env._(
                "The address leads on to another one. Open the shop in a browser and "
                "enter the address that it shows then, with https:// and www. if they "
                "are there."
            ),
            "no_api": self.env._(
                "Something answers at this address, but no shop of this kind. Enter "
                "the address of the shop's first page; if it is right, the shop's API "
                "is switched off or blocked."
            ),
            "app_key": self.env._("Enter the key and the secret, then test again."),
            "id": self.env._(
                "An ID at this channel is a number. Enter the key (the app's ID) and "
                "the shop's ID as the channel shows them: digits only."
            ),
            "shop_id": self.env._("Enter the shop's ID, or log in at the channel."),
            "refresh_token": self.env._("Log in at the channel first."),
        }

    @api.model
    def _get_error_texts(self):
        """``[(error class, text)]``, the first that fits counts."""
        return [
            (
                errors.BadAnswer,
                self.env._(
                    "The shop answered something that cannot be read. Check that the "
                    "address leads to the shop's API."
                ),
            ),
            (
                errors.Unavailable,
                self.env._(
                    "The shop does not answer. Check the address, and whether the shop "
                    "is up; it is tried again by itself."
                ),
            ),
            (
                errors.QuotaExhausted,
                self.env._(
                    "The channel's allowance of calls for today is used up. It goes on "
                    "by itself tomorrow."
                ),
            ),
            (
                errors.RateLimited,
                self.env._("Too many calls at once. It goes on by itself."),
            ),
            (
                errors.TokenExpired,
                self.env._("The log-in has ended. Log in at the channel again."),
            ),
            (
                errors.AuthorisationLost,
                self.env._(
                    "The channel refuses the keys or the log-in. Enter the keys again, "
                    "or log in at the channel again."
                ),
            ),
            (
                errors.PermissionMissing,
                self.env._(
                    "Logged in, but not allowed to do this. Give the key or app the "
                    "missing right at the channel, and allow this server's IP address."
                ),
            ),
            (
                errors.ClockSkew,
                self.env._(
                    "The channel refuses our time: this server's clock is wrong. Have "
                    "it set by NTP."
                ),
            ),
            (
                errors.NotFound,
                self.env._(
                    "The channel does not know that. Check the shop's ID and address."
                ),
            ),
            (
                errors.Stale,
                self.env._("Somebody else changed it at the channel meanwhile."),
            ),
            (errors.AlreadyDone, self.env._("It was done already.")),
            (errors.Refused, self.env._("The channel's rules forbid it.")),
            (errors.Unsupported, self.env._("The channel has no such thing.")),
            (
                errors.BadSignature,
                self.env._("The message is not signed with this shop's secret."),
            ),
            (
                errors.Misconfigured,
                self.env._("A setting of the channel is missing or impossible."),
            ),
        ]

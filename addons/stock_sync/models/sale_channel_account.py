# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import secrets
from contextlib import suppress
from datetime import timedelta, timezone

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, mute_logger

from ..channels import errors
from ..channels.types import Credentials

#: what never leaves the server: not even administrators read it back
NO_ACCESS = fields.NO_ACCESS
_SECRETS = ("app_secret", "access_token", "refresh_token", "webhook_secret")
#: a token is renewed this long before it ends, or in the last fifth of its life
_EARLY = timedelta(minutes=10)
#: how often a refresher that lost a race looks what the winner got
_TRIES = 5


class SaleChannelAccount(models.Model):
    """The secrets of one shop. They go in and are used; nobody reads them back.

    What people enter goes through the ``*_input`` fields, which are always empty.
    """

    _name = "sale.channel.account"
    _inherit = "channel.shop.mixin"
    _description = "Shop Account"
    _check_company_auto = True
    _rec_name = "channel_id"

    app_key = fields.Char(
        "Key",
        copy=False,
        help="Consumer key, partner ID, client ID: what the channel calls your app.",
    )
    app_secret = fields.Char("Stored Secret", copy=False, groups=NO_ACCESS)
    access_token = fields.Char("Stored Access Token", copy=False, groups=NO_ACCESS)
    refresh_token = fields.Char("Stored Refresh Token", copy=False, groups=NO_ACCESS)
    webhook_secret = fields.Char("Stored Webhook Secret", copy=False, groups=NO_ACCESS)
    #: part of the address that webhooks come to
    webhook_token = fields.Char(
        copy=False, groups=NO_ACCESS, default=lambda self: _new_webhook_token()
    )
    app_secret_input = fields.Char(
        "Secret", compute="_compute_inputs", inverse="_inverse_app_secret_input"
    )
    access_token_input = fields.Char(
        "Access Token",
        compute="_compute_inputs",
        inverse="_inverse_access_token_input",
        help="For channels whose tokens are entered by hand.",
    )
    webhook_secret_input = fields.Char(
        "Webhook Secret",
        compute="_compute_inputs",
        inverse="_inverse_webhook_secret_input",
        help="What the channel signs its webhooks with.",
    )
    stored = fields.Char(
        "Stored Secrets",
        compute="_compute_stored",
        help="Which secrets are there. They cannot be read back; enter new ones to "
        "replace them.",
    )
    access_expires_at = fields.Datetime("Token Ends", readonly=True, copy=False)
    refresh_expires_at = fields.Datetime("Log-in Ends", readonly=True, copy=False)
    authorised_until = fields.Datetime(readonly=True, copy=False)
    refreshed_at = fields.Datetime("Token Renewed", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("none", "Nothing entered"),
            ("ok", "Good"),
            ("expiring", "Ends soon"),
            ("expired", "Ended"),
            ("lost", "Refused"),
        ],
        default="none",
        required=True,
        readonly=True,
        copy=False,
    )

    _channel_uniq = models.UniqueIndex("(channel_id)", "A shop has one account.")

    def _compute_inputs(self):
        for account in self:
            account.app_secret_input = False
            account.access_token_input = False
            account.webhook_secret_input = False

    def _inverse_app_secret_input(self):
        self._take_input("app_secret")

    def _inverse_access_token_input(self):
        self._take_input("access_token")

    def _inverse_webhook_secret_input(self):
        self._take_input("webhook_secret")

    def _take_input(self, name):
        """An empty input changes nothing: secrets are replaced, not emptied."""
        for account in self:
            if value := (account[f"{name}_input"] or "").strip():
                # the field itself is nobody's
                account.sudo().write({name: value, "state": "ok"})
        # what was typed is not sent back either
        self.invalidate_recordset([f"{name}_input"])

    @api.depends(*_SECRETS)
    def _compute_stored(self):
        labels = {
            "app_secret": self.env._("Secret"),
            "access_token": self.env._("Access Token"),
            "refresh_token": self.env._("Refresh Token"),
            "webhook_secret": self.env._("Webhook Secret"),
        }
        for account in self:
            # only whether there is one is told
            account_sudo = account.sudo()
            account.stored = ", ".join(
                label for name, label in labels.items() if account_sudo[name]
            )

    def action_forget(self):
        """Forget every secret of these shops; the shops stop."""
        self.check_access("write")
        self.sudo().write(
            {
                **dict.fromkeys(_SECRETS, False),
                "access_expires_at": False,
                "refresh_expires_at": False,
                "authorised_until": False,
                "state": "none",
            }
        )
        for account in self:
            account.channel_id._pause(
                self.env._("Secrets removed by %(user)s", user=self.env.user.name)
            )
        return True

    @api.model
    def _get_for(self, channel):
        """The account of a channel, made when there is none (called with sudo).

        Two workers may both be a shop's first: the later one begins again, as after any
        other race, and finds what the first one made.

        :raises psycopg2.errors.SerializationFailure: when somebody made it meanwhile
        """
        domain = [("channel_id", "=", channel.id)]
        if found := self.search(domain, limit=1):
            return found
        now = fields.Datetime.now()
        values = {
            "channel_id": channel.id,
            "company_id": channel.company_id.id or None,
            "state": "none",
            "webhook_token": _new_webhook_token(),
            "create_uid": self.env.uid,
            "create_date": now,
            "write_uid": self.env.uid,
            "write_date": now,
        }
        self.env.cr.execute(
            SQL(
                "INSERT INTO sale_channel_account (%s) VALUES %s"
                " ON CONFLICT (channel_id) DO NOTHING",
                SQL(", ").join(map(SQL.identifier, values)),
                tuple(values.values()),
            ),
            # losing the race is no error
            log_exceptions=False,
        )
        channel.invalidate_recordset(["account_ids"])
        return self.search(domain, limit=1)

    def _get_credentials(self):
        """What an adapter needs; see ``channels.types.Credentials``."""
        self.ensure_one()
        return Credentials(
            app_key=self.app_key or "",
            access_expires_at=_aware(self.access_expires_at),
            refresh_expires_at=_aware(self.refresh_expires_at),
            **{name: self[name] or "" for name in _SECRETS},
        )

    def _prepare_token_vals(self, tokens):
        """What a new pair of tokens changes."""
        return {
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token or self.refresh_token,
            "access_expires_at": _naive(tokens.access_expires_at),
            "refresh_expires_at": _naive(tokens.refresh_expires_at)
            or self.refresh_expires_at,
            "authorised_until": _naive(tokens.authorised_until)
            or self.authorised_until,
            "refreshed_at": fields.Datetime.now(),
            "state": "ok",
        }

    def _is_due(self):
        """Whether the access token is about to end and can be renewed."""
        self.ensure_one()
        if not self.access_expires_at:
            return False
        left = self.access_expires_at - fields.Datetime.now()
        life = self.access_expires_at - (self.refreshed_at or self.access_expires_at)
        return left <= max(_EARLY, life / 5)

    def _is_due_any(self):
        return any(account._is_due() for account in self)

    def _refresh_if_due(self):
        if not self._is_due():
            return
        # tokens that people enter cannot be renewed: the health says when they end
        with suppress(errors.Unsupported):
            self._refresh()

    def _refresh(self, force=False):
        """Renew the tokens: one process does, the others use what it got.

        The new pair is committed, in a transaction of its own, before anything else
        happens: the old one is dead from the moment the channel answers. Nobody may
        have written the account in the calling transaction.

        :param bool force: the channel refused the token we have, whatever its date
        :raises ChannelError: ``AuthorisationLost`` when a person has to log in
        """
        self.ensure_one()
        refused = self.access_token if force else None
        self._change_alone(lambda account: account._refresh_locked(refused))

    def _store_tokens(self, tokens):
        """Keep tokens of a log-in, committed at once: they are given out once."""
        self.ensure_one()

        def store(account):
            account.write(account._prepare_token_vals(tokens))
            account.flush_recordset()
            return account._read_tokens()

        self._change_alone(store)

    def _change_alone(self, change):
        """``change(account)`` under the row's lock in a transaction of its own.

        ``change`` returns the values that count from now on.
        """
        for _try in range(_TRIES):
            with self.env.registry.cursor() as cr:
                try:
                    account = self._lock_account(cr)
                except psycopg2.errors.SerializationFailure:
                    # somebody renewed it while we waited: look what it is now
                    cr.rollback()
                    continue
                # leaving the block commits
                done = change(account)
            self.invalidate_recordset()
            self._adopt(done)
            return
        raise errors.Unavailable("others keep renewing the token", code="race")

    def _lock_account(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        with mute_logger("odoo.sql_db"):
            cr.execute("SET LOCAL lock_timeout = '60s'")
            cr.execute(
                "SELECT id FROM sale_channel_account WHERE id = %s FOR UPDATE",
                [self.id],
            )
            if not cr.fetchone():
                raise errors.Unavailable("the account is not saved yet", code="race")
        return env["sale.channel.account"].browse(self.id)

    def _refresh_locked(self, refused):
        """Renew under the row's lock; the values that now count."""
        if refused is None and not self._is_due():
            return self._read_tokens()
        if refused is not None and self.access_token != refused:
            return self._read_tokens()
        kind = self.channel_id._get_adapter_class()
        with self.channel_id._open_transport() as transport:
            adapter = kind(
                self.channel_id._prepare_shop(), self._get_credentials(), transport
            )
            tokens = adapter.refresh()
        self.write(self._prepare_token_vals(tokens))
        self.flush_recordset()
        return self._read_tokens()

    def _read_tokens(self):
        names = [
            "access_token",
            "refresh_token",
            "access_expires_at",
            "refresh_expires_at",
            "authorised_until",
            "refreshed_at",
            "state",
        ]
        return {name: self[name] for name in names}

    def _adopt(self, values):
        """Use what was committed elsewhere: this transaction cannot see it yet."""
        for name, value in values.items():
            field = self._fields[name]
            field._update_cache(self, field.convert_to_cache(value, self))

    def _note_token_state(self):
        """Show in the list what the dates say."""
        for account in self:
            state, _end = account._get_token_state()
            if state != account.state:
                account.state = state

    def _get_token_state(self):
        """``(state, moment it is about)`` by what the dates say now."""
        self.ensure_one()
        now = fields.Datetime.now()
        ends = [end for end in (self.refresh_expires_at, self.authorised_until) if end]
        if not self.refresh_token and self.access_expires_at:
            ends.append(self.access_expires_at)
        if not ends:
            return self.state, False
        end = min(ends)
        if end <= now:
            return "expired", end
        if end <= now + timedelta(days=7):
            return "expiring", end
        return ("ok" if self.state in ("expiring", "expired") else self.state), end


def _new_webhook_token():
    return secrets.token_urlsafe(24)


def _aware(moment):
    return moment and moment.replace(tzinfo=timezone.utc) or None


def _naive(moment):
    if not moment:
        return False
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)

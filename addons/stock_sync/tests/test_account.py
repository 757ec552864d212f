# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..channels import errors
from .common import StockSyncCommon

_SECRETS = ("app_secret", "access_token", "refresh_token", "webhook_secret")


@tagged("post_install", "-at_install")
class TestAccount(StockSyncCommon):
    """SS-2: secrets go in and never come out; tokens are renewed in time."""

    def test_nobody_reads_secrets(self):
        admin = new_test_user(
            self.env,
            login="connector_admin",
            groups="stock_sync.group_connector_admin,base.group_system",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        account = self.account.with_user(admin)
        for name in (*_SECRETS, "webhook_token"):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                account.read([name])
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                account.export_data([name])
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                account.search([(name, "=like", "a%")])
            self.assertNotIn(name, account.fields_get())
        self.assertNotIn("access-0", str(account.read()))

    def test_others_see_no_account(self):
        for role in ("clerk", "manager", "warehouse", "accountant", "channel"):
            account = self.account.with_user(self._create_user(role))
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                account.read(["state"])

    def test_input_replaces_and_never_empties(self):
        self.account.app_secret_input = " new secret "
        self.assertEqual(self.account.app_secret, "new secret")
        self.assertFalse(self.account.app_secret_input)
        self.account.app_secret_input = ""
        self.assertEqual(self.account.app_secret, "new secret")
        self.assertIn("Secret", self.account.stored)

    def test_copy_of_channel_has_no_secrets(self):
        copy = self.channel.copy()
        self.assertEqual(copy.sync_state, "draft")
        self.assertFalse(copy.account_ids)

    def test_forget(self):
        self.account.action_forget()
        self.assertFalse(any(self.account[name] for name in _SECRETS))
        self.assertEqual(self.channel.sync_state, "paused")

    def test_neutralize(self):
        self.env.flush_all()
        path = Path(__file__).parents[1] / "data" / "neutralize.sql"
        token = self.account.webhook_token
        self.env.cr.execute(path.read_text())
        self.env.invalidate_all()
        self.assertFalse(any(self.account[name] for name in _SECRETS))
        self.assertNotEqual(self.account.webhook_token, token)
        self.assertEqual(self.channel.sync_state, "paused")

    def test_secrets_not_printed(self):
        self.assertNotIn("access-0", repr(self.account._get_credentials()))

    def _let_end(self, **delta):
        self.account.write(
            {
                "access_expires_at": fields.Datetime.now() + timedelta(**delta),
                "refreshed_at": fields.Datetime.now() - timedelta(hours=4),
            }
        )
        self.env.flush_all()

    def test_renewed_before_it_ends(self):
        self._let_end(minutes=5)
        with self.channel._open_adapter() as adapter:
            self.assertEqual(adapter.credentials.access_token, "access-1")
        self.assertEqual(self.account.refresh_token, "refresh-1")
        self.assertGreater(self.account.access_expires_at, fields.Datetime.now())
        with self.channel._open_adapter():
            pass
        self.assertEqual(self.shop.calls["refresh"], 1)

    def test_good_token_is_left_alone(self):
        self._let_end(hours=3)
        with self.channel._open_adapter():
            pass
        self.assertFalse(self.shop.calls["refresh"])

    def test_refresh_token_is_dead(self):
        self._let_end(minutes=-5)
        self.shop.refresh_token = "revoked"
        with (
            self.assertRaises(errors.AuthorisationLost),
            self.channel._open_adapter(),
        ):
            pass

    def test_health_tells_before_login_ends(self):
        self.account.refresh_expires_at = fields.Datetime.now() + timedelta(days=3)
        self.env["sale.channel"]._cron_health()
        self.assertIn("token", self.channel.activity_ids.mapped("sync_kind"))
        self.assertEqual(self.account.state, "expiring")
        self.account.refresh_expires_at = fields.Datetime.now() + timedelta(days=30)
        self.env["sale.channel"]._cron_health()
        self.assertNotIn("token", self.channel.activity_ids.mapped("sync_kind"))

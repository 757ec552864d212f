# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import socket
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .. import channels
from ..channels import errors
from ..channels.adapter import adapters
from ..channels.practice import Practice
from ..channels.types import ShopInfo
from .common import StockSyncCommon
from .fake_channel import KIND


@tagged("post_install", "-at_install")
class TestSyncSetup(StockSyncCommon):
    """SS-2: connected in minutes, with exact answers."""

    def setUp(self):
        super().setUp()
        self.channel.write({"sync_state": "draft", "sync_shop_ref": False})

    def test_guided(self):
        setup = self.env["sale.channel.setup"].create(
            {"name": "New shop", "channel_type": KIND, "company_id": self.company.id}
        )
        for _page in range(3):
            setup.action_next()
        self.assertEqual(setup.step, "connect")
        channel = setup.channel_id
        with Form(setup) as form:
            form.sync_base_url = "https://shop.example/"
            form.app_secret_input = "secret-0"
        self.assertEqual(channel.sync_base_url, "https://shop.example/")
        self.assertEqual(channel._prepare_shop().base_url, "https://shop.example")
        self.assertEqual(channel.account_ids.app_secret, "secret-0")
        self.env.cr.execute("SELECT * FROM sale_channel_setup WHERE id=%s", [setup.id])
        self.assertNotIn("secret-0", str(self.env.cr.fetchall()))
        channel.account_ids.access_token_input = "access-0"
        setup.action_test_connection()
        self.assertEqual(channel.sync_state, "connected")
        self.assertIn("Fake Shop", setup.sync_result)
        self.assertEqual(channel.sync_shop_ref, "S1")
        checks = {one["name"]: one["state"] for one in channel._get_setup_checks()}
        self.assertEqual(checks["source"], "ok")

    def test_only_what_the_kind_needs_is_asked(self):
        guides = self.env["sale.channel.setup"]._get_key_guides()
        self.assertLessEqual(set(adapters()), set(guides))
        self.assertTrue(all(text for _asked, text in guides.values()))
        self.assertEqual(guides["woocommerce"][0], ("address", "key", "secret"))
        setup = self.env["sale.channel.setup"].new({"channel_type": KIND})
        self.assertTrue(setup.asks_address and setup.asks_webhook_secret)
        self.assertFalse(setup.asks_token)
        with patch.object(type(setup), "_get_key_guides", lambda _self: {}):
            other = setup.new({"channel_type": KIND})
            self.assertTrue(other.asks_token, "of an unknown kind all is asked")
            self.assertFalse(other.key_guide)

    def test_webhooks_are_signed_with_a_secret_of_ours(self):
        told = []

        def subscribe(_adapter, url, secret):
            told.append((url, secret))

        kind = channels.adapters()[KIND]
        with patch.object(kind, "subscribe", subscribe):
            self.account.webhook_secret = False
            self.channel._test_connection()
            self.channel._test_connection()
        [(url, secret)] = set(told)
        self.assertEqual(url, self.channel._get_webhook_url())
        self.assertGreater(len(secret), 30)
        self.assertEqual(self.account.webhook_secret, secret)

    def test_a_server_that_no_webhook_reaches(self):
        """It is said at once, not when the shop has given up sending."""
        kind = channels.adapters()[KIND]
        parameters = self.env["ir.config_parameter"]
        cases = (
            ("http://localhost:8069", False, "warning"),
            ("http://192.168.1.7", False, "warning"),
            ("http://192.168.1.7", True, "success"),
            ("https://erp.example.com", False, "success"),
        )
        with patch.object(kind, "subscribe", lambda *_args: None):
            for url, is_inside, expected in cases:
                parameters.set_param("web.base.url", url)
                self.channel.sync_allow_private = is_inside
                text, level = self.channel._test_connection()
                self.assertEqual(level, expected, (url, text))
                self.assertEqual("web.base.url" in text, level == "warning")

    def test_every_error_is_explained(self):
        kinds = [
            kind
            for kind in vars(errors).values()
            if isinstance(kind, type)
            and issubclass(kind, errors.ChannelError)
            and kind is not errors.ChannelError
        ]
        texts = {}
        for kind in kinds:
            self.channel.sync_state = "draft"
            self.shop.faults["check"] = [kind("the detail")]
            if kind is errors.TokenExpired:
                self.shop.faults["check"] *= 2
            text, level = self.channel._test_connection()
            self.assertEqual(level, "danger", kind)
            self.assertIn("the detail", text)
            self.assertNotEqual(self.channel.sync_state, "connected")
            texts[kind] = text
        self.assertEqual(len(set(texts.values())), len(kinds), "each has its own words")

    def test_private_network_says_what_to_tick(self):
        self.channel.sync_state = "draft"
        error = errors.Misconfigured("10.0.0.1 is private", code="private_network")
        self.shop.faults["check"] = [error]
        text, _level = self.channel._test_connection()
        self.assertIn("tick “Shop in a Private Network”", text)

    def test_wrong_addresses_and_keys_say_what_to_do(self):
        """Not the protocol's words: what a shop's owner can do about it."""
        told = {
            "base_url": "Enter the shop's address",
            "url": "is no web address",
            "dns": "Nobody knows this address",
            "tls": "certificate",
            "redirect": "enter the address that it shows",
            "no_api": "no shop of this kind",
            "app_key": "Enter the key and the secret",
            "id": "digits only",
            "refresh_token": "Log in at the channel first",
        }
        self.channel.sync_state = "draft"
        for code, words in told.items():
            error = errors.Misconfigured("the detail", code=code)
            self.shop.faults["check"] = [error]
            text, level = self.channel._test_connection()
            self.assertEqual(level, "danger")
            self.assertIn(words, text)
            self.assertNotIn("the detail", text)

    def test_warnings_are_in_the_readers_words(self):
        told = {
            "the address is not https": "Use https if the shop has it",
            "missing permission: ReadOrder": "lacks the permission ReadOrder",
            "authorisation ends 2026-12-01": "ends on 2026-12-01",
            "shop status BANNED": "BANNED",
            "something new": "something new",
        }
        info = ShopInfo("S1", "Fake Shop", warnings=tuple(told))
        kind = channels.adapters()[KIND]
        with patch.object(kind, "check", lambda _adapter: info):
            text, level = self.channel._test_connection()
        self.assertEqual(level, "warning")
        for words in told.values():
            self.assertIn(words, text)
        self.assertNotIn("authorisation", text)

    def test_woocommerce_addresses(self):
        """The codes are those that the shop's client and the transport give."""
        self.channel.write({"sync_state": "draft", "channel_type": "woocommerce"})
        self.account.write({"app_key": "ck", "app_secret": "cs"})
        told = {
            False: "Enter the shop's address",
            "shop.example": "is no web address",
            "https://127.0.0.1:1": "private network",
            "https://[::1]": "private network",
            "https://no-such-shop.invalid": "Nobody knows this address",
        }
        kinds = {"woocommerce": adapters()["woocommerce"]}
        resolve = socket.getaddrinfo

        def look_up(host, *args, **kwargs):
            if host.endswith(".invalid"):
                raise socket.gaierror("Name or service not known")
            return resolve(host, *args, **kwargs)

        with (
            patch.object(channels, "adapters", lambda: kinds),
            patch.object(socket, "getaddrinfo", look_up),
        ):
            for address, words in told.items():
                self.channel.sync_base_url = address
                text, _level = self.channel._test_connection()
                self.assertIn(words, text, address)
            self.account.app_secret = False
            self.channel.sync_base_url = "https://shop.example"
            text, _level = self.channel._test_connection()
            self.assertIn("Enter the key and the secret", text)

    def test_vietnamese_reader(self):
        """The answer is in the reader's language where a translation exists."""
        text = self.channel._explain_error(errors.ClockSkew("x"))
        self.assertIn("NTP", text)

    def test_keys_of_another_shop(self):
        self.channel.sync_shop_ref = "S2"
        text, level = self.channel._test_connection()
        self.assertEqual(level, "danger")
        self.assertIn("S2", text)
        self.assertEqual(self.channel.sync_state, "draft")

    def test_other_currency_warns(self):
        self.shop.currency = "VND" if self.shop.currency != "VND" else "EUR"
        text, level = self.channel._test_connection()
        self.assertEqual(level, "warning")
        self.assertIn(self.shop.currency, text)

    def _get_state(self):
        url = self.channel.action_login()["url"]
        return url.partition("state=")[2]

    def test_login(self):
        state = self._get_state()
        channel = self.env["sale.channel"]._finish_login(state, {"code": "good"})
        self.assertEqual(channel, self.channel)
        self.assertEqual(channel.sync_state, "connected")
        self.assertEqual(self.account.access_token, "access-1")

    def test_login_of_somebody_else(self):
        state = self._get_state()
        other = self.env["res.users"].create(
            {
                "name": "Other admin",
                "login": "other_admin_sync",
                "group_ids": [(4, self.env.ref("stock_sync.group_connector_admin").id)],
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        channels = self.env["sale.channel"].with_user(other)
        with self.assertRaises(UserError):
            channels._finish_login(state, {"code": "good"})
        for wrong in ("", "abc", state[:-2] + "xx", "é"):
            with self.assertRaises(UserError):
                self.env["sale.channel"]._finish_login(wrong, {"code": "good"})
        self.assertFalse(self.shop.calls["exchange_code"])

    def test_practice_shop_calls_nobody(self):
        channel = self._create_channel(
            "Practice", self.company, channel_type="practice", sync_shop_ref="P"
        )
        kinds = {"practice": Practice}
        with (
            patch.object(channels, "adapters", lambda: kinds),
            patch("requests.Session.request", side_effect=AssertionError),
        ):
            text, _level = channel._test_connection()
            self.assertEqual(channel.sync_state, "connected", text)
            channel._job_poll("orders")
            self.assertEqual(channel.sync_health, "ok")

    def test_login_refused(self):
        with self.assertRaises(errors.AuthorisationLost):
            self.env["sale.channel"]._finish_login(self._get_state(), {"code": "bad"})

    def test_managers_do_not_connect(self):
        manager = self._create_user("manager")
        channel = self.channel.with_user(manager)
        with self.assertRaises(AccessError):
            channel.action_test_connection()
        with self.assertRaises(AccessError):
            channel.action_login()
        with self.assertRaises(AccessError):
            channel.sync_base_url = "https://evil.example"

    def test_kind_stays(self):
        self.channel._test_connection()
        with self.assertRaises(UserError):
            self.channel.channel_type = "api"

    def test_capability_table_comes_from_code(self):
        self.use_capabilities(labels=True)
        html = str(self.channel.capabilities_html)
        self.assertIn("Fake", html)
        self.assertIn("fa-check", html)

    def test_forms_open(self):
        for model, record in (
            ("sale.channel", self.channel),
            ("sale.channel.account", self.account),
        ):
            self.assertTrue(Form(record), model)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import StockSyncCommon


@tagged("post_install", "-at_install")
class TestLoginRoute(StockSyncCommon, HttpCase):
    """SS-2: who comes back from the log-in at a channel, and who only says so."""

    def setUp(self):
        super().setUp()
        self.channel.write({"sync_state": "draft", "sync_shop_ref": False})
        self.admin = new_test_user(
            self.env,
            login="login_admin",
            groups="base.group_user,stock_sync.group_connector_admin",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.env.flush_all()

    def _call(self, state, code="good"):
        return self.url_open(
            "/stock_sync/oauth/callback?" + f"state={state}&code={code}",
            allow_redirects=False,
        )

    def _begin(self):
        url = self.channel.with_user(self.admin).action_login()["url"]
        return url.partition("state=")[2]

    def test_comes_back(self):
        state = self._begin()
        self.env.flush_all()
        self.authenticate("login_admin", "login_admin")
        answer = self._call(state)
        self.assertEqual(answer.status_code, 303, answer.text)
        self.assertIn(
            f"/odoo/hub-channels/{self.channel.id}", answer.headers["Location"]
        )
        self.env.invalidate_all()
        self.assertEqual(self.channel.sync_state, "connected")
        self.assertEqual(self.account.access_token, "access-1")

    def test_forged(self):
        self.authenticate("login_admin", "login_admin")
        answer = self._call("forged")
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.shop.calls["exchange_code"])

    def test_refused_by_the_channel(self):
        state = self._begin()
        self.env.flush_all()
        self.authenticate("login_admin", "login_admin")
        answer = self._call(state, "bad")
        self.assertEqual(answer.status_code, 400)
        self.assertIn("log-in", answer.text)
        self.env.invalidate_all()
        self.assertEqual(self.channel.sync_state, "draft")

    def test_not_without_right(self):
        state = self._begin()
        self._create_user("clerk")
        self.env.flush_all()
        self.authenticate(
            f"hub_clerk_{self.company.id}", f"hub_clerk_{self.company.id}"
        )
        with mute_logger("odoo.http"):
            answer = self._call(state)
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.shop.calls["exchange_code"])

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..channels import errors
from .common import StockSyncCommon, ago
from .fake_channel import KIND, sign


@tagged("post_install", "-at_install")
class TestWebhook(StockSyncCommon, HttpCase):
    """SS-11: webhooks are verified, stored, answered; never believed."""

    def send(self, data, secret="hush", channel=None, token=None, body=None, **headers):
        channel = channel or self.channel
        body = json.dumps(data).encode() if body is None else body
        account = self.env["sale.channel.account"]._get_for(channel)
        token = account.webhook_token if token is None else token
        return self.url_open(
            f"/stock_sync/webhook/{channel.id}/{token}",
            data=body,
            headers={
                "Content-Type": "application/json",
                **sign(secret, body),
                **headers,
            },
        )

    def get_hints(self):
        return self.env["channel.webhook.hint"].search(
            [("channel_id", "=", self.channel.id)], order="id"
        )

    def get_refused(self):
        self.env.invalidate_all()
        return self.get_cursor("webhooks").refused_count

    def test_good(self):
        answer = self.send({"topic": "order", "id": "O1", "event": "E1"})
        self.assertEqual((answer.status_code, answer.text), (200, "taken"))
        hint = self.get_hints()
        self.assertEqual((hint.topic, hint.external_id), ("order", "O1"))
        self.assertFalse(self.find_rows("O1"), "a webhook alone is nothing")
        self.shop.add_order("O1", ago(minutes=1))
        self.channel._job_take_hints()
        self.assertEqual(self.find_rows("O1").state, "received")
        self.assertEqual(hint.state, "done")
        self.assertFalse(hint.body)

    def test_wrong_signature(self):
        answer = self.send({"topic": "order", "id": "O1"}, secret="guess")
        self.assertEqual(answer.status_code, 401)
        self.assertFalse(self.get_hints())
        self.assertEqual(self.get_refused(), 1)

    def test_strangers_learn_nothing(self):
        body = b"{}"
        known = self.send({}, secret="guess")
        other = self.url_open("/stock_sync/webhook/999999999/abc", data=body)
        token = self.send({"topic": "order", "id": "O1"}, token="wrong")
        for answer in (other, token):
            self.assertEqual(answer.status_code, known.status_code)
            self.assertEqual(answer.text, known.text)
            self.assertEqual(
                set(answer.headers) - {"Date"}, set(known.headers) - {"Date"}
            )
        self.assertFalse(self.get_hints())

    def test_secret_of_another_shop(self):
        self.other_channel.write({"channel_type": KIND, "sync_state": "connected"})
        account = self.env["sale.channel.account"]._get_for(self.other_channel)
        account.webhook_secret = "theirs"
        self.env.flush_all()
        self.assertEqual(self.send({"topic": "order"}, "theirs").status_code, 401)
        data = {"topic": "order", "id": "O1"}
        answer = self.send(data, "hush", self.other_channel)
        self.assertEqual(answer.status_code, 401)
        answer = self.send(data, "theirs", self.other_channel)
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self.get_hints())

    def test_doubled_and_reordered(self):
        self.shop.add_order("O1", ago(minutes=1), status="cancelled")
        for event in ("E2", "E1", "E2", "E1"):
            self.send({"topic": "order", "id": "O1", "event": event})
        self.assertEqual(len(self.get_hints()), 2)
        self.channel._job_take_hints()
        self.assertEqual(self.shop.calls["read_orders"], 1, "one order, one question")
        self.assertEqual(self.find_rows("O1").payload["status"], "cancelled")

    def test_too_large(self):
        body = b'{"topic": "order", "id": "' + b"x" * 10_000_000 + b'"}'
        with mute_logger("odoo.http", "werkzeug"):
            answer = self.send(None, body=body)
        self.assertIn(answer.status_code, (401, 413))
        self.assertFalse(self.get_hints())

    def test_signed_nonsense(self):
        deep = b'{"topic": ' + b"[" * 100000 + b"]" * 100000 + b"}"
        for body in (b"\xff\xfe\x00nonsense", b"[]", b'{"id": 1}', deep):
            answer = self.send(None, body=body)
            self.assertEqual(answer.status_code, 401, body[:20])
        self.assertFalse(self.get_hints())

    def test_paused_keeps(self):
        self.channel.action_pause()
        self.env.flush_all()
        answer = self.send({"topic": "order", "id": "O1"})
        self.assertEqual(answer.status_code, 200)
        self.shop.add_order("O1", ago(minutes=1))
        self.channel._job_take_hints()
        self.assertFalse(self.find_rows("O1"))
        self.channel.action_resume()
        self.channel._job_take_hints()
        self.assertTrue(self.find_rows("O1"))

    def test_not_connected(self):
        self.channel.sync_state = "draft"
        self.env.flush_all()
        self.assertEqual(self.send({"topic": "order", "id": "O1"}).status_code, 401)

    def test_dead_letter_and_replay(self):
        self.send({"topic": "order", "id": "O1"})
        hint = self.get_hints()
        self.shop.faults["read_orders"] = [errors.Unavailable("down")] * 8
        for _try in range(8):
            hint.next_at = False
            self.channel._job_take_hints()
        self.assertEqual(hint.state, "failed")
        self.assertIn("down", hint.error)
        self.assertIn("O1", hint.body)
        self.assertEqual(self.channel.sync_dead_count, 1)
        self.shop.add_order("O1", ago(minutes=1))
        hint.action_replay()
        self.channel._job_take_hints()
        self.assertEqual(hint.state, "done")
        self.assertTrue(self.find_rows("O1"))

    def test_get_is_nothing(self):
        with mute_logger("odoo.http", "werkzeug"):
            answer = self.url_open(f"/stock_sync/webhook/{self.channel.id}/x")
        self.assertIn(answer.status_code, (404, 405))

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import StockSyncCommon


@tagged("post_install", "-at_install", "meets_others")
class TestSyncAccess(StockSyncCommon):
    """Invariant 8: nobody sees a neighbour's shop; nobody writes history."""

    def setUp(self):
        super().setUp()
        self.records = [
            self.channel._log_sync("other", "Ours"),
            self.env["channel.intent"].create(
                {"channel_id": self.channel.id, "kind": "ship", "key": "k"}
            ),
            self.env["channel.webhook.hint"].create(
                {"channel_id": self.channel.id, "topic": "order"}
            ),
            self.get_cursor(),
        ]

    def test_neighbour(self):
        for role in ("clerk", "manager", "warehouse"):
            neighbour = self._create_user(role, self.other_company)
            for record in self.records:
                with self.assertRaises(AccessError), mute_logger("odoo.models"):
                    record.with_user(neighbour).read(["channel_id"])

    def test_nobody_writes(self):
        manager = self._create_user("manager")
        for record in self.records:
            own = record.with_user(manager)
            own.read(["channel_id"])
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                own.write({"channel_id": self.channel.id})
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                own.unlink()

    def test_clerk(self):
        clerk = self._create_user("clerk")
        self.records[0].with_user(clerk).read()
        self.records[1].with_user(clerk).read()
        self.channel.with_user(clerk).read(["sync_health", "sync_health_text"])
        for record in self.records[2:]:
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                record.with_user(clerk).read(["channel_id"])
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.channel.with_user(clerk).action_pause()
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.records[2].with_user(clerk).action_replay()

    def test_manager_connects_nothing(self):
        manager = self._create_user("manager")
        channel = self.channel.with_user(manager)
        for vals in (
            {"sync_state": "draft"},
            {"sync_shop_ref": "S9"},
            {"sync_options": {"a": 1}},
        ):
            with self.assertRaises(AccessError):
                channel.write(vals)
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            channel.sync_allow_private = True
        with self.assertRaises(AccessError):
            channel.create({"name": "X", "sync_state": "connected"})

    def test_manager_pauses(self):
        manager = self._create_user("manager")
        self.channel.with_user(manager).action_pause()
        self.assertEqual(self.channel.sync_state, "paused")
        self.channel.with_user(manager).action_resume()
        self.assertEqual(self.channel.sync_state, "connected")

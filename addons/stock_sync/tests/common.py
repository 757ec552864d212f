# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timedelta, timezone

from odoo import fields

from odoo.addons.order_management.tests.common import OrderManagementCommon

from .fake_channel import KIND, FakeShop, patch_fake


class StockSyncCommon(OrderManagementCommon):
    """A channel that is connected to a shop in memory."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.write({"channel_type": KIND, "sync_shop_ref": "S1"})
        cls.product.default_code = "SYNC-LAMP"
        cls.env["res.users"].browse(cls.env.uid).group_ids += cls.env.ref(
            "stock_sync.group_connector_admin"
        )

    def setUp(self):
        super().setUp()
        self.shop = FakeShop()
        self.shop.sku = self.product.default_code
        self.shop.currency = self.company.currency_id.name
        self.use_capabilities()
        self.account = self.env["sale.channel.account"]._get_for(self.channel)
        self.account.write({"access_token": "access-0", "refresh_token": "refresh-0"})
        self.account.webhook_secret = "hush"
        self.connect()
        self.env.flush_all()
        if not type(self)._registry_patched:
            self.registry_enter_test_mode()

    def use_capabilities(self, **capabilities):
        """The fake shop speaks for its kind, with other capabilities than usual."""
        manager = patch_fake(self.shop, **capabilities)
        manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)

    def connect(self):
        self.channel.write(
            {
                "sync_state": "connected",
                "sync_connected_at": fields.Datetime.now() - timedelta(hours=1),
            }
        )

    def get_cursor(self, topic="orders"):
        return self.env["channel.sync.cursor"]._get_for(self.channel, topic)

    def poll(self, topic="orders", until_done=True):
        """Run the poll as its jobs would, one a page."""
        cursor = self.get_cursor(topic)
        for _page in range(50):
            self.channel._job_poll(topic)
            more = cursor.page_cursor or cursor.is_backfill or cursor.backfill_since
            if not until_done or cursor.error or not more:
                return cursor
        raise AssertionError("the run does not end")

    def find_rows(self, *external_ids):
        return self.env["channel.order"].search(
            [
                ("channel_id", "=", self.channel.id),
                ("external_id", "in", external_ids),
            ],
            order="external_id",
        )


def ago(**delta):
    """An aware moment in the past, in whole seconds as shops tell them."""
    return datetime.now(timezone.utc).replace(microsecond=0) - timedelta(**delta)


def naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)

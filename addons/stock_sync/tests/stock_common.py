# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields

from odoo.addons.order_management.tests.common import OrderManagementCommon
from odoo.addons.queue_job.tests.common import trap_jobs

from ..channels.types import ListingRef, RemoteListing
from ..models import channel_rate_bucket
from .fake_channel import KIND, patch_fake


class StockSyncCommon(OrderManagementCommon):
    """A shop in memory that is connected and takes part, and its listings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the cursors of tests share one transaction that began long ago
        cls.classPatch(channel_rate_bucket, "_set_read_committed", lambda cr: None)
        cls.shop_channel = cls._connect(cls.channel)
        cls.dirty = cls.env["channel.stock.dirty"]
        cls.listings = cls.env["channel.listing"]
        cls.publisher = cls.env["channel.stock.publisher"]
        cls.product.default_code = "LAMP"
        cls.company.channel_last_units = 0
        cls.env["ir.config_parameter"].set_param(
            "stock_sync.database", cls.env["sale.channel"]._get_database_mark()
        )

    @classmethod
    def _connect(cls, channel, **values):
        channel.write(
            {
                "channel_type": KIND,
                "sync_state": "connected",
                "stock_is_published": True,
                "stock_brake_zero": 0,
                "stock_brake_units": 0,
                **values,
            }
        )
        cls._set_orders_read(channel)
        return channel

    @classmethod
    def _set_orders_read(cls, channel, at=None):
        cursor = cls.env["channel.sync.cursor"]._get_for(channel, "orders")
        cursor.last_ok_at = at or fields.Datetime.now()
        return cursor

    @classmethod
    def _create_listing(cls, item="1", product=None, channel=None, **values):
        return cls.env["channel.listing"].create(
            {
                "channel_id": (channel or cls.shop_channel).id,
                "item_ref": item,
                "product_id": (product or cls.product).id,
                "name": f"Listing {item}",
                **values,
            }
        )

    @classmethod
    def _prepare_remote(cls, item="1", variant="", quantity=0, **values):
        return RemoteListing(ListingRef(item, variant), quantity=quantity, **values)

    @contextmanager
    def _fake(self, shop=None, **capabilities):
        """The shop in memory; tokens need no account here."""

        @contextmanager
        def open_adapter(channel, refresh=True):
            kind = channel._get_adapter_class()
            adapter = kind.__new__(kind)
            yield adapter

        with (
            patch_fake(shop, **capabilities) as shop,
            patch.object(type(self.shop_channel), "_open_adapter", open_adapter),
            patch(
                "odoo.addons.stock_sync.tests.fake_channel.FakeAdapter._ask",
                lambda adapter, method, *what: shop.asked(method, *what),
            ),
        ):
            yield shop

    def _flush(self):
        """Write what was noted, and fold it; ids of shops with something to send."""
        self.env.cr.flush()
        found, _is_done = self.dirty._flush_chunk()
        return found

    def _push(self, channel=None):
        """Run the job of one shop; what it enqueues is only counted."""
        with self.enter_registry_test_mode(), trap_jobs() as jobs:
            result = (channel or self.shop_channel)._job_push_stock()
        self.env.invalidate_all()
        return result, jobs

    def _sync(self, channel=None):
        self._flush()
        return self._push(channel)

    def _ref(self, listing):
        return listing._get_ref()

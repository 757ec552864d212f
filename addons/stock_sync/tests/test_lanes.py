# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.queue_job.jobrunner.channels import ChannelManager

from .common import StockSyncCommon

_CONFIG = "root:3,root.stock_sync:2,root.stock_sync.orders:1,root.stock_sync.stock:1"


@tagged("post_install", "-at_install")
class TestLanes(StockSyncCommon):
    """SS-4: each shop has a lane; one that is given no place shares its lane's."""

    def _get_runner_lane(self, channel, lane, config=_CONFIG):
        manager = ChannelManager()
        manager.simple_configure(config)
        name = channel._get_lane(lane)
        return manager.get_channel_by_name(name, parent_fallback=True)

    def test_shared_unless_configured(self):
        for lane, name in (
            ("orders", "root.stock_sync.orders"),
            ("stock", "root.stock_sync.stock"),
            ("other", "root.stock_sync"),
        ):
            found = self._get_runner_lane(self.channel, lane)
            # below it, with no number of its own: what the lane takes is shared
            self.assertTrue(found.fullname.startswith(f"{name}."), found.fullname)
            self.assertIsNone(found.capacity)

    def test_jobs_write_in_the_companys_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        self.company.partner_id.lang = "vi_VN"
        self.channel.with_context(lang="en_US")._enqueue_poll("orders")
        job = self.env["queue.job"].search(
            [("identity_key", "=", f"stock_sync.poll:orders:{self.channel.id}")]
        )
        self.assertEqual(job.records.env.context["lang"], "vi_VN")

    def test_a_place_of_its_own(self):
        config = f"{_CONFIG},{self.channel._get_lane('orders')}:1"
        own = self._get_runner_lane(self.channel, "orders", config)
        self.assertEqual(own.fullname, self.channel._get_lane("orders"))
        self.assertEqual(own.capacity, 1)
        other = self._get_runner_lane(self.other_channel, "orders", config)
        self.assertNotEqual(other.fullname, own.fullname)
        self.assertIsNone(other.capacity)

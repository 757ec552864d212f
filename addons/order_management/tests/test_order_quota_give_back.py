# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.tests import tagged

from .quota_common import QuotaCase


@tagged("post_install", "-at_install")
class TestOrderQuotaGiveBack(QuotaCase):
    """OM-11: what is cancelled, cut, closed or returned is given back as configured."""

    def test_deleted_quotation_gives_back(self):
        self._explicit()
        quota = self._create_quota()
        order = self._order(30)
        order.action_submit()
        name = order.name
        order.unlink()
        self.assertCounted(quota, 0, 0)
        self.assertEqual(set(quota.move_ids.mapped("reason")), {name})

    def test_give_back_never(self):
        quota = self._create_quota(give_back="never")
        order = self._order(30)
        order.action_confirm()
        order.order_line.product_uom_qty = 20
        order._action_cancel()
        self.assertCounted(quota, 0, 30)
        # confirmed again, it counts no second time
        order.action_draft()
        order.action_confirm()
        self.assertCounted(quota, 0, 30)

    def test_give_back_cancelled_only(self):
        quota = self._create_quota(give_back="cancel")
        order = self._order(30)
        order.action_confirm()
        order.order_line.product_uom_qty = 20
        self.assertCounted(quota, 0, 30)
        order._action_cancel()
        self.assertCounted(quota, 0, 0)

    def test_short_close_gives_back(self):
        self._explicit()
        quota = self._create_quota()
        order = self._order(30)
        order.action_submit()
        order.action_approve()
        order.action_confirm()
        order.order_line.write({"approved_qty": 12, "cut_reason": "Closed short"})
        order._on_short_closed()
        self.assertCounted(quota, 0, 12)

    def test_returned_goods(self):
        """Given back only where the quota says so; sent again, counted again."""
        keeps = self._create_quota(name="Keeps")
        gives = self._create_quota(
            name="Gives", give_back="return", product_scope="all"
        )
        self.env["stock.quant"]._update_available_quantity(
            self.product, self.warehouse.lot_stock_id, 100
        )
        order = self._order(30)
        order.action_confirm()
        picking = order.picking_ids
        self._ship(picking)
        self.assertCounted(gives, 0, 30)
        back = self._return(picking, 10)
        self.assertCounted(gives, 0, 20)
        self.assertCounted(keeps, 0, 30)
        # sent again: counted again
        self._return(back, 4)
        self.assertCounted(gives, 0, 24)
        gives.limit_qty = 24
        # the quota is full now, and the warehouse is not stopped
        again = self._return(back, 6)
        self.assertEqual(again.state, "done")
        self.assertCounted(gives, 0, 24)

    def test_closed_quota_gives_back(self):
        quota = self._create_quota()
        order = self._order(30)
        order.action_confirm()
        quota.action_close()
        order.order_line.product_uom_qty = 40
        self.assertCounted(quota, 0, 30)
        order.order_line.product_uom_qty = 25
        self.assertCounted(quota, 0, 25)
        order._action_cancel()
        self.assertCounted(quota, 0, 0)

    def test_changed_while_it_counts(self):
        """What is known of quotas is read again, also when others see the change."""
        quota = self._create_quota(give_back="never")
        counting = quota._get_counting
        self.assertEqual(counting(self.company.id), {"never"})
        self.env.cr.postcommit.clear()
        quota.give_back = "return"
        self.assertEqual(counting(self.company.id), {"return"})
        with patch.object(type(self.env.registry), "clear_cache") as clear:
            quota.give_back = "cancel"
            self.assertEqual(clear.call_count, 1)
            self.env.cr.postcommit.run()
        self.assertGreater(clear.call_count, 1)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .quota_common import QuotaCase


@tagged("post_install", "-at_install", "meets_others")
class TestOrderQuotaOrders(QuotaCase):
    """OM-11: orders hold, consume and give back, each exactly once."""

    def test_counted_at_confirmation_without_approval(self):
        """Modes none and follow: a quotation takes nothing, a confirmed order does."""
        for mode in ("none", "follow"):
            with self.subTest(mode=mode):
                self.company.approval_mode = mode
                quota = self._create_quota(name=mode)
                order = self._order(30)
                self.assertCounted(quota, 0, 0)
                order.action_confirm()
                self.assertCounted(quota, 0, 30)
                order._action_cancel()
                self.assertCounted(quota, 0, 0)
                order.action_draft()
                order.action_confirm()
                self.assertCounted(quota, 0, 30)
                self.assertEqual(order.quota_count, 1)
                order._action_cancel()
                quota.action_close()

    def test_held_from_submission(self):
        self._explicit()
        quota = self._create_quota()
        order = self._order(30)
        order.action_submit()
        self.assertCounted(quota, 30, 0)
        line = order.order_line
        line.write({"approved_qty": 20, "cut_reason": "Scarce"})
        order.action_approve()
        # what the reviewer cut is free for others at once
        self.assertCounted(quota, 20, 0)
        order.action_confirm()
        self.assertCounted(quota, 0, 20)
        kinds = order.quota_move_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["hold", "release", "consume"])
        line.write({"approved_qty": 25, "cut_reason": "More arrived"})
        self.assertCounted(quota, 0, 25)
        order._action_cancel()
        self.assertCounted(quota, 0, 0)

    def test_released_when_refused_or_withdrawn(self):
        self._explicit()
        quota = self._create_quota()
        order = self._order(30)
        order.action_submit()
        order.action_refuse("No")
        self.assertCounted(quota, 0, 0)
        order.action_submit()
        self.assertCounted(quota, 30, 0)
        order._action_cancel()
        self.assertCounted(quota, 0, 0)
        order.action_draft()
        self.assertCounted(quota, 0, 0)
        order.action_submit()
        order.action_approve()
        order._action_cancel()
        self.assertCounted(quota, 0, 0)
        order.action_draft()
        self.assertCounted(quota, 0, 0)

    def test_repeated_settling_changes_nothing(self):
        quota = self._create_quota()
        order = self._order(30)
        order.action_confirm()
        count = quota.move_count
        for _time in range(3):
            order._settle_quotas()
        self.assertCounted(quota, 0, 30)
        self.assertEqual(quota.move_count, count)

    def test_changed_lines_follow(self):
        quota = self._create_quota()
        order = self._order(30)
        order.action_confirm()
        line = order.order_line
        line.product_uom_qty = 50
        self.assertCounted(quota, 0, 50)
        line.product_uom_qty = 20
        self.assertCounted(quota, 0, 20)
        order.order_line = [
            Command.create({"product_id": self.product.id, "product_uom_qty": 5}),
            Command.create({"product_id": self.other_product.id}),
        ]
        self.assertCounted(quota, 0, 25)
        with self.assertRefused("has 75 left of 100"):
            line.product_uom_qty = 200
        # another channel, another quota
        channel_quota = self._create_quota(
            scope_type="channel", channel_id=self.channel.id
        )
        order.sale_channel_id = self.channel
        self.assertCounted(channel_quota, 0, 25)
        order.sale_channel_id = False
        self.assertCounted(channel_quota, 0, 0)

    def test_units_are_converted(self):
        quota = self._create_quota()
        order = self._order(2)
        order.order_line.product_uom_id = self.dozen
        order.action_confirm()
        self.assertCounted(quota, 0, 24)

    def test_block_names_quota_and_what_to_do(self):
        self._create_quota(limit=40, name="Lamps, July")
        order = self._order(60)
        with self.assertRaises(UserError) as caught:
            order.action_confirm()
        for word in (order.name, "60", "“Lamps, July”", "40 left of 40", "Order less"):
            self.assertIn(word, str(caught.exception))
        self._explicit()
        order = self._order(60)
        with self.assertRefused("40 left of 40"):
            order.action_submit()

    def test_block_counts_the_batch_together(self):
        quota = self._create_quota(limit=100)
        orders = self._order(60) + self._order(60)
        with self.assertRefused("60 .* 40 left"):
            orders.action_confirm()
        self.assertCounted(quota, 0, 0)
        orders[0].action_confirm()
        self.assertCounted(quota, 0, 60)

    def test_approval_policy_with_explicit_approval(self):
        """Goes to the reviewer with its reason; approving is approving over it."""
        self._explicit()
        quota = self._create_quota(limit=40, policy="approval")
        within, order = self._order(30), self._order(60)
        self.assertEqual((within + order)._is_over_quota(), order)
        (within + order).action_submit()
        self.assertEqual((within + order)._is_over_quota(), order)
        self.assertTrue(order.is_over_quota)
        self.assertIn("60 asked for, 10 left of 40", order.quota_warning)
        self.assertEqual(order.quota_level, "approval")
        order.action_approve()
        order.action_confirm()
        self.assertCounted(quota, 30, 60)
        self.assertEqual(quota.remaining_qty, -50)

    def test_approval_policy_without_explicit_approval(self):
        quota = self._create_quota(limit=40, policy="approval")
        clerk, reviewer = self._create_user("clerk"), self._create_user("reviewer")
        order = self._order(60).with_user(clerk)
        self.assertEqual(order._is_over_quota(), order)
        with self.assertRefused("A reviewer has to approve it"):
            order.action_confirm()
        with self.assertRaises(AccessError):
            order.action_approve_over_quota()
        order.action_ask_over_quota()
        self.assertIn(
            "Approve over quota?", order.sudo().activity_ids.mapped("summary")
        )
        order.with_user(reviewer).action_approve_over_quota()
        # more than what was approved needs it again
        order.order_line.product_uom_qty = 61
        with self.assertRefused("A reviewer has to approve it"):
            order.action_confirm()
        order.order_line.product_uom_qty = 60
        order.action_confirm()
        self.assertCounted(quota, 0, 60)
        events = self.env["order.event"].search([("order_id", "=", order.id)])
        self.assertTrue(
            any("60 asked for, 40 left" in (e.reason or "") for e in events)
        )

    def test_warn_policy_only_warns(self):
        quota = self._create_quota(limit=40, policy="warn")
        order = self._order(60)
        self.assertIn("60 asked for, 40 left of 40", order.quota_warning)
        self.assertEqual(order.quota_level, "warn")
        order.action_confirm()
        self.assertCounted(quota, 0, 60)
        self.assertTrue(order.is_over_quota)
        self.assertFalse(order._is_over_quota())

    def test_checkout_is_never_stopped(self):
        """A customer who pays or signs meets no error: the order waits."""
        for policy in ("block", "approval"):
            quota = self._create_quota(limit=40, policy=policy)
            over, clean = self._order(60), self._order(10)
            over.user_id = self.env.user
            (over + clean)._validate_order()
            self.assertEqual((over.state, clean.state), ("draft", "sale"))
            self.assertCounted(quota, 0, 10)
            activity = over.activity_ids
            self.assertIn("over quota", activity.summary)
            self.assertIn("40 left of 40", activity.note)
            over._validate_order()
            self.assertEqual(len(over.activity_ids), 1)
            clean._action_cancel()
            quota.action_close()

    def test_checkout_with_explicit_approval(self):
        """Submitted without a hold; the reviewer cuts it to what is left."""
        self._explicit()
        quota = self._create_quota(limit=40)
        order = self._order(60)
        order._validate_order()
        self.assertEqual(order.approval_state, "to_approve")
        self.assertTrue(order.is_over_quota)
        self.assertCounted(quota, 0, 0)
        with self.assertRefused("40 left"):
            order.action_approve()
        order.order_line.write({"approved_qty": 40, "cut_reason": "Quota"})
        order.action_approve()
        order._validate_order()
        self.assertEqual(order.state, "sale")
        self.assertCounted(quota, 0, 40)

    def test_payment_is_taken(self):
        self._create_quota(limit=40)
        order = self._order(60)
        order.require_payment = True
        provider = self.env["payment.provider"].create(
            {"name": "Test", "code": "none", "company_id": self.company.id}
        )
        method = self.env["payment.method"].create({"name": "Test", "code": "test_q"})
        tx = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "quota-1",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "done",
            }
        )
        tx._check_amount_and_confirm_order()
        self.assertEqual(order.state, "draft")
        self.assertIn("over quota", order.activity_ids.summary)

    def test_amounts_and_orders(self):
        amount = self._create_quota(
            measure="amount", product_scope="all", limit=1000, name="Turnover"
        )
        orders = self._create_quota(
            measure="orders", product_scope="all", limit=2, name="Orders"
        )
        order = self._order(10, 5)
        order.order_line[0].discount = 50
        order.action_confirm()
        # 10 × 40 less half, and 5 × 40
        self.assertCounted(amount, 0, 400)
        self.assertCounted(orders, 0, 1)
        order.order_line[1].price_unit = 20
        self.assertCounted(amount, 0, 300)
        self._order(1).action_confirm()
        with self.assertRefused("0 left of 2"):
            self._order(1).action_confirm()

    def test_amount_of_another_currency(self):
        euro = self.env["res.currency"].create(
            {
                "name": "QUO",
                "symbol": "Q",
                "rate_ids": [
                    Command.create(
                        {
                            "name": "2020-01-01",
                            "rate": 4.0,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )
        quota = self._create_quota(measure="amount", product_scope="all", limit=1000)
        pricelist = self.env["product.pricelist"].create(
            {"name": "Q", "currency_id": euro.id, "company_id": self.company.id}
        )
        order = self._order(1, pricelist_id=pricelist.id)
        order.order_line.price_unit = 200
        order.action_confirm()
        self.assertEqual(order.currency_id, euro)
        self.assertCounted(quota, 0, 50)

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

    def _ship(self, picking):
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()

    def _return(self, picking, quantity):
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = quantity
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.quantity = quantity
        self._ship(back)
        return back

    def test_history_takes_nothing(self):
        quota = self._create_quota()
        order = self._order(30)
        self.env["channel.order.importer"]._keep_history(order)
        self.assertEqual(order.state, "sale")
        self.assertCounted(quota, 0, 0)

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

    def test_activation_counts_what_is_there(self):
        order, waiting = self._order(30), self._order(20)
        order.action_confirm()
        self._explicit()
        waiting.action_submit()
        self._order(5)
        quota = self._create_quota()
        self.assertCounted(quota, 20, 30)
        quota.action_recount()
        self.assertCounted(quota, 20, 30)
        with self.assertRefused("already need more than its limit"):
            self._create_quota(limit=49, product_scope="all")

    def test_kept_fields_are_not_written(self):
        order = self._order(1)
        for values in (
            {"is_over_quota": True},
            {"quota_approval": {"1": 100}},
            {"quota_excess": []},
        ):
            with self.assertRaises(AccessError):
                order.write(values)
            with self.assertRaises(AccessError):
                self._order(1, **values)
        forged = order.with_context(default_quota_approval={"1": 100}).copy()
        self.assertFalse(forged.quota_approval)

    def test_live_on_the_line(self):
        """OM-11: what is left shows while typing, before it is exceeded."""
        quota = self._create_quota(limit=40)
        self._order(10).action_confirm()
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.partner
            with form.order_line.new() as line:
                line.product_id = self.product
                line.product_uom_qty = 5
                [row] = line.quota_info
                self.assertEqual((row["left"], row["after"]), (30, 25))
                self.assertEqual((row["level"], row["id"]), ("ok", quota.id))
                line.product_uom_qty = 28
                self.assertEqual(line.quota_info[0]["level"], "little")
                line.product_uom_qty = 31
                self.assertEqual(line.quota_info[0]["level"], "over")
            self.assertIn("31 asked for, 30 left of 40", form.quota_warning)
            self.assertEqual(form.quota_level, "block")
        order = form.save()
        other = order.copy()
        other.order_line.product_id = self.other_product
        self.assertFalse(other.order_line.quota_info)

    def test_no_query_without_quotas(self):
        """Invariant 10: without quotas plain Odoo stays plain."""
        order = self._order(5)
        order._settle_quotas()
        self.env.flush_all()
        with self.assertQueryCount(0):
            order._settle_quotas()
            order._settle_counted()
            order._filter_counting()
            self.assertFalse(order.order_line.quota_info)
            self.assertFalse(order.quota_warning)

    def _count_confirm(self, orders):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        orders.action_confirm()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_three_queries_for_two_hundred_lines(self):
        """OM-11: the check costs the same for 200 lines and many quotas."""
        self.product.is_storable = False
        first, again = self._order(1, 1), self._order(1, 1)
        plain, counted = self._order(*[1] * 200), self._order(*[1] * 200)
        # only fills the caches of the process, as the activation empties them
        self._count_confirm(first)
        without = self._count_confirm(plain)
        quotas = self.env["order.quota"]
        for scope in ("product", "all"):
            for measure in ("quantity", "amount", "orders"):
                quotas |= self._create_quota(
                    limit=1e6,
                    product_scope=scope,
                    measure=measure,
                    name=f"{scope} {measure}",
                )
        self._count_confirm(again)
        with_quota = self._count_confirm(counted)
        # two orders of 200 lamps at 40, two of 2
        self.assertEqual(quotas.mapped("consumed_qty"), [404, 16160, 4, 404, 16160, 4])
        self.assertLessEqual(with_quota - without, 3)

    def test_many_orders_at_once(self):
        quota = self._create_quota(limit=1e6)
        self.product.is_storable = False
        few = self.env["sale.order"].union(*(self._order(1) for _n in range(2)))
        many = self.env["sale.order"].union(*(self._order(1) for _n in range(60)))
        self.env.flush_all()
        counts = []
        for orders in (few, many):
            self.env.invalidate_all()
            orders.write({"state": "sale"})
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            orders.with_context(x=1)._settle_quotas(stage="none")
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertCounted(quota, 0, 0)

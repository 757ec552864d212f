# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .quota_common import QuotaCase


@tagged("post_install", "-at_install")
class TestOrderQuotaPolicies(QuotaCase):
    """OM-11: who is stopped by a quota, who may go over it, and what they are told."""

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

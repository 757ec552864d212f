# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import OrderManagementCommon


@tagged("post_install", "-at_install")
class TestStockHold(OrderManagementCommon):
    """OM-30: a promise with an end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_stock(100)
        cls._add_stock(100, warehouse=cls._get_warehouse(cls.other_company))

    def _create_hold(self, user=None, **values):
        return (
            self.env["stock.hold"]
            .with_user(user or self.env.user)
            .create(
                {
                    "product_id": self.product.id,
                    "warehouse_id": self.warehouse.id,
                    "quantity": 3.0,
                    **values,
                }
            )
        )

    def _in(self, **delta):
        return fields.Datetime.now() + timedelta(**delta)

    def test_defaults(self):
        hold = self._create_hold()
        self.assertEqual(hold.company_id, self.company)
        self.assertEqual(hold.product_uom_id, self.product.uom_id)
        self.assertEqual((hold.state, hold.kind), ("active", "manual"))

    def test_quantity_above_zero(self):
        with self.assertRefusedByDatabase("stock_hold_quantity_check"):
            self._create_hold(quantity=0)

    def test_only_manual_holds_are_endless(self):
        with self.assertRefusedByDatabase("stock_hold_expires_at_check"):
            self._create_hold(kind="cart")
        self.assertTrue(self._create_hold(kind="cart", expires_at=self._in(hours=1)))

    def test_end_lies_in_the_future(self):
        with self.assertRaisesRegex(ValidationError, "ended already"):
            self._create_hold(expires_at=self._in(hours=-1))

    def test_product_is_in_stock(self):
        service = self.env["product.product"].create(
            {"name": "Assembly", "type": "service"}
        )
        with self.assertRaisesRegex(ValidationError, "not tracked in stock"):
            self._create_hold(product_id=service.id)

    def test_line_fits(self):
        order = self._create_order()
        hold = self._create_hold(order_id=order.id, sale_line_id=order.order_line.id)
        self.assertEqual(order.hold_count, 1)
        self.assertEqual(
            self.env["stock.hold"].search(order.action_view_holds()["domain"]), hold
        )
        with self.assertRaisesRegex(ValidationError, "another order or product"):
            self._create_hold(
                order_id=self._create_order().id, sale_line_id=order.order_line.id
            )

    def test_other_company_refused(self):
        with self.assertRaises(UserError):
            self._create_hold(channel_id=self.other_channel.id)
        with self.assertRaises(UserError):
            self._create_hold(order_id=self._create_order(self.other_company).id)

    def test_key_holds_once_while_active(self):
        """OM-30: a repeated request holds nothing twice."""
        hold = self._create_hold(key="cart-7")
        with self.assertRefusedByDatabase("stock_hold_key_uniq"):
            self._create_hold(key="cart-7")
        hold.action_release()
        self.assertTrue(self._create_hold(key="cart-7"))
        other = self._get_warehouse(self.other_company)
        self.assertTrue(self._create_hold(key="cart-7", warehouse_id=other.id))

    def test_release(self):
        """OM-30: reviewers release any hold, clerks their own, with history."""
        clerk, reviewer = self._create_user("clerk"), self._create_user("reviewer")
        own, others = self._create_hold(clerk), self._create_hold()
        self.assertTrue(own.with_user(clerk).can_release)
        self.assertFalse(others.with_user(clerk).can_release)
        self.assertTrue(others.with_user(reviewer).can_release)
        with self.assertRaisesRegex(AccessError, "Only reviewers"):
            (own | others).with_user(clerk).action_release()
        self.assertEqual(own.state, "active")
        own.with_user(clerk).action_release()
        others.with_user(reviewer).action_release()
        for hold in own | others:
            self.assertEqual(hold.state, "released")
            self.assertTrue(hold.closed_at)
            self.assertFalse(hold.can_release)
            self.assertEqual(hold.event_count, 1)
        # a second click is harmless
        others.with_user(reviewer).action_release()
        self.assertEqual(others.event_count, 1)

    def test_release_of_an_ended_hold(self):
        hold = self._create_hold()
        hold._transition("converted")
        with self.assertRaisesRegex(UserError, "which is final"):
            hold.action_release()

    def test_ended_hold_stays(self):
        hold = self._create_hold()
        hold.quantity = 4
        hold.action_release()
        with self.assertRaisesRegex(UserError, "stays as it was"):
            hold.quantity = 5
        with self.assertRaisesRegex(UserError, "state cannot be written"):
            hold.state = "active"
        with self.assertRaisesRegex(UserError, "kept as history"):
            hold.unlink()

    def test_new_holds_are_active(self):
        clerk = self._create_user("clerk")
        with self.assertRaisesRegex(UserError, "always “Active”"):
            self._create_hold(clerk, state="converted")

    def test_cron_expires(self):
        """OM-30: what ran out ends by itself, batch by batch; the rest stays."""
        soon = self._create_hold()
        for _number in range(4):
            soon |= self._create_hold(expires_at=self._in(minutes=5))
        endless, soon = soon[0], soon[1:]
        later = self._create_hold(expires_at=self._in(hours=5))
        self.env["stock.hold"].search(
            [("id", "not in", (soon | later | endless).ids), ("state", "=", "active")]
        ).action_release()
        self.env.flush_all()
        with freeze_time(self._in(minutes=6)), self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_expire_hold").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(set(soon.mapped("state")), {"expired"})
        self.assertEqual((later | endless).mapped("state"), ["active"] * 2)
        self.assertTrue(all(soon.mapped("closed_at")))

    def test_cron_works_in_batches(self):
        holds = self.env["stock.hold"]
        for _number in range(5):
            holds |= self._create_hold(expires_at=self._in(minutes=5))
        self.env.flush_all()
        with freeze_time(self._in(minutes=6)), self.enter_registry_test_mode():
            with self.registry.cursor() as cr:
                self.env(cr=cr)["stock.hold"]._cron_expire(batch_size=2)
        self.env.invalidate_all()
        self.assertEqual(set(holds.mapped("state")), {"expired"})

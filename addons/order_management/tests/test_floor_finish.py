# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .floor_common import FloorCommon


@tagged("post_install", "-at_install")
class TestFloorFinish(FloorCommon):
    """OM-16: what was scanned is what leaves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.stock_text_confirmation = False
        cls.boss = new_test_user(
            cls.env,
            "floor_boss",
            groups="stock.group_stock_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.out_type = cls.warehouse.out_type_id

    def _done(self, picking):
        return {
            (line.product_id.name, line.lot_id.name or ""): line.quantity
            for line in picking.move_line_ids
        }

    def test_complete(self):
        """All scanned: the delivery is done, and its answer may be asked for again."""
        delivery = self._deliver((self.lamp, 2), (self.cheese, 6))
        with self.assertRaisesRegex(UserError, "Nothing was scanned"):
            delivery.scan_finish()
        self._scan(delivery, "FL-LAMP", quantity=2)
        self._scan(delivery, "CH-1", quantity=5)
        self._scan(delivery, "CH-2")
        answer = delivery.scan_finish()
        self.assertEqual(answer["finished"], [delivery.name])
        self.assertFalse(answer["print"])
        self.assertEqual(delivery.state, "done")
        self.assertEqual(
            self._done(delivery),
            {
                ("Floor Lamp", ""): 2,
                ("Floor Cheese", "CH-1"): 5,
                ("Floor Cheese", "CH-2"): 1,
            },
        )
        self.assertEqual(delivery.scan_finish()["finished"], [delivery.name])
        self.assertEqual(self._scan(delivery, "FL-LAMP")["kind"], "closed")

    def test_backorder(self):
        """Not all scanned: asked first; the rest becomes a backorder, reserved."""
        delivery = self._deliver((self.lamp, 5), (self.desk, 1), (self.cheese, 6))
        self._scan(delivery, "FL-LAMP", quantity=3)
        self._scan(delivery, "CH-2")
        answer = delivery.scan_finish()
        missing = {row["product"]: row["missing"] for row in answer["question"]}
        self.assertEqual(
            missing,
            {
                self.lamp.display_name: 2,
                self.desk.display_name: 1,
                self.cheese.display_name: 5,
            },
        )
        self.assertEqual(delivery.state, "assigned")
        answer = delivery.scan_finish(backorder=True)
        self.assertEqual(answer["finished"], [delivery.name])
        self.assertEqual(
            self._done(delivery),
            {("Floor Lamp", ""): 3, ("Floor Cheese", "CH-2"): 1},
        )
        rest = delivery.search([("backorder_id", "=", delivery.id)])
        self.assertEqual(
            {move.product_id: move.product_uom_qty for move in rest.move_ids},
            {self.lamp: 2, self.desk: 1, self.cheese: 5},
        )
        self.assertEqual(self._counts(rest), dict.fromkeys(self._counts(rest), 0))

    def test_cancel_rest(self):
        """The rest is cancelled where people say so."""
        delivery = self._deliver((self.lamp, 5))
        self._scan(delivery, "FL-LAMP", quantity=3)
        delivery.scan_finish(backorder=False)
        self.assertEqual(delivery.state, "done")
        self.assertFalse(
            self.env["stock.picking"].search([("backorder_id", "=", delivery.id)])
        )
        self.assertEqual(sum(delivery.move_line_ids.mapped("quantity")), 3)

    def test_found_more_than_reserved(self):
        """What is asked for and found counts, also where nothing was reserved."""
        self._add_stock(-98, self.desk)
        delivery = self._deliver((self.desk, 4))
        self.assertEqual(delivery.move_ids.quantity, 2)
        self._scan(delivery, "FL-DESK", quantity=4)
        delivery.scan_finish()
        self.assertEqual(self._done(delivery), {("Floor Desk", ""): 4})

    def test_less_is_asked_for_by_now(self):
        """What was scanned before the order became smaller does not leave."""
        delivery = self._deliver((self.lamp, 3))
        self._scan(delivery, "FL-LAMP", quantity=3)
        delivery.sudo().move_ids.product_uom_qty = 2
        with self.assertRaisesRegex(UserError, "not so many"):
            delivery.scan_finish()
        delivery.scan_undo(self._key())
        self._scan(delivery, "FL-LAMP", quantity=2)
        delivery.scan_finish()
        self.assertEqual(self._done(delivery), {("Floor Lamp", ""): 2})

    def test_scanned_order_is_not_split(self):
        """What lies in a parcel on the table does not change its order."""
        delivery = self._deliver((self.lamp, 3), (self.desk, 1))
        order = self.env["sale.order"].browse(delivery.sudo().sale_id.id)
        self._scan(delivery, "FL-LAMP")
        with self.assertRaisesRegex(UserError, "being picked"):
            order._split([{order.order_line[0]: 2}], "later")
        delivery.scan_undo(self._key())
        child = order._split([{order.order_line[0]: 2}], "later")
        self.assertEqual(child.picking_ids.move_ids.product_qty, 2)

    def test_unscanned_delivery_stays(self):
        """Of two that are open together, the one nothing was scanned of stays."""
        first, second = self._deliver((self.lamp, 1)), self._deliver((self.desk, 1))
        both = first + second
        self._scan(both, "FL-LAMP")
        self.assertTrue(both.scan_finish()["question"])
        self.assertEqual(both.scan_finish(backorder=True)["finished"], [first.name])
        self.assertEqual(second.state, "assigned")
        self.assertEqual(second.move_ids.quantity, 1)

    def test_print_after(self):
        """Where the kind of transfer says so, slip and label open."""
        self.out_type.scan_print = True
        delivery = self._deliver((self.lamp, 1))
        self._scan(delivery, "FL-LAMP")
        url = delivery.scan_finish()["print"]
        self.assertIn(f"ids={delivery.id}&parts=slips,labels", url)

    def test_required(self):
        """With the setting, the button ships only what was scanned."""
        delivery = self._deliver((self.lamp, 2), (self.desk, 1))
        self.assertFalse(delivery.scan_required)
        self.out_type.scan_required = True
        with self.assertRaisesRegex(UserError, delivery.name):
            delivery.button_validate()
        self._scan(delivery, "FL-LAMP", quantity=2)
        with self.assertRaisesRegex(UserError, "scanned"):
            delivery.with_context(skip_backorder=True).button_validate()
        with self.assertRaisesRegex(UserError, "scanned"):
            delivery.sale_id.sudo()._ship_in_bulk()
        self._scan(delivery, "FL-DESK")
        delivery.with_context(skip_backorder=True).button_validate()
        self.assertEqual(delivery.state, "done")

    def test_required_counts_what_is_picked(self):
        """One line was scanned and picked, the other waits: the line may leave."""
        self.out_type.scan_required = True
        delivery = self._deliver((self.lamp, 2), (self.desk, 1))
        self._scan(delivery, "FL-LAMP", quantity=2)
        delivery.scan_finish(backorder=True)
        self.assertEqual(delivery.state, "done")

    def test_override(self):
        """An inventory administrator may ship without a scan, with a reason."""
        self.out_type.scan_required = True
        delivery = self._deliver((self.lamp, 2))
        with self.assertRaisesRegex(UserError, "administrator"):
            delivery._override_scan("because")
        with self.assertRaisesRegex(UserError, "why"):
            delivery.with_user(self.boss)._override_scan("  ")
        wizard = (
            self.env["stock.scan.override"]
            .with_user(self.boss)
            .create({"picking_ids": [Command.set(delivery.ids)], "reason": "Rain"})
        )
        wizard.action_override()
        self.assertEqual(delivery.state, "done")
        log = self.env["stock.scan.log"].search([("picking_id", "=", delivery.id)])
        self.assertEqual(
            (log.kind, log.reason, log.user_id), ("override", "Rain", self.boss)
        )

    def test_off_costs_nothing(self):
        """Without the setting, validating asks nothing of the scans."""
        delivery = self._deliver((self.lamp, 2))
        delivery.picking_type_id.read(["scan_required"])
        with self.assertQueryCount(0):
            delivery._check_scanned()

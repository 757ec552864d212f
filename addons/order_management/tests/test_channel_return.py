# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import OrderManagementCommon


@tagged("post_install", "-at_install")
class TestChannelReturn(OrderManagementCommon):
    """OM-19: one return for several orders, decided by a person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_stock(8)
        cls.orders = cls._create_order(quantity=5) | cls._create_order(quantity=3)
        cls.orders.action_confirm()
        for picking in cls.orders.picking_ids:
            picking.action_assign()
            picking.move_ids.picked = True
            picking.button_validate()
        cls.clerk = cls._create_user("clerk")
        cls.reviewer = cls._create_user("reviewer")

    def _create_return(self, orders=None, **values):
        orders = self.orders if orders is None else orders
        return self.env["channel.return"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "line_ids": [
                    Command.create(
                        {
                            "order_id": order.id,
                            "sale_line_id": order.order_line.id,
                            "requested_qty": 2,
                        }
                    )
                    for order in orders
                ],
                **values,
            }
        )

    def test_several_orders(self):
        """OM-19: header and lines over several orders, found from each of them."""
        record = self._create_return()
        self.assertEqual(record.order_ids, self.orders)
        self.assertEqual(record.line_ids.product_id, self.product)
        self.assertEqual(record.line_ids.uom_id, self.product.uom_id)
        self.assertEqual(record.line_ids.mapped("approved_qty"), [2, 2])
        self._create_return(self.orders[0])
        self.assertEqual(self.orders.mapped("return_count"), [2, 1])
        found = self.env["channel.return"].search(
            self.orders[1].action_view_returns()["domain"]
        )
        self.assertEqual(found, record)

    def test_number_by_company(self):
        self.env["ir.sequence"].create(
            {
                "name": "Neighbour's returns",
                "code": "channel.return",
                "prefix": "NB-",
                "company_id": self.other_company.id,
            }
        )
        ours, theirs = self.env["channel.return"].create(
            [
                {"partner_id": self.partner.id, "company_id": company.id}
                for company in (self.company, self.other_company)
            ]
        )
        self.assertRegex(ours.name, r"^RET\d{5}$")
        self.assertEqual(theirs.name, "NB-1")

    def test_external_id_once_per_channel(self):
        vals = {"channel_id": self.channel.id, "external_id": "R1"}
        self._create_return(**vals)
        with self.assertRefusedByDatabase("channel_return_channel_external_uniq"):
            self._create_return(**vals)
        with self.assertRefusedByDatabase("channel_return_external_id_check"):
            self._create_return(external_id="R2")

    def test_line_fits_its_order(self):
        vals = {"order_id": self.orders[0].id, "requested_qty": 1}
        with self.assertRaisesRegex(ValidationError, "another order or product"):
            self._create_return(
                line_ids=[
                    Command.create(
                        {**vals, "sale_line_id": self.orders[1].order_line.id}
                    )
                ]
            )
        foreign = self._create_order(self.other_company)
        with self.assertRaises(UserError):
            self._create_return(foreign)

    def test_quantities_are_guarded(self):
        line = self._create_return().line_ids[0]
        for constraint, values in (
            ("quantities", {"requested_qty": 0}),
            ("quantities", {"approved_qty": -1}),
            ("approved", {"approved_qty": 2.5}),
            ("accepted", {"accepted_qty": 1}),
            ("refund", {"refund_amount": -1}),
        ):
            with self.assertRefusedByDatabase(
                f"channel_return_line_{constraint}_check"
            ):
                line.write(values)

    def test_approve(self):
        """OM-19: a reviewer cuts and approves; the history keeps the reason."""
        record = self._create_return()
        with self.assertRaisesRegex(AccessError, "Only reviewers"):
            record.with_user(self.clerk).action_approve()
        record = record.with_user(self.reviewer)
        record.line_ids[0].approved_qty = 1
        record.decision_note = "One was used"
        record.action_approve()
        self.assertEqual(record.state, "to_receive", "its transfers are prepared")
        self.assertEqual(record.line_ids.mapped("approved_qty"), [1, 2])
        events = self.env["order.event"].search(record._get_event_domain())
        decision = events.filtered(lambda event: event.to_state == "approved")
        self.assertEqual(decision.reason, "One was used")
        self.assertEqual(decision.user_id, self.reviewer)
        for values in ({"approved_qty": 2}, {"requested_qty": 5}):
            with self.assertRaisesRegex(UserError, "is decided"):
                record.line_ids[0].write(values)
        with self.assertRaisesRegex(UserError, "is decided"):
            record.line_ids[0].unlink()
        record.line_ids[0].condition = "used"

    def test_approve_something(self):
        record = self._create_return()
        record.line_ids.approved_qty = 0
        with self.assertRaisesRegex(UserError, "no approved quantity"):
            record.with_user(self.reviewer).action_approve()

    def test_refuse_says_why(self):
        record = self._create_return().with_user(self.reviewer)
        with self.assertRaisesRegex(UserError, "decision note"):
            record.action_refuse()
        record.decision_note = "Too late"
        record.action_refuse()
        self.assertEqual(record.state, "refused")
        with self.assertRaisesRegex(UserError, "which is final"):
            record.action_approve()

    def test_cancel_and_delete(self):
        record = self._create_return().with_user(self.clerk)
        record.action_cancel()
        self.assertEqual(record.state, "cancelled")
        manager = self._create_user("manager")
        record.with_user(manager).unlink()
        record = self._create_return()
        record.action_approve()
        with self.assertRaisesRegex(UserError, "stays as history"):
            record.with_user(manager).unlink()

    def test_one_order_in_the_history(self):
        """An event names the order where there is just one."""
        both, single = self._create_return(), self._create_return(self.orders[0])
        (both | single).action_cancel()
        events = self.env["order.event"].search((both | single)._get_event_domain())
        by_record = {event.res_id: event.order_id for event in events}
        self.assertFalse(by_record[both.id])
        self.assertEqual(by_record[single.id], self.orders[0])

    def test_state_is_not_written(self):
        record = self._create_return().with_user(self.reviewer)
        with self.assertRaisesRegex(UserError, "state cannot be written"):
            record.state = "closed"
        with self.assertRaisesRegex(UserError, "always “Requested”"):
            self.env["channel.return"].with_user(self.clerk).create(
                {"partner_id": self.partner.id, "state": "approved"}
            )

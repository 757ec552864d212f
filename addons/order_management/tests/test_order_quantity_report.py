# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-10, OM-20: ordered, approved, held, reserved, shipped, returned, invoiced."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command, Datetime
from odoo.tests import new_test_user, tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install", "meets_others")
class TestOrderQuantityReport(ApprovalCase):
    def _get_figures(self, order):
        report = self.env["order.quantity.report"]
        # what was read of a line before is not what it is now
        report.invalidate_model()
        return report.search([("order_id", "=", order.id)])

    def assertFigures(self, order, **figures):
        figure = self._get_figures(order)
        for name, quantity in figures.items():
            self.assertAlmostEqual(figure[f"{name}_qty"], quantity, 2, name)

    def test_side_by_side(self):
        order = self._make_order(10, confirm=False)
        self.env["stock.hold"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": self.warehouse.id,
                "quantity": 3,
                "kind": "quotation",
                "expires_at": Datetime.now() + timedelta(days=1),
                "order_id": order.id,
                "sale_line_id": order.order_line.id,
            }
        )
        self.assertFigures(order, ordered=10, approved=0, held=3, open=0, cut=10)
        order.action_submit()
        self._as(order.order_line, "reviewer").write(
            {"approved_qty": 8, "cut_reason": "Short supply"}
        )
        order.action_approve()
        order.action_confirm()
        self.assertFigures(order, approved=8, reserved=8, shipped=0, open=8, cut=2)
        self._ship(order.picking_ids, 5)
        self.assertFigures(order, reserved=3, shipped=5, returned=0, open=3)
        done = order.picking_ids.filtered(lambda p: p.state == "done")
        self._return(done, 2)
        self.assertFigures(order, shipped=5, returned=2, open=5, invoiced=0)
        figure = self._get_figures(order)
        self.assertEqual(figure.cut_reason, "Short supply")
        self.assertEqual(figure.cut_amount, 20)
        self.assertEqual(figure.ordered_amount, 100)

    def test_several_steps_reserve_once(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._make_order(10)
        self.assertFigures(order, reserved=10, shipped=0)
        self._ship(order.picking_ids.filtered(lambda p: p.state == "assigned"), 10)
        self.assertFigures(order, reserved=10, shipped=0)

    def test_units_add_up(self):
        self.product.uom_ids = self.dozen
        order = self._make_order(2, uom=self.dozen)
        self.assertFigures(order, ordered=24, approved=24, reserved=24)

    def test_services_and_plain_orders(self):
        self.company.approval_mode = "none"
        service = self.env["product.product"].create(
            {"name": "Fitting", "type": "service"}
        )
        order = self._make_order(3, product=service)
        order.order_line.qty_delivered = 2
        self.assertFigures(order, ordered=3, approved=3, shipped=2)
        self.assertFalse(order.quantity_ids, "an order nobody controls shows no tab")

    def test_on_the_order(self):
        order = self._make_order(10)
        self.assertEqual(order.quantity_ids.ordered_qty, 10)
        seen = self._as(order, "clerk")
        self.assertEqual(seen.quantity_ids.approved_qty, 10)
        domain = order.action_view_quantities()["domain"]
        self.assertEqual(self.env["order.quantity.report"].search_count(domain), 1)

    def test_grouped(self):
        for quantity, reason in ((10, "Short supply"), (20, "Credit")):
            order = self._submit(quantity)
            self._as(order.order_line, "reviewer").write(
                {"approved_qty": 4, "cut_reason": reason}
            )
        groups = dict(
            self.env["order.quantity.report"]._read_group(
                [("company_id", "=", self.company.id)], ["cut_reason"], ["cut_qty:sum"]
            )
        )
        self.assertEqual(groups, {"Short supply": 6, "Credit": 16})

    def test_who_sees_what(self):
        order = self._submit()
        report = self.env["order.quantity.report"]
        self.assertTrue(self._as(report, "clerk").search([("order_id", "=", order.id)]))
        with self.assertRaises(AccessError):
            self._as(report, "storekeeper").search([])
        neighbour = self.env["res.company"].create({"name": "Neighbour"})
        stranger = new_test_user(
            self.env,
            "ceiling_stranger",
            groups="order_management.group_clerk",
            company_id=neighbour.id,
            company_ids=[Command.set(neighbour.ids)],
        )
        theirs = report.with_user(stranger).with_context(
            allowed_company_ids=neighbour.ids
        )
        self.assertFalse(theirs.search([("order_id", "=", order.id)]))

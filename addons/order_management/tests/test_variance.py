# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-20: what was ordered first, what became of it, why, and what it cost."""

from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .variance_common import VarianceCase


@tagged("post_install", "-at_install", "meets_others")
class TestVariance(VarianceCase):
    def assertFigures(self, order, **figures):
        figure = self._get_figures(order)
        for name, quantity in figures.items():
            if not name.endswith(("amount", "rate")):
                name += "_qty"
            self.assertAlmostEqual(figure[name], quantity, 4, name)

    def test_from_order_to_return(self):
        order = self._make_order(10, confirm=False)
        self.assertFigures(order, requested=10, cut=0, cancelled=0, open=0)
        self._approve(order, 8)
        self.assertFigures(order, requested=10, approved=8, cut=2, shipped=0, open=8)
        self._ship(order.picking_ids, 5)
        self.assertFigures(order, shipped=5, returned=0, net=5, open=3, delivered=0)
        done = order.picking_ids.filtered(lambda p: p.state == "done")
        self._return(done, 2)
        self.assertFigures(
            order,
            requested=10,
            shipped=5,
            returned=2,
            net=3,
            cut=2,
            difference=4,
            difference_amount=40,
            requested_amount=100,
            cut_amount=20,
            returned_amount=20,
            fill_rate=0.5,
            cut_rate=0.2,
            return_rate=0.4,
        )
        self.assertEqual(self._get_figures(order).cut_reason, "Short supply")
        self.env.cr.execute(
            "UPDATE sale_order_line SET qty_invoiced = 3 WHERE order_id = %s",
            [order.id],
        )
        self.assertFigures(order, invoiced=3, invoiced_amount=30)

    def test_closed_short(self):
        """What was cut and what was given up later are told apart."""
        order = self._make_order(10, confirm=False)
        self._approve(order, 8)
        self._ship(order.picking_ids.filtered(lambda p: p.state == "assigned"), 5)
        self._as(order, "reviewer").action_short_close("No more coming")
        self.assertFigures(order, approved=5, cut=2, short=3, open=0, difference=5)
        self.assertEqual(self._get_figures(order).cut_reason, "No more coming")

    def test_first_ordered(self):
        self.company.approval_mode = "none"
        order = self._make_order(10, confirm=False)
        order.order_line.product_uom_qty = 12
        order.action_confirm()
        self.assertFigures(order, requested=12, ordered=12)
        order.order_line.product_uom_qty = 9
        self.assertFigures(order, requested=12, ordered=9, cancelled=3)
        order.order_line.product_uom_qty = 15
        self.assertFigures(order, requested=12, ordered=15, cancelled=0)
        order.order_line = [
            Command.create({"product_id": self.other.id, "product_uom_qty": 4})
        ]
        figures = self._get_figures(order).sorted("requested_qty")
        self.assertEqual(figures.mapped("requested_qty"), [4, 12])

    def test_lowered_to_nothing_has_a_value(self):
        self.company.approval_mode = "none"
        order = self._make_order(10)
        order.order_line.product_uom_qty = 0
        self.assertFigures(order, cancelled=10, cancelled_amount=100)

    def test_split_is_no_difference(self):
        """Parts together asked for what the order asked for, and back again."""
        order = self._make_order(10, confirm=False)
        self._approve(order, 8)
        part = order._split([{order.order_line: 3}], "Two days")
        self.assertFigures(order, requested=7, ordered=7, cancelled=0)
        self.assertFigures(part, requested=3, ordered=3, cancelled=0)
        part._undo_split()
        self.assertFigures(order, requested=10, ordered=10, cancelled=0)
        self.assertFigures(part, requested=0, cancelled=0)

    def test_cancelled(self):
        order = self._make_order(10, confirm=False)
        self._approve(order, 8)
        order._action_cancel()
        order.cancel_reason = "Changed their mind"
        self.assertFigures(order, cancelled=10, cut=0, open=0, difference=10)
        self.assertEqual(self._get_figures(order).cancel_reason, "Changed their mind")
        order.action_draft()
        self.assertFalse(order.cancel_reason)
        self.assertFigures(order, cancelled=0)

    def test_cancelled_by_the_channel(self):
        order = self._make_order(10, confirm=False)
        order.with_context(order_management_source="channel")._action_cancel()
        self.assertEqual(order.cancel_reason, "Cancelled on the channel")

    def test_return_reason(self):
        order = self._make_order(10)
        self._ship(order.picking_ids)
        self._return(order.picking_ids, 2)
        reason = self.env["channel.return.reason"].search([], limit=1)
        back = self.env["channel.return"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.partner.id,
                "line_ids": [
                    Command.create(
                        {
                            "order_id": order.id,
                            "sale_line_id": order.order_line.id,
                            "requested_qty": 2,
                            "reason_id": reason.id,
                        }
                    )
                ],
            }
        )
        self.assertEqual(self._get_figures(order).return_reason_id, reason)
        back.action_cancel()
        self.assertFalse(self._get_figures(order).return_reason_id)

    def test_arrived(self):
        order = self._make_order(10)
        self._ship(order.picking_ids)
        self.assertFigures(order, shipped=10, delivered=0)
        pixel = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
            "awAAAABJRU5ErkJggg=="
        )
        # the note: in a transaction of its own the time of writing would change, too
        order.picking_ids.write({"signature": pixel, "note": "Signed"})
        self.assertFigures(order, delivered=10)

    def test_units_add_up(self):
        self.company.approval_mode = "follow"
        self.product.uom_ids = self.dozen
        order = self._make_order(2, uom=self.dozen)
        self._ship(order.picking_ids, 18)
        self.assertFigures(
            order, requested=24, shipped=18, open=6, fill_rate=0.75, approved=24
        )

    def test_currency(self):
        eur = self.env.ref("base.EUR")
        eur.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "rate": 0.5,
                "currency_id": eur.id,
                "company_id": self.company.id,
            }
        )
        prices = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": eur.id, "company_id": self.company.id}
        )
        order = self._make_order(10, confirm=False, pricelist_id=prices.id)
        order.order_line.price_unit = 5
        self.assertFigures(order, requested_amount=100)
        self.assertEqual(self._get_figures(order).currency_id, self.company.currency_id)

    def test_amounts_of_several_currencies_are_not_added(self):
        eur, usd = self.env.ref("base.EUR"), self.env.ref("base.USD")
        (eur + usd).active = True
        companies = self.env["res.company"].create(
            [
                {"name": f"Variance {currency.name}", "currency_id": currency.id}
                for currency in (eur, usd)
            ]
        )
        self.env.user.company_ids += companies
        for some, has_money in ((companies, False), (companies[0], True)):
            report = self.report.with_context(allowed_company_ids=some.ids)
            self.assertEqual(bool(report._get_money_fields()), has_money)

    def test_rates_are_of_sums(self):
        """10 of 10 and 0 of 90 are 10 %, not 50 %; so are they in a pivot."""
        full, none = self._make_order(10), self._make_order(90)
        self._ship(full.picking_ids)
        orders = full | none
        self._get_figures(orders)
        domain = [("order_id", "in", orders.ids)]
        [(rate, cut)] = self.report._read_group(
            domain, [], ["fill_rate:avg", "cut_rate:avg"]
        )
        self.assertAlmostEqual(rate, 0.1)
        self.assertEqual(cut, 0)
        measures = ["requested_qty:sum", "fill_rate:avg", "__count"]
        sets = self.report.formatted_read_grouping_sets(
            domain, [[], ["product_id"], ["product_id", "date_order:month"]], measures
        )
        for groups in sets:
            self.assertAlmostEqual(groups[0]["fill_rate:avg"], 0.1)
            self.assertEqual(groups[0]["requested_qty:sum"], 100)
            self.assertEqual(groups[0]["__count"], 2)
        by_order = dict(
            self.report._read_group(domain, ["order_id"], ["fill_rate:avg"])
        )
        self.assertEqual(by_order, {full: 1.0, none: 0.0})

    def test_nothing_is_missed(self):
        """Whatever changes a figure marks its order, raw SQL as well; nothing else."""
        order = self._make_order(10)
        self._get_figures(order)

        def count():
            self.env.flush_all()
            self.env.cr.execute("SELECT count(*) FROM order_variance_dirty")
            return self.env.cr.fetchone()[0]

        self.assertEqual(count(), 0)
        order.order_line.name = "Other words"
        order.client_order_ref = "X"
        self.assertEqual(count(), 0)
        self.env.cr.execute(
            "UPDATE sale_order_line SET cut_reason = 'By SQL' WHERE order_id = %s",
            [order.id],
        )
        self.assertEqual(count(), 1)
        self.assertEqual(self._get_figures(order).cut_reason, "By SQL")
        order.user_id = self.users["clerk"]
        self.assertEqual(self._get_figures(order).user_id, self.users["clerk"])
        move = order.picking_ids.move_ids
        self._ship(order.picking_ids, 4)
        self.assertFigures(order, shipped=4)
        move.move_line_ids.quantity = 3
        self.assertFigures(order, shipped=3)
        other = self._make_order(1, confirm=False)
        self.assertTrue(self._get_figures(other))
        other.order_line.unlink()
        self.assertFalse(self._get_figures(other))

    def test_in_parts(self):
        orders = self._make_order(1, 2, confirm=False) | self._make_order(
            3, confirm=False
        )
        self.env.flush_all()
        self.assertEqual(self.report._refresh(limit=1), 1)
        while self.report._refresh(limit=1):
            pass
        figures = self.report.search([("order_id", "in", orders.ids)])
        self.assertEqual(sorted(figures.mapped("requested_qty")), [1, 2, 3])

    def test_open(self):
        order = self._make_order(10, confirm=False)
        action = self._as(self.report, "clerk").action_open_report()
        self.assertEqual(action["res_model"], "order.variance.report")
        figure = self._as(self.report, "clerk").search([("order_id", "=", order.id)])
        self.assertEqual(figure.requested_qty, 10)
        self.assertEqual(figure.action_open_order()["res_id"], order.id)
        with self.enter_registry_test_mode():
            cron = self.env.ref("order_management.ir_cron_refresh_variance")
            cron.method_direct_trigger()

    def test_who_sees_what(self):
        """The warehouse sees quantities, no values; a neighbour sees nothing."""
        order = self._make_order(10)
        self._get_figures(order)
        picker = new_test_user(
            self.env,
            "variance_picker",
            groups="order_management.group_warehouse",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        report = self.report.with_user(picker)
        domain = [("order_id", "=", order.id)]
        self.assertEqual(
            report._read_group(domain, [], ["requested_qty:sum"]), [(10.0,)]
        )
        with self.assertRaises(AccessError):
            report._read_group(domain, [], ["difference_amount:sum"])
        self.assertFalse(report._get_money_fields())
        view = report.get_view(view_type="pivot")
        self.assertNotIn("difference_amount", view["arch"])
        with self.assertRaises(AccessError):
            self._as(self.report, "storekeeper").search(domain)
        neighbour = self.env["res.company"].create({"name": "Neighbour"})
        stranger = new_test_user(
            self.env,
            "variance_stranger",
            groups="order_management.group_clerk",
            company_id=neighbour.id,
            company_ids=[Command.set(neighbour.ids)],
        )
        theirs = self.report.with_user(stranger).with_context(
            allowed_company_ids=neighbour.ids
        )
        self.assertFalse(theirs.search(domain))

    def _export(self, login, **vals):
        export = self._as(self.env["order.variance.export"], login).create(vals)
        action = export.action_export()
        self.assertEqual(action["report_type"], "xlsx")
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(export.env.user)
            ._render_xlsx("order_management.order_variance_xlsx", export.ids, {})
        )
        self.assertEqual(kind, "xlsx")
        return load_workbook(BytesIO(content))

    def test_spreadsheet(self):
        order = self._make_order(10, confirm=False)
        self._approve(order, 8, "=1+1")
        self._ship(order.picking_ids.filtered(lambda p: p.state == "assigned"), 5)
        book = self._export("clerk", group_by="product_id")
        figures, reasons = book.worksheets
        titles = [cell.value for cell in figures[1]]
        row = dict(zip(titles, (cell.value for cell in figures[2]), strict=True))
        total = dict(zip(titles, (cell.value for cell in figures[3]), strict=True))
        self.assertEqual(row["Product"], self.product.display_name)
        self.assertEqual((row["Requested"], row["Cut"], row["Shipped"]), (10, 2, 5))
        self.assertEqual(row["Cost of the Difference"], 20)
        self.assertTrue(str(row["Fill Rate"]).startswith("=IF("))
        self.assertTrue(str(total["Requested"]).startswith("=SUBTOTAL("))
        self.assertEqual([cell.value for cell in reasons[2]], ["Cut", "=1+1", 1, 2, 20])
        self.assertEqual(reasons["B2"].data_type, "s", "text, never a formula")

    def test_spreadsheet_of_nothing(self):
        with self.assertRaises(ValidationError):
            self._export("clerk", date_from="2001-01-31", date_to="2001-01-01")
        for group_by in ("date_order:month", "partner_id"):
            book = self._export(
                "clerk",
                date_from="2001-01-01",
                date_to="2001-01-31",
                group_by=group_by,
            )
            self.assertEqual(book.worksheets[0]["A2"].value, "Total")

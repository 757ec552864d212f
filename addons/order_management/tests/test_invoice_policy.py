# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-21: orders are invoiced by themselves, when and how their channel says."""

from datetime import datetime, timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .invoice_common import InvoiceCase


@tagged("post_install", "-at_install")
class TestInvoicePolicy(InvoiceCase):
    def test_manual_stays_as_odoo(self):
        order = self._sell(10, product=self.by_order)
        self.assertFalse(order.channel_invoice_policy)
        self._deliver(order)
        self.assertFalse(order.invoice_due_at)
        self.assertFalse(self._run())
        self.assertEqual(order.order_line.qty_to_invoice, 10)

    def test_no_query_for_orders_without_a_channel(self):
        """Odoo's own lines are computed without a look at channels."""
        order = self._make_order(*[1] * 20, product=self.by_order)
        self.env.flush_all()
        self.env.invalidate_all()
        lines = order.order_line
        lines.mapped("qty_invoiced")
        order.mapped("state")
        # whatever computes amounts has read the company
        order.company_id.mapped("name")
        with self.assertQueryCount(0):
            self.assertFalse(any(line._get_policy_shift() for line in lines))

    def test_when_confirmed(self):
        self.channel.invoice_policy = "order"
        for product in self.goods:
            order = self._sell(10, product=product)
            self.assertEqual(order.order_line.qty_to_invoice, 10)
            self.assertEqual(self._run(), order)
            invoice = self._invoices(order)
            self.assertEqual((invoice.state, invoice.amount_total), ("posted", 110))
            self.assertEqual(order.invoice_status, "invoiced")
            self.assertFalse(order.invoice_due_at)
            self._deliver(order)
            self.assertFalse(self._run(), "nothing more to do")
            self.assertEqual(order.order_line.qty_to_invoice, 0)

    def test_services_only_are_invoiced_when_confirmed(self):
        """Nothing will ever leave that the invoice could wait for."""
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service", "invoice_policy": "order"}
        )
        for policy in ("shipment", "delivery"):
            self.channel.invoice_policy = policy
            order = self._sell(2, product=service)
            self.assertEqual(self._run(), order)
            self.assertEqual(order.invoice_status, "invoiced")

    def test_never_more_than_approved(self):
        self.company.approval_mode = "explicit"
        self.channel.invoice_policy = "order"
        order = self._sell(10, confirm=False)
        order.action_submit()
        self._as(order.order_line, "reviewer").write(
            {"approved_qty": 6, "cut_reason": "Short supply"}
        )
        order.action_approve()
        order.action_confirm()
        self._run()
        self.assertEqual(self._invoices(order).invoice_line_ids.quantity, 6)
        self.assertEqual(order.order_line.amount_to_invoice, 0)

    def test_when_shipped(self):
        self.channel.invoice_policy = "shipment"
        for product in self.goods:
            order = self._sell(10, product=product)
            self.assertEqual(order.order_line.qty_to_invoice, 0)
            self.assertEqual(order.order_line.amount_to_invoice, 0)
            self.assertFalse(order.invoice_due_at)
            self._deliver(order, 4)
            self.assertEqual(order.order_line.amount_to_invoice, 44)
            self._run()
            self.assertEqual(self._invoices(order).invoice_line_ids.quantity, 4)
            self._deliver(order)
            self._run()
            quantities = self._invoices(order).invoice_line_ids.mapped("quantity")
            self.assertEqual(sorted(quantities), [4, 6])
            self.assertEqual(order.invoice_status, "invoiced")

    def test_when_delivered(self):
        """The event says so, or nobody does for some days."""
        self.channel.write({"invoice_policy": "delivery", "invoice_delivery_days": 3})
        told, silent = self._sell(10), self._sell(10)
        for order in told + silent:
            self._deliver(order)
            self.assertGreater(
                order.invoice_due_at, fields.Datetime.now() + timedelta(days=2)
            )
        told._log_event("state", None, "delivered")
        self.assertEqual(self._run(), told)
        self.assertEqual(self._invoices(told).invoice_line_ids.quantity, 10)
        with freeze_time(fields.Datetime.now() + timedelta(days=3, minutes=1)):
            self.assertEqual(self._run(), silent)
        self.assertEqual(self._invoices(silent).state, "posted")

    def test_when_paid(self):
        self.channel.invoice_policy = "payment"
        order = self._sell(10)
        self.assertFalse(order.invoice_due_at)
        order.channel_paid = True
        self._run()
        self.assertEqual(self._invoices(order).invoice_line_ids.quantity, 10)
        paid_first = self._sell(10, confirm=False, channel_paid=True)
        paid_first.action_confirm()
        self._run()
        self.assertEqual(len(paid_first.invoice_ids), 1)

    def test_end_of_period(self):
        """One invoice a customer and currency, dated on the period's last day."""
        self.company.partner_id.tz = "Asia/Ho_Chi_Minh"
        self.channel.write({"invoice_policy": "period", "invoice_period": "month"})
        other = self.env["res.partner"].create({"name": "Other buyer"})
        place = self.env["res.partner"].create(
            {"name": "Depot", "parent_id": self.partner.id, "type": "delivery"}
        )
        with freeze_time(datetime(2026, 4, 30, 16, 0)):  # 23:00 there
            april = self._sell(1) + self._sell(2, partner_shipping_id=place.id)
            april += self._sell(3, partner_id=other.id)
            for order in april:
                self._deliver(order)
        self.assertEqual(
            set(april.mapped("invoice_due_at")), {datetime(2026, 4, 30, 17, 0)}
        )
        with freeze_time(datetime(2026, 4, 30, 17, 30)):
            late = self._sell(4)
            self._deliver(late)
            self.assertEqual(self._run(), april.sorted("partner_id"))
        self.assertEqual(late.invoice_due_at, datetime(2026, 5, 31, 17, 0))
        invoices = april.invoice_ids
        self.assertEqual(len(invoices), 2)
        self.assertEqual(len((april[0] + april[1]).invoice_ids), 1)
        self.assertEqual(
            set(invoices.mapped("invoice_date")), {fields.Date.to_date("2026-04-30")}
        )
        self.assertFalse(late.invoice_ids)

    def test_cutoff(self):
        self.company.partner_id.tz = "Asia/Ho_Chi_Minh"
        for period, cutoff, moment, expected in (
            ("day", 18.0, (2026, 7, 1, 10, 59), (2026, 7, 1, 11, 0)),
            ("day", 18.0, (2026, 7, 1, 11, 1), (2026, 7, 2, 11, 0)),
            ("week", 24.0, (2026, 7, 1, 3, 0), (2026, 7, 5, 17, 0)),
            ("week", 12.5, (2026, 7, 5, 6, 0), (2026, 7, 12, 5, 30)),
            ("month", 24.0, (2026, 12, 31, 16, 0), (2026, 12, 31, 17, 0)),
            ("month", 24.0, (2026, 12, 31, 18, 0), (2027, 1, 31, 17, 0)),
        ):
            self.channel.write({"invoice_period": period, "invoice_cutoff": cutoff})
            self.assertEqual(
                self.channel._get_next_cutoff(datetime(*moment)), datetime(*expected)
            )
        self.company.partner_id.tz = "Europe/London"  # summer time ends
        self.channel.write({"invoice_period": "day", "invoice_cutoff": 24.0})
        self.assertEqual(
            self.channel._get_next_cutoff(datetime(2026, 10, 25, 0, 30)),
            datetime(2026, 10, 26, 0, 0),
        )

    def test_drafts_date_journal(self):
        journal = self.env["account.journal"].create(
            {
                "name": "Shop sales",
                "code": "SHOP",
                "type": "sale",
                "company_id": self.company.id,
            }
        )
        self.channel.write(
            {
                "invoice_policy": "shipment",
                "invoice_posting": "draft",
                "invoice_date_rule": "shipment",
                "invoice_journal_id": journal.id,
            }
        )
        order = self._sell(10)
        with freeze_time("2026-03-05 10:00:00"):
            self._deliver(order)
        self._run()
        invoice = order.invoice_ids
        self.assertEqual(invoice.state, "draft")
        self.assertEqual(invoice.journal_id, journal)
        self.assertEqual(invoice.sale_channel_id, self.channel)
        self.assertEqual(str(invoice.invoice_date), "2026-03-05")

    def test_policy_of_the_moment_of_confirmation(self):
        quotation = self._sell(10, confirm=False)
        confirmed = self._sell(10)
        self.channel.invoice_policy = "order"
        quotation.action_confirm()
        self.assertEqual(self._run(), quotation)
        self.assertFalse(confirmed.invoice_ids)

    def test_problem_is_told_and_tried_again(self):
        """One bad order stops only itself; solved, its activity is gone."""
        self.channel.invoice_policy = "order"
        good = self._sell(10)
        buyer = self.env["res.partner"].create({"name": "Gone"})
        bad = self._sell(10, partner_id=buyer.id)
        buyer.active = False
        self._run()
        self.assertEqual(good.invoice_ids.state, "posted")
        self.assertFalse(bad.invoice_ids)
        self.assertIn("is archived", bad.invoice_problem)
        kind = self.env.ref("order_management.mail_activity_type_invoice")
        activity = bad.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        self.assertIn("is archived", activity.note)
        self.assertGreater(bad.invoice_due_at, fields.Datetime.now())
        self.assertFalse(self._run(), "not before the next day")
        buyer.active = True
        jobs = self.env["queue.job"].search_count([])
        bad.action_invoice_again()
        bad.action_invoice_again()
        self.assertLessEqual(self.env["queue.job"].search_count([]), jobs + 1)
        self._run()
        self.assertEqual(bad.invoice_ids.state, "posted")
        self.assertFalse(bad.invoice_problem)
        self.assertFalse(activity.exists().active)

    def test_locked_period(self):
        self.channel.write(
            {"invoice_policy": "shipment", "invoice_date_rule": "shipment"}
        )
        order = self._sell(10)
        with freeze_time("2026-03-05 10:00:00"):
            self._deliver(order)
        self.company.sale_lock_date = "2026-03-31"
        self._run()
        self.assertFalse(order.invoice_ids)
        self.assertIn("closed until 2026-03-31", order.invoice_problem)
        self.company.sale_lock_date = False
        order.action_invoice_again()
        self._run()
        self.assertEqual(str(order.invoice_ids.invoice_date), "2026-03-05")

    def test_missing_account_and_tax(self):
        self.channel.invoice_policy = "order"
        order = self._sell(10)
        self.tax.active = False
        self._run()
        self.assertIn("tax VAT 10 is archived", order.invoice_problem)
        self.tax.active = True
        order.action_invoice_again()
        journals = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "sale")]
        )
        journals.action_archive()
        self._run()
        self.assertFalse(order.invoice_ids)
        self.assertTrue(order.invoice_problem)
        journals.action_unarchive()
        order.action_invoice_again()
        self._run()
        self.assertEqual(order.invoice_ids.state, "posted")

    def test_job_and_cron(self):
        """Cron starts one job a channel; many orders take several jobs."""
        self.channel.invoice_policy = "order"
        orders = self._sell(1) + self._sell(2) + self._sell(3)
        jobs = self.env["queue.job"].search([("state", "=", "pending")])
        jobs = jobs.filtered(lambda job: job.method_name == "_job_invoice_due")
        self.assertEqual(len(jobs), 1)
        self.env["sale.channel"]._cron_invoice_due()
        self.assertEqual(
            self.env["queue.job"].search_count(
                [("method_name", "=", "_job_invoice_due"), ("state", "=", "pending")]
            ),
            1,
        )
        done, more = self.channel._invoice_due(limit=2)
        self.assertEqual((len(done), more), (2, True))
        self.assertIn("1", self.channel._job_invoice_due())
        self.assertEqual(set(orders.invoice_ids.mapped("state")), {"posted"})
        events = self._get_events(orders, "invoice")
        self.assertEqual(len(events), 3)
        self.assertIn(orders[0].invoice_ids.name, events.mapped("reason"))

    def test_mail(self):
        self.channel.write({"invoice_policy": "order", "invoice_send_mail": True})
        self.partner.email = "buyer@example.com"
        order = self._sell(10)
        self._run()
        self.assertTrue(order.invoice_ids.is_being_sent)
        self.assertEqual(order.invoice_ids.sending_data["sending_methods"], ["email"])

    def test_bad_figures_are_refused(self):
        for values in ({"invoice_cutoff": 0}, {"invoice_cutoff": 24.5}):
            with (
                self.assertRaises(psycopg2.IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.channel.write(values)
                self.env.flush_all()

    def test_rights(self):
        order = self._sell(10, product=self.by_order)
        nobody = new_test_user(self.env, "invoice_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            order.with_user(nobody).action_invoice_again()
        self.channel.invoice_policy = "shipment"
        order = self._sell(10)
        self._ship(order.picking_ids, user=self.users["storekeeper"])
        self._run()
        self.assertEqual(order.invoice_ids.state, "posted")

    def test_lists_and_buttons(self):
        self.channel.invoice_policy = "shipment"
        order = self._sell(10)
        picking = self._deliver(order, 4)
        report = self.env["order.quantity.report"]
        self.env.flush_all()
        figure = report.search([("order_id", "=", order.id)])
        self.assertEqual((figure.uninvoiced_qty, figure.undelivered_qty), (4, 0))
        self.assertEqual(figure.uninvoiced_amount, 40)
        self._check_open_lines("uninvoiced_qty", order)
        self._run()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(
            report.search([("order_id", "=", order.id), ("uninvoiced_qty", ">", 0)])
        )
        invoice = order.invoice_ids
        self.assertEqual(picking.order_invoice_count, 1)
        self.assertEqual(invoice.channel_delivery_count, 2)
        self.assertEqual(self.channel.invoice_count, 1)
        for record, method in (
            (picking, "action_view_invoices"),
            (invoice, "action_view_deliveries"),
            (invoice, "action_view_channel_returns"),
            (invoice, "action_view_channel_orders"),
            (self.channel, "action_view_invoices"),
        ):
            self.assertEqual(getattr(record, method)()["type"], "ir.actions.act_window")
        prepaid = self._sell(5, product=self.by_order, sale_channel_id=False)
        prepaid._create_invoices().action_post()
        self.env.flush_all()
        figure = report.search([("order_id", "=", prepaid.id)])
        self.assertEqual((figure.uninvoiced_qty, figure.undelivered_qty), (0, 5))
        self.assertEqual(figure.undelivered_amount, 50)
        self._check_open_lines("undelivered_qty", prepaid)

    def _check_open_lines(self, name, order):
        """The list of them has all of them: before the variance report has added them
        up and after."""
        report = self.env["order.quantity.report"]
        lines = report.search([]).filtered(lambda line: line[name] > 0)
        self.assertIn(order, lines.order_id)
        self.assertEqual(report.search([(name, ">", 0)]), lines)
        while self.env["order.variance.report"].sudo()._refresh():
            pass
        self.assertEqual(report.search([(name, ">", 0)]), lines)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .hygiene_common import HygieneCommon


@tagged("post_install", "-at_install")
class TestCustomerFollowUp(HygieneCommon):
    """CP-10 and CP-11: steps on the card, contacts, care, forecast, conversion."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._create_partner("Hoa", user_id=cls.salesman.id)
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Deal",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "user_id": cls.salesman.id,
                "expected_revenue": 100,
            }
        )

    def _meet(self, days, lead=None):
        start = fields.Datetime.now() + timedelta(days=days)
        return self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "user_id": self.salesman.id,
                "start": start,
                "stop": start + timedelta(hours=1),
                "opportunity_id": (lead or self.lead).id,
                "partner_ids": [Command.set(self.customer.ids)],
            }
        )

    def _create_snapshot(self, **values):
        snapshots = self.env["customer.snapshot"]
        snapshots.search([("partner_id", "=", self.customer.id)]).unlink()
        return snapshots.create(
            {
                "partner_id": self.customer.id,
                "company_id": self.env.company.id,
                "user_id": self.salesman.id,
                **values,
            }
        )

    def _steps(self):
        self.lead.invalidate_recordset()
        names = ("quote", "appointment", "contract", "order", "collection")
        return [self.lead[f"step_{name}"] for name in names]

    def test_the_steps_of_a_deal(self):
        self.assertEqual(self._steps(), ["none"] * 5)
        order = self._create_order(self.customer, opportunity_id=self.lead.id)
        event = self._meet(2)
        self.assertEqual(self._steps(), ["open", "open", "open", "open", "none"])
        self.assertEqual(self.lead.step_quoted, 100.0)
        event.write({"start": "2026-01-05 08:00:00", "stop": "2026-01-05 09:00:00"})
        order.signed_on = fields.Datetime.now()
        order.action_confirm()
        self.assertEqual(self._steps(), ["done", "done", "done", "done", "open"])
        self.assertEqual(self.lead.step_ordered, 100.0)
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(self._steps()[-1], "open")
        self.assertEqual(self.lead.step_invoiced, 100.0)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        self.assertEqual(self._steps()[-1], "done")
        self.assertEqual(self.lead.step_collected, 100.0)

    def test_one_invoice_for_several_orders(self):
        """A bill for all of a month: of the deal its own lines only."""
        order = self._create_order(self.customer, opportunity_id=self.lead.id)
        other = self._create_order(self.customer, 300.0)
        orders = order + other
        orders.action_confirm()
        orders.order_line.qty_delivered = 1
        invoice = orders._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 400.0)
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"amount": 200.0})._create_payments()
        self.assertEqual(self._steps()[-1], "open")
        self.assertEqual(self.lead.step_invoiced, 100.0)
        self.assertEqual(self.lead.step_collected, 50.0)

    def test_steps_are_read_for_the_whole_page(self):
        leads = self.lead + self.lead.copy() + self.lead.copy()
        self.env.flush_all()

        def count(chosen):
            self.env.invalidate_all()
            chosen.mapped("id")
            before = self.env.cr.sql_log_count
            chosen.mapped("step_order")
            return self.env.cr.sql_log_count - before

        count(leads)  # fills caches
        self.assertEqual(count(self.lead), count(leads))

    def test_contacts_of_an_employee(self):
        self._meet(-2)
        self.lead.with_user(self.salesman).message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.lead.message_post(
            body="Answer",
            message_type="email",
            author_id=self.customer.id,
            subtype_xmlid="mail.mt_comment",
        )
        self.env.flush_all()
        report = self.env["customer.contact.report"].with_user(self.salesman)
        rows = report.search([("partner_id", "=", self.customer.id)])
        kinds = sorted((row.kind, row.direction) for row in rows if row.contact_count)
        self.assertEqual(kinds, [("mail", "in"), ("mail", "out"), ("meeting", "out")])
        self.assertEqual(rows.user_id, self.salesman)
        other = new_test_user(
            self.env, "follow_other", "sales_team.group_sale_salesman"
        )
        domain = [("partner_id", "=", self.customer.id)]
        self.assertFalse(report.with_user(other).search(domain))
        self.assertTrue(report.with_user(self.manager).search(domain))

    def test_response_time_of_an_employee(self):
        """Hours to the first answer, on the average of the leads that have one."""
        slow = self.lead.copy({"user_id": self.salesman.id})
        waiting = self.lead.copy({"user_id": self.salesman.id})
        now = fields.Datetime.now()
        self.lead.write({"first_response_at": now, "first_response_hours": 1.0})
        slow.write({"first_response_at": now, "first_response_hours": 4.0})
        self.env.flush_all()
        self.assertFalse(waiting.first_response_at)
        groups = self.env["customer.contact.report"]._read_group(
            [("partner_id", "=", self.customer.id)],
            ["user_id"],
            ["response_hours:avg", "contact_count:sum"],
        )
        self.assertEqual(groups, [(self.salesman, 2.5, 0)])

    def test_no_contact_by_importance(self):
        self._create_snapshot(
            revenue_12m=900.0,
            rfm_m=5,
            first_order_date=fields.Date.today() - timedelta(days=140),
        )
        self.env.flush_all()
        care = self.env["customer.care"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((care.days_since_contact, care.wanted_days), (140, 14))
        self.assertEqual(care.importance, 9000.0)
        self._meet(-3)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(care.days_since_contact, 3)
        self.assertEqual(care.contact_90d, 1)
        other = new_test_user(self.env, "care_other", "sales_team.group_sale_salesman")
        self.assertFalse(
            self.env["customer.care"].with_user(other).search([("id", "=", care.id)])
        )

    def test_appointments_are_proposed_in_free_hours(self):
        self._create_snapshot(revenue_12m=900.0, rfm_m=5)
        self.env.flush_all()
        care = (
            self.env["customer.care"]
            .with_user(self.salesman)
            .search([("partner_id", "=", self.customer.id)])
        )
        wizard = (
            self.env["customer.appointment.propose"]
            .with_user(self.salesman)
            .with_context(active_ids=care.ids)
            .create({"duration": 1.0})
        )
        action = wizard.action_propose()
        event = self.env["calendar.event"].search(action["domain"])
        self.assertEqual(event.user_id, self.salesman)
        self.assertIn(self.customer, event.partner_ids)
        self.assertGreater(event.start, fields.Datetime.now())
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            wizard.action_propose()

    def test_appointments_of_today_are_not_in_the_past(self):
        self.env.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Tokyo", "tz": "Asia/Tokyo"}
        )
        self._create_snapshot(revenue_12m=900.0, rfm_m=5)
        self.env.flush_all()
        care = self.env["customer.care"].search([("partner_id", "=", self.customer.id)])
        wizard = self.env["customer.appointment.propose"].with_context(
            active_ids=care.ids
        )
        # Monday, 14:20 in Tokyo
        with freeze_time("2026-03-02 05:20:00"):
            today = wizard.create({"date_from": "2026-03-02", "duration": 1.0})
            slots = today._get_slots(self.salesman, 1)
            self.assertEqual(slots, [datetime(2026, 3, 2, 6, 0)])
            tomorrow = wizard.create({"date_from": "2026-03-03", "duration": 1.0})
            slots = tomorrow._get_slots(self.salesman, 1)
            self.assertEqual(slots, [datetime(2026, 3, 2, 23, 0)])  # 8 in Tokyo

    def test_forecast_counts_a_customer_once(self):
        self._create_snapshot(
            average_order=50.0,
            alive_probability=0.5,
            expected_next_date=fields.Date.today() + timedelta(days=9),
        )
        self.env.flush_all()
        report = self.env["customer.forecast.report"].with_user(self.salesman)
        domain = [("partner_id", "=", self.customer.id)]
        self.assertEqual(report.search(domain).mapped("kind"), ["pipeline"])
        self.lead.action_set_lost()
        self.env.flush_all()
        row = report.search(domain)
        self.assertEqual((row.kind, row.expected_amount), ("rhythm", 25.0))

    def test_conversion_by_stage(self):
        self.env["crm.lead"].search([("id", "!=", self.lead.id)]).unlink()
        stages = self.env["crm.stage"].search([], limit=2)
        self.lead.stage_id = stages[0]
        self.flush_tracking()  # what is new in a transaction is not tracked
        tracked = self.lead.with_context(tracking_disable=False, mail_notrack=False)
        tracked.stage_id = stages[1]
        self.flush_tracking()
        rows = self.env["crm.stage.report"].search([("lead_id", "=", self.lead.id)])
        self.assertEqual(rows.stage_id, stages)
        self.assertEqual(rows.mapped("conversion"), [0.0, 0.0])
        tracked.action_set_won()
        self.flush_tracking()
        self.env.invalidate_all()
        rows = self.env["crm.stage.report"].search([("lead_id", "=", self.lead.id)])
        self.assertEqual(set(rows.mapped("conversion")), {100.0})

    def test_customer_groups(self):
        industry = self.env["res.partner.industry"].create({"name": "Fishing"})
        self.customer.write({"industry_id": industry.id, "birth_date": "1990-05-01"})
        self._create_snapshot(revenue_12m=900.0, order_count=3)
        self.env.flush_all()
        groups = self.env["customer.group.report"]._read_group(
            [("partner_id", "=", self.customer.id)],
            ["industry_id", "age_band"],
            ["revenue_12m:sum", "customer_count:sum"],
        )
        self.assertEqual(groups, [(industry, self.customer.age_band, 900.0, 1)])

    def test_age_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        bands = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "res.partner"),
                ("field_id.name", "=", "age_band"),
                ("value", "=", "65"),
            ]
        )
        bands.with_context(lang="vi_VN").name = "Từ 65 trở lên"
        report = self.env["customer.group.report"].with_context(lang="vi_VN")
        bands = dict(report.fields_get(["age_band"])["age_band"]["selection"])
        self.assertEqual(bands["65"], "Từ 65 trở lên")

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()

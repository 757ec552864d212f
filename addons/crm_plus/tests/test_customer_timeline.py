# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timedelta

from markupsafe import Markup

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .view_common import CustomerViewCommon


@tagged("post_install", "-at_install", "meets_others")
class TestCustomerTimeline(CustomerViewCommon):
    """CP-1: all that happened with a customer on one timeline."""

    def _invoice(self, move_type="out_invoice", post=True):
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.customer.id,
                "invoice_date": "2026-03-05",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "price_unit": 250,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        if post:
            move.action_post()
        return move

    def test_orders_and_quotations(self):
        order = self._make_order(quantity=3)
        quotation = self._make_order(confirm=False)
        found = {entry["res_id"]: entry for entry in self._entries()}
        self.assertEqual(found[order.id]["kind"], "order")
        self.assertEqual(found[order.id]["amount"], 300)
        self.assertEqual(found[order.id]["currency_id"], order.currency_id.id)
        self.assertEqual(found[order.id]["contact"], "Lan Buyer")
        self.assertEqual(found[order.id]["user"], self.seller.display_name)
        self.assertEqual(found[quotation.id]["kind"], "quotation")
        self.assertFalse(found[quotation.id]["state_label"])
        quotation.action_cancel()
        [entry] = [e for e in self._entries() if e["res_id"] == quotation.id]
        self.assertEqual(entry["state_label"], "Cancelled")

    def test_invoices_and_payments(self):
        """A credit note takes away; drafts and bills are none of the customer's."""
        invoice = self._invoice()
        credit = self._invoice("out_refund")
        draft = self._invoice(post=False)
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        payments = wizard.create({})._create_payments()
        found = {(e["kind"], e["res_id"]): e for e in self._entries()}
        self.assertEqual(found["invoice", invoice.id]["amount"], 250)
        self.assertEqual(found["credit_note", credit.id]["amount"], -250)
        self.assertTrue(found["invoice", invoice.id]["all_day"])
        self.assertEqual(
            found["invoice", invoice.id]["occurred_at"], "2026-03-05 00:00:00"
        )
        self.assertNotIn(("invoice", draft.id), found)
        self.assertEqual(found["payment", payments.id]["direction"], "in")
        # a salesperson may not read payments: the source is not asked
        self.assertNotIn("payment", self._kinds(self.seller))

    def test_lead_with_its_stages(self):
        stages = self.env["crm.stage"].create(
            [{"name": "View first"}, {"name": "View second"}]
        )
        lead = (
            self.env["crm.lead"]
            .with_context(tracking_disable=False)
            .create(
                {
                    "name": "Twelve pallets",
                    "type": "opportunity",
                    "partner_id": self.contact.id,
                    "user_id": self.seller.id,
                    "expected_revenue": 900,
                    "stage_id": stages[0].id,
                }
            )
        )
        self.flush_tracking()
        lead.stage_id = stages[1]
        self.flush_tracking()
        found = {entry["kind"]: entry for entry in self._entries()}
        self.assertEqual(found["lead"]["title"], "Twelve pallets")
        self.assertEqual(found["lead"]["amount"], 900)
        self.assertEqual(found["stage"]["title"], "View first → View second")
        self.assertEqual(found["stage"]["open_model"], "crm.lead")
        self.assertEqual(found["stage"]["open_id"], lead.id)
        self.assertEqual(found["stage"]["document"], "Twelve pallets")
        lead.action_set_lost()
        self.assertIn("lost", self._kinds())

    def flush_tracking(self):
        """Tracked values are written with the transaction's end."""
        self.env.flush_all()
        self.cr.flush()

    def test_messages_notes_and_activities(self):
        self.customer.message_post(
            body=Markup("<p>Thank you for the <b>offer</b></p>"),
            subject="Offer",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.contact.id,
        )
        self.customer.message_post(
            body="Pays late", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        activity = self.customer.activity_schedule(
            "mail.mail_activity_data_call", summary="Call about tea"
        )
        activity.action_feedback(feedback="Wants a sample")
        found = {entry["kind"]: entry for entry in self._entries()}
        self.assertEqual(found["mail"]["title"], "Offer")
        self.assertEqual(found["mail"]["detail"], "Thank you for the offer")
        self.assertEqual(found["mail"]["direction"], "in")
        self.assertEqual(found["note"]["title"], "Pays late")
        self.assertFalse(found["note"]["direction"])
        self.assertIn("Call about tea", found["activity"]["title"])

    def test_meetings(self):
        """Also of a lead; private ones of others are not shown, one's own are."""
        start = datetime(2026, 5, 4, 9)
        meetings = self.env["calendar.event"].create(
            [
                {
                    "name": name,
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "user_id": self.seller.id,
                    "privacy": privacy,
                    "partner_ids": [Command.set(self.contact.ids)],
                }
                for name, privacy in (("Tasting", False), ("Secret", "private"))
            ]
        )
        shown = self._ids(meetings)
        self.assertEqual(shown, meetings[0])
        self.assertEqual(self._ids(meetings, self.seller), meetings)
        [entry] = [e for e in self._entries() if e["kind"] == "meeting"]
        self.assertEqual(entry["contact"], "Lan Buyer")

    def test_pages_lose_nothing_and_repeat_nothing(self):
        """Even where several things happened at the same moment."""
        moment = fields.Datetime.now().replace(microsecond=0)
        orders = self.env["sale.order"]
        for number in range(7):
            orders += self._make_order(
                date_order=moment - timedelta(days=number // 3), confirm=number % 2
            )
        read, cursor = [], None
        while True:
            page = self._page(limit=2, cursor=cursor)
            read += page["entries"]
            cursor = page["cursor"]
            if not cursor:
                break
        keys = [entry["key"] for entry in read]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertEqual(keys, [entry["key"] for entry in self._entries()])
        self.assertEqual(len([k for k in keys if "sale.order-" in k]), 7)
        times = [entry["occurred_at"] for entry in read]
        self.assertEqual(times, sorted(times, reverse=True))

    def test_filters_and_search(self):
        order = self._make_order(client_order_ref="PO 77")
        lead = self.env["crm.lead"].create(
            {
                "name": "Cà phê 100%",
                "partner_id": self.customer.id,
                "type": "opportunity",
            }
        )
        self.assertEqual(self._kinds(groups=["pipeline"]), {"lead"})
        self.assertEqual(self._kinds(groups=["sales"]), {"order"})
        self.assertEqual(self._ids(lead, search="phê  cà"), lead)
        self.assertEqual(self._ids(lead, search="CA PHE 100%"), lead)
        self.assertFalse(self._entries(search="100_"))
        self.assertEqual(self._ids(order, search=order.name), order)
        self.assertFalse(self._entries(groups=["no such group"]))

    def test_bad_input(self):
        self._make_order()
        now = "2026-01-01T00:00:00"
        for cursor in (
            ["yesterday", "a", "b", 1],
            [now, "order", "sale.order", 2**40],
            [now, "or\0der", "sale.order", 1],
            [1],
            "x",
            {"a": 1},
        ):
            with self.assertRaisesRegex(UserError, "load it again"):
                self._page(cursor=cursor)
        self.assertTrue(self._entries(search="S\0", groups="sales", limit="many"))
        for partner_id in ("1 OR 1=1", None, True, [1]):
            with self.assertRaises(UserError):
                self.env["customer.timeline"].get_page(partner_id)

    def test_family(self):
        """The company shows its contacts' orders; a contact opens the company."""
        order = self._make_order(self.contact)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        other = self._make_order(stranger)
        self.contact.active = False
        self.assertEqual(self._ids(order + other), order)
        self.assertEqual(self._ids(order + other, partner=self.contact), order)

    def test_merged_and_archived_customer(self):
        order = self._make_order()
        double = self.env["res.partner"].create({"name": "Thanh Cong"})
        second = self._make_order(double)
        gone = double.id
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (double + self.customer).ids, self.customer
        )
        self.assertEqual(self._ids(order + second), order + second)
        with self.assertRaisesRegex(UserError, "not there any more"):
            self.env["customer.timeline"].get_page(gone)
        self.customer.with_context(active_test=False).child_ids.active = False
        self.customer.active = False
        self.assertEqual(self._ids(order + second), order + second)

    def test_source_of_a_bridge(self):
        """The nine columns in any order are enough; further ones are taken."""
        from odoo.tools import SQL

        timeline = self.env.registry["customer.timeline"]

        def _get_sources(self, partner_ids, kinds=None):
            return [
                SQL(
                    "SELECT 'x.model' AS res_model, 'visit' AS kind,"
                    " now() AT TIME ZONE 'utc' AS occurred_at, 1 AS res_id,"
                    " 'Visited' AS title, NULL AS amount, NULL AS currency_id,"
                    " NULL AS user_id, NULL AS direction"
                ),
                SQL(
                    "SELECT now() AT TIME ZONE 'utc' AS occurred_at, 'call' AS kind,"
                    " 'res.partner' AS res_model, %s AS res_id, 'Called' AS title,"
                    " 5.5 AS amount, %s AS currency_id, %s AS user_id,"
                    " 'out' AS direction, %s AS partner_id, 'long' AS detail",
                    self.env.user.partner_id.id,
                    self.env.company.currency_id.id,
                    self.env.user.id,
                    partner_ids[0],
                ),
            ]

        self.patch(timeline, "_get_sources", _get_sources)
        found = {entry["kind"]: entry for entry in self._entries()}
        self.assertEqual(found["visit"]["title"], "Visited")
        self.assertFalse(found["visit"]["amount"])
        self.assertEqual(found["call"]["detail"], "long")
        self.assertTrue(found["call"]["contact"])
        self.assertEqual(found["call"]["amount"], 5.5)

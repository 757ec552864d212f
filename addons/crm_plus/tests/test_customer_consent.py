# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
import json
import zipfile

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .hygiene_common import HygieneCommon


@tagged("post_install", "-at_install")
class TestCustomerConsent(HygieneCommon):
    """CP-12: the last word counts, the blacklists follow, proofs stay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._create_partner(
            "Hoa", email="Hoa@Consent.vn", phone="+84912345675"
        )

    def _say(self, channel, status, **values):
        return (
            self.env["customer.consent"]
            .with_user(self.salesman)
            .create(
                {
                    "partner_id": self.partner.id,
                    "channel": channel,
                    "status": status,
                    "source": "paper",
                    **values,
                }
            )
        )

    def _is_blacklisted(self, model, key, value):
        return bool(self.env[model].search([(key, "=", value)]))

    def test_blacklists_follow(self):
        self._say("mail", "withdrawn")
        self._say("sms", "withdrawn")
        mail = ("mail.blacklist", "email", "hoa@consent.vn")
        sms = ("phone.blacklist", "number", "+84912345675")
        self.assertTrue(self._is_blacklisted(*mail))
        self.assertTrue(self._is_blacklisted(*sms))
        self.assertFalse(self.partner._filter_contactable("mail"))
        self._say("mail", "granted")
        self.assertFalse(self._is_blacklisted(*mail))
        self.assertTrue(self._is_blacklisted(*sms))
        self.assertEqual(self.partner._filter_contactable("mail"), self.partner)

    def test_an_older_word_entered_late_changes_nothing(self):
        self._say("mail", "withdrawn")
        self._say("mail", "granted", given_at="2020-01-01")
        self.assertFalse(self.partner._filter_contactable("mail"))
        self.assertTrue(
            self._is_blacklisted("mail.blacklist", "email", "hoa@consent.vn")
        )

    def test_an_older_consent_does_not_undo_an_unsubscription(self):
        self.env["mail.blacklist"]._add("hoa@consent.vn")
        self._say("mail", "granted", given_at="2020-01-01")
        self.assertFalse(self.partner._filter_contactable("mail"))
        self._say("mail", "granted")
        self.assertEqual(self.partner._filter_contactable("mail"), self.partner)

    def test_opt_in_where_the_company_wants_it(self):
        self.assertEqual(self.partner._filter_contactable("phone"), self.partner)
        self.env.company.customer_consent_required = True
        self.assertFalse(self.partner._filter_contactable("phone"))
        self._say("phone", "granted")
        self.assertEqual(self.partner._filter_contactable("phone"), self.partner)

    def test_a_blacklist_entry_of_odoo_is_obeyed(self):
        self.env["mail.blacklist"]._add("hoa@consent.vn")
        self._say("messaging", "granted")
        self.assertFalse(self.partner._filter_contactable("mail"))
        self.assertTrue(self.partner._filter_contactable("messaging"))

    def test_proofs_stay(self):
        consent = self._say("mail", "granted", text="Yes, send me news")
        with self.assertRaises(UserError):
            consent.write({"status": "withdrawn"})
        with self.assertRaises(UserError):
            consent.with_context(crm_plus_erase=True).write({"status": "withdrawn"})
        with self.assertRaises(UserError):
            consent.write({"partner_id": self.manager.partner_id.id})
        with self.assertRaises(AccessError):
            consent.unlink()

    def test_queries_do_not_grow(self):
        def count(number):
            partners = self.env["res.partner"].create(
                [
                    {"name": f"C{n}", "email": f"c{number}-{n}@x.vn"}
                    for n in range(number)
                ]
            )
            self.env["customer.consent"].create(
                [
                    {"partner_id": p.id, "channel": "mail", "status": "granted"}
                    for p in partners
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(partners._filter_contactable("mail")), number)
            return self.env.cr.sql_log_count - before

        count(3)  # fills caches
        self.assertEqual(count(2), count(100))

    def test_export_holds_everything_and_is_logged(self):
        order = self._create_order(self.partner)
        lead = self.env["crm.lead"].create(
            {"name": "Web form", "email_from": "hoa@consent.vn", "partner_id": False}
        )
        self._say("mail", "granted", text="Yes, news")
        log = self.env["customer.privacy.log"].with_user(self.manager)
        content = log._export(self.partner.with_user(self.manager))
        archive = zipfile.ZipFile(io.BytesIO(content))
        data = json.loads(archive.read("data.json"))
        self.assertEqual(data["res.partner"][0]["email"], "Hoa@Consent.vn")
        self.assertIn(order.name, [row["name"] for row in data["sale.order"]])
        self.assertIn(lead.name, [row["name"] for row in data["crm.lead"]])
        self.assertEqual(data["customer.consent"][0]["text"], "Yes, news")
        self.assertIn(order.name, archive.read("index.html").decode())
        entry = self.env["customer.privacy.log"].search([], limit=1)
        self.assertEqual((entry.kind, entry.partner_id), ("export", self.partner))
        with self.assertRaises(AccessError):
            self.partner.with_user(self.salesman).action_export_personal_data()
        self.partner.with_user(self.manager).action_export_personal_data()
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "customer.privacy.log")]
        )
        self.assertEqual(len(files), 1)
        self.assertTrue(files.with_user(self.manager).datas)
        with self.assertRaises(AccessError):
            files.with_user(self.salesman).read(["datas"])
        self.partner.with_user(self.manager).action_erase_personal_data()
        self.assertFalse(files.exists())

    def test_erase_keeps_figures(self):
        order = self._create_order(self.partner, amount=70.0)
        order.action_confirm()
        consent = self._say("mail", "granted", text="Yes, I am Hoa")
        message = self.partner.message_post(body="Hoa lives in Huế")
        lead = self.env["crm.lead"].create(
            {"name": "Hoa", "email_from": "hoa@consent.vn", "description": "Hoa"}
        )
        with self.assertRaises(AccessError):
            self.partner.with_user(self.salesman).action_erase_personal_data()
        self.partner.with_user(self.manager).action_erase_personal_data()
        self.assertFalse(self.partner.email or self.partner.phone)
        self.assertNotIn("Hoa", self.partner.name)
        self.assertFalse(self.partner.active)
        self.assertEqual((order.partner_id, order.amount_total), (self.partner, 70.0))
        self.assertFalse(consent.text or message.body)
        self.assertFalse(lead.email_from or lead.description)
        entry = self.env["customer.privacy.log"].search([], limit=1)
        self.assertEqual((entry.kind, entry.user_id), ("erase", self.manager))
        self.assertEqual(entry.details["mail.message"] > 0, True)

    def test_erase_a_portal_customer(self):
        """Odoo refuses to archive a contact whose user is active."""
        user = new_test_user(self.env, "hoa@consent.vn", "base.group_portal")
        user.partner_id = self.partner
        self.partner.with_user(self.manager).action_erase_personal_data()
        self.assertFalse(user.active or self.partner.active)
        self.assertNotIn("hoa", user.login)

    def test_erase_spares_the_company_of_a_contact(self):
        """Odoo writes the address of a contact on to its company."""
        company = self._create_partner("Lamp Ltd", is_company=True, street="1 Quay")
        clerk = self._create_partner("Bình", parent_id=company.id, email="b@lamp.vn")
        self.assertEqual(clerk.street, "1 Quay")
        clerk.with_user(self.manager).action_erase_personal_data()
        self.assertFalse(clerk.email or clerk.active)
        self.assertEqual((company.street, company.name), ("1 Quay", "Lamp Ltd"))

    def test_erase_takes_addresses_and_what_was_written_on_leads(self):
        home = self._create_partner(
            "Hoa at home", parent_id=self.partner.id, type="delivery", street="9 Hill"
        )
        friend = self._create_partner("Lan", parent_id=self.partner.id)
        lead = self.env["crm.lead"].create(
            {"name": "Hoa", "email_from": "hoa@consent.vn", "partner_id": False}
        )
        mail = lead.message_post(
            body="Hoa, 9 Hill", email_from="hoa@consent.vn", message_type="email"
        )
        self.partner.with_user(self.manager).action_erase_personal_data()
        self.assertFalse(home.street or home.active)
        self.assertNotIn("Hoa", home.name)
        self.assertEqual((friend.name, friend.active), ("Lan", True))
        self.assertFalse(mail.body or mail.email_from)

    def test_erase_is_refused_for_staff_and_debtors(self):
        with self.assertRaises(UserError):
            self.salesman.partner_id.action_erase_personal_data()
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_line_ids": [(0, 0, {"name": "Lamp", "price_unit": 9.0})],
            }
        )
        invoice.action_post()
        with self.assertRaises(UserError):
            self.partner.action_erase_personal_data()
        self.assertEqual(self.partner.name, "Hoa")

    def test_erase_after_everything_is_paid(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_line_ids": [
                    (0, 0, {"name": "Lamp", "price_unit": 9.0, "tax_ids": False})
                ],
            }
        )
        invoice.action_post()
        self._pay_in_cash(invoice)
        self.assertEqual(invoice.payment_state, "paid")
        self.partner.action_erase_personal_data()
        self.assertFalse(self.partner.active)

    def _pay_in_cash(self, invoice):
        """By an entry that names the customer, as the bank's lines do."""
        receivable = invoice.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        cash = self.env["account.account"].search(
            [
                ("account_type", "=", "asset_cash"),
                ("company_ids", "in", self.env.company.id),
            ],
            limit=1,
        )
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "partner_id": self.partner.id,
                "line_ids": [
                    (0, 0, {"account_id": cash.id, "debit": 9.0}),
                    (
                        0,
                        0,
                        {
                            "account_id": receivable.account_id.id,
                            "partner_id": self.partner.id,
                            "credit": 9.0,
                        },
                    ),
                ],
            }
        )
        entry.action_post()
        (receivable + entry.line_ids.filtered("credit")).reconcile()

    def test_age_bands(self):
        self.partner.birth_date = "1990-01-01"
        self.assertIn(self.partner.age_band, ("35", "45", "55"))
        band = self.partner.age_band
        domain = [("id", "=", self.partner.id), ("age_band", "=", band)]
        self.assertEqual(self.env["res.partner"].search(domain), self.partner)
        domain[1] = ("age_band", "=", "0")
        self.assertFalse(self.env["res.partner"].search(domain))

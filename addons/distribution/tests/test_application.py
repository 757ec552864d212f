# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import DistributionCommon

_PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06"
    b"\x00\x00\x00\x1f\x15\xc4\x89"
)


@tagged("post_install", "-at_install")
class TestApplication(DistributionCommon):
    """DS-1: from an application to a member with terms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_member_user("trade_manager", email="m@example.com")
        cls.term = cls.env["account.payment.term"].create({"name": "30 days"})

    def _apply(self, **values):
        return self.env["distribution.application"].create(
            {
                "name": "Tạp hóa Mới",
                "contact_name": "Mai",
                "phone": "0987 654 321",
                "email": "mai@example.com",
                "city": "Huế",
                "company_id": self.company.id,
                **values,
            }
        )

    def test_approval(self):
        application = self._apply(
            supplier_id=self.dealer.id,
            territory_id=self.area.id,
            payment_term_id=self.term.id,
            credit_limit=5000,
            rep_id=self.rep.id,
        ).with_user(self.manager)
        application.action_review()
        self.assertEqual(application.user_id, self.manager)
        with self.assertRefusedWith(UserError, "Choose a level"):
            application.action_approve()
        application.level_id = self.env.ref("distribution.level_outlet")
        application.action_approve()
        member = application.member_id
        self.assertEqual(member.state, "active")
        self.assertEqual(member.supplier_id, self.dealer)
        self.assertEqual(member.user_id, self.rep)
        self.assertEqual(member.partner_id.city, "Huế")
        partner = member.partner_id.with_company(self.company).sudo()
        self.assertEqual(partner.property_payment_term_id, self.term)
        self.assertEqual(application._prepare_credit_vals()["limit_amount"], 5000)
        with self.assertRefusedWith(UserError, "is final"):
            application.action_refuse("no")

    def test_existing_customer(self):
        customer = self.env["res.partner"].create(
            {"name": "Old", "email": "Mai@Example.com"}
        )
        application = self._apply(level_id=self.env.ref("distribution.level_outlet").id)
        self.assertEqual(application.known_partner_ids, customer)
        application.partner_id = customer
        application.with_user(self.manager).action_approve()
        self.assertEqual(application.member_id.partner_id, customer)

    def test_possible_member(self):
        self.dealer.phone = "+84 987 654 321"
        self.assertEqual(self._apply().duplicate_ids, self.dealer)

    def test_refusal_tells_why(self):
        application = self._apply().with_user(self.manager)
        with self.assertRefusedWith(UserError, "Write the reason"):
            application.action_refuse()
        application.action_refuse("We deliver there from next year on.")
        mail = self.env["mail.mail"].search([("email_to", "=", "mai@example.com")])
        self.assertIn("from next year on", mail.body_html)

    def test_roles(self):
        application = self._apply()
        with self.assertRaises(AccessError):
            application.with_user(self.rep).check_access("read")
        supervisor = self._create_member_user("supervisor")
        application.with_user(supervisor).action_review()
        with self.assertRaises(AccessError):
            application.with_user(supervisor).action_approve()
        with self.assertRaises(AccessError):
            application.with_user(supervisor).action_refuse("no")


@tagged("post_install", "-at_install")
class TestApplyForm(HttpCase):
    """DS-1: the public form."""

    URL = "/distribution/apply"

    def setUp(self):
        super().setUp()
        self.companies = self.env["res.company"].search([])
        self.companies.distribution_apply_open = True
        self.authenticate(None, None)
        self.model = self.env["distribution.application"]

    def _send(self, files=None, **values):
        data = {
            "name": "Tạp hóa Web",
            "contact_name": "Mai",
            "phone": "0987 654 321",
            "email": "mai@example.com",
            "street": "1 Lê Lợi",
            "city": "Huế",
            "csrf_token": http.Request.csrf_token(self),
            **values,
        }
        return self.url_open(self.URL, data=data, files=files)

    def _count(self):
        return self.model.search_count([("email", "=", "mai@example.com")])

    def test_closed(self):
        self.companies.distribution_apply_open = False
        self.assertEqual(self.url_open(self.URL).status_code, 404)
        self.assertEqual(self._send().status_code, 404)
        self.assertFalse(self._count())

    def test_send(self):
        self.assertIn("Join our network", self.url_open(self.URL).text)
        files = [
            ("documents", ("licence.png", _PNG, "image/png")),
        ]
        answer = self._send(files)
        self.assertTrue(answer.url.endswith("/thanks"), answer.text[:2000])
        application = self.model.search([("email", "=", "mai@example.com")])
        self.assertEqual(application.state, "new")
        self.assertEqual(application.document_ids.name, "licence.png")
        self.assertTrue(application.remote_hash)
        self.assertFalse(application.document_ids.public)

    @mute_logger("odoo.http")
    def test_csrf(self):
        self.assertEqual(self._send(csrf_token="wrong").status_code, 400)
        self.assertFalse(self._count())

    def test_machines_are_thanked(self):
        answer = self._send(website_url="http://spam.example.com")
        self.assertTrue(answer.url.endswith("/thanks"))
        self.assertFalse(self._count())

    def test_mistakes_lose_nothing(self):
        answer = self._send(phone="1", email="mai")
        self.assertIn("A telephone number has", answer.text)
        self.assertIn("name@example.com", answer.text)
        self.assertIn("Tạp hóa Web", answer.text)
        self.assertFalse(self._count())

    def test_documents(self):
        for name, content in (
            ("page.png", b"<html><script>alert(1)</script></html>"),
            ("big.png", _PNG + b"0" * (5 * 1024 * 1024)),
        ):
            answer = self._send([("documents", (name, content, "image/png"))])
            self.assertIn("is not taken", answer.text)
        many = [("documents", (f"{n}.png", _PNG, "image/png")) for n in range(6)]
        self.assertIn("At most 5 files", self._send(many).text)
        self.assertFalse(self._count())

    def test_flood(self):
        for _number in range(5):
            self.assertTrue(self._send().url.endswith("/thanks"))
        answer = self._send()
        self.assertIn("Too many applications", answer.text)
        self.assertEqual(self._count(), 5)

    def test_nobody_learns_who_is_known(self):
        stranger = self._send().url
        self.env["res.partner"].create({"name": "Known", "email": "mai@example.com"})
        self.assertEqual(self._send().url, stranger)

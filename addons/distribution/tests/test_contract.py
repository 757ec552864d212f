# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import DistributionCommon


@tagged("post_install", "-at_install")
class TestContract(DistributionCommon):
    """DS-1: what was agreed with a member."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "Dealers", "company_id": cls.company.id}
        )
        cls.term = cls.env["account.payment.term"].create(
            {"name": "45 days", "company_id": cls.company.id}
        )

    def _contract(self, begin=-10, end=10, **values):
        return self.env["distribution.contract"].create(
            {
                "member_id": self.dealer.id,
                "date_from": fields.Date.add(self.today, days=begin),
                "date_to": fields.Date.add(self.today, days=end),
                "pricelist_id": self.pricelist.id,
                "payment_term_id": self.term.id,
                **values,
            }
        )

    def _assert_terms(self, has):
        partner = self.dealer.partner_id.with_company(self.company)
        self.assertEqual(partner.property_payment_term_id == self.term, has)
        self.assertEqual(partner.property_product_pricelist == self.pricelist, has)

    def test_activation_sets_terms(self):
        contract = self._contract()
        self._assert_terms(False)
        contract.action_activate()
        self._assert_terms(True)
        with self.assertRefusedWith(UserError, "Terminate it instead"):
            contract.unlink()

    def test_terms_begin_with_the_contract(self):
        contract = self._contract(begin=2, end=20)
        contract.action_activate()
        self._assert_terms(False)
        contract.date_from = self.today
        self.env["distribution.contract"]._cron_follow_dates()
        self._assert_terms(True)

    def test_overlap(self):
        contract = self._contract()
        with self.assertRefusedWith(ValidationError, "of the same kind"):
            self._contract(begin=5, end=30)
        self._contract(begin=5, end=30, kind="display")
        self._contract(begin=11, end=30)
        contract.action_activate()
        contract.action_terminate()
        self._contract(begin=5, end=10)

    def test_reminder_and_end(self):
        contract = self._contract(user_id=self.env.user.id)
        contract.action_activate()
        for _day in range(2):  # told once
            self.env["distribution.contract"]._cron_follow_dates()
        self.assertEqual(len(contract.activity_ids), 1)
        contract.write(
            {"date_from": "2020-01-01", "date_to": fields.Date.add(self.today, days=-1)}
        )
        self.env["distribution.contract"]._cron_follow_dates()
        self.assertEqual(contract.state, "expired")
        with self.assertRefusedWith(UserError, "ended on"):
            contract.action_activate()

    def test_closed_member(self):
        contract = self._contract(member_id=self.outlet.id)
        self.outlet.action_close()
        with self.assertRefusedWith(UserError, "closed or archived"):
            contract.action_activate()

    def test_roles(self):
        contract = self._contract()
        contract.with_user(self.rep).check_access("read")
        for user in (self.rep, self._create_member_user("supervisor")):
            with self.assertRaises(AccessError):
                contract.with_user(user).action_activate()
        self.dealer.user_id = self.env.user
        with self.assertRaises(AccessError):
            contract.with_user(self.rep).check_access("read")

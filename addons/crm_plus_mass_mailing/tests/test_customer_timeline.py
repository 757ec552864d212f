# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_plus.tests.view_common import CustomerViewCommon


@tagged("post_install", "-at_install", "meets_others")
class TestMailingsOnTimeline(CustomerViewCommon):
    """CP-1: what was sent, opened and clicked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader.group_ids = [
            Command.link(cls.env.ref("mass_mailing.group_mass_mailing_user").id)
        ]
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "Tea of the spring",
                "mailing_model_id": cls.env.ref("base.model_res_partner").id,
            }
        )

    def _make_trace(self, **values):
        return self.env["mailing.trace"].create(
            {
                "mass_mailing_id": self.mailing.id,
                "model": "res.partner",
                "res_id": self.contact.id,
                "trace_status": "sent",
                "sent_datetime": datetime(2026, 4, 1, 8),
                **values,
            }
        )

    def test_moments_of_a_mailing(self):
        self._make_trace(
            trace_status="open",
            open_datetime=datetime(2026, 4, 1, 9),
            links_click_datetime=datetime(2026, 4, 1, 10),
        )
        entries = self._entries(groups=["mailing"])
        self.assertEqual(
            [entry["kind"] for entry in entries],
            ["mailing_clicked", "mailing_opened", "mailing_sent"],
        )
        self.assertEqual({e["title"] for e in entries}, {"Tea of the spring"})
        self.assertEqual({e["open_id"] for e in entries}, {self.mailing.id})
        self.assertEqual(entries[-1]["state_label"], "Opened")

    def test_by_the_address_of_a_list(self):
        """A mailing list knows addresses only; tests and strangers are left out."""
        self._make_trace(model="mailing.contact", res_id=1, email=self.customer.email)
        self._make_trace(model="mailing.contact", res_id=2, email="else@example.com")
        self._make_trace(is_test_trace=True)
        self.assertEqual(len(self._entries(groups=["mailing"])), 1)

    def test_who_has_no_part_in_mailings(self):
        self._make_trace()
        self.assertFalse(self._entries(self.seller, groups=["mailing"]))
        keys = {
            filter_["key"]
            for filter_ in self.env["customer.timeline"]
            .with_user(self.seller)
            ._get_filters()
        }
        self.assertNotIn("mailing", keys)
        self.assertIn("sales", keys)

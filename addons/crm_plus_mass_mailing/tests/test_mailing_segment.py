# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.common import BaseCommon


@tagged("post_install", "-at_install")
class TestMailingSegment(BaseCommon):
    """CP-2: mailings to segments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.inside, cls.outside, cls.refused = partners.create(
            [
                {"name": name, "email": f"{name}@segment.example.com"}
                for name in ("inside", "outside", "refused")
            ]
        )
        cls.segment = cls.env["customer.segment"].create(
            {
                "name": "Friends",
                "kind": "static",
                "partner_ids": [Command.set((cls.inside | cls.refused).ids)],
            }
        )
        cls.user = new_test_user(
            cls.env, "cp_mailer", groups="mass_mailing.group_mass_mailing_user"
        )
        cls.env["mail.blacklist"]._add(cls.refused.email)

    def _create_mailing(self, segments):
        return (
            self.env["mailing.mailing"]
            .with_user(self.user)
            .create(
                {
                    "subject": "News",
                    "name": "News",
                    "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "segment_ids": [Command.set(segments.ids)],
                    "body_html": "<p>News</p>",
                }
            )
        )

    def test_recipients(self):
        """Members only; whoever wants no mail is left out by Odoo when it is sent."""
        mailing = self._create_mailing(self.segment)
        members = self.inside | self.refused
        self.assertEqual(set(mailing._get_recipients()), set(members.ids))
        everybody = self._create_mailing(self.env["customer.segment"])
        self.assertIn(self.outside.id, everybody._get_recipients())

    def test_who_left(self):
        """Who has left the segment since gets nothing."""
        mailing = self._create_mailing(self.segment)
        self.segment.partner_ids = self.outside
        self.assertEqual(mailing._get_recipients(), self.outside.ids)

    def test_archived_segment(self):
        """A segment that is archived does not make it a mailing to everybody."""
        mailing = self._create_mailing(self.segment)
        self.segment.active = False
        self.assertEqual(
            set(mailing._get_recipients()), set((self.inside | self.refused).ids)
        )

    def test_deleted_segment(self):
        """Nor does one that is deleted: it stays while a mailing names it."""
        self._create_mailing(self.segment)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.segment.unlink()

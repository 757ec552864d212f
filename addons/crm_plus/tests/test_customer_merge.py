# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .hygiene_common import HygieneCommon


@tagged("post_install", "-at_install")
class TestCustomerMerge(HygieneCommon):
    """CP-12: a merge loses nothing, and its undo puts everything back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept = cls._create_partner("Hoa", email="hoa@merge.vn")
        cls.double = cls._create_partner(
            "Nguyễn Hoa", email="hoa@merge.vn", phone="+84912345674", city="Huế"
        )

    def _merge(self, kept=None, double=None):
        kept, double = kept or self.kept, double or self.double
        first, second = sorted((kept, double), key=lambda partner: partner.id)
        pair = self.env["customer.duplicate"].create(
            {
                "partner_id": first.id,
                "other_id": second.id,
                "keep_id": kept.id,
                "rules": ["email"],
            }
        )
        pair.with_user(self.manager).action_merge()
        return pair.merge_id

    def test_orders_leads_children_move_and_come_back(self):
        own = self._create_order(self.kept)
        order = self._create_order(self.double)
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "partner_id": self.double.id}
        )
        child = self._create_partner("Child", parent_id=self.double.id)
        merge = self._merge()
        self.assertEqual((order + own).partner_id, self.kept)
        self.assertEqual((lead.partner_id, child.parent_id), (self.kept, self.kept))
        self.assertFalse(self.double.active)
        self.assertEqual(self.double.merged_into_id, self.kept)
        self.assertEqual((self.kept.city, self.kept.phone), ("Huế", "+84912345674"))
        later = self._create_order(self.kept)
        merge.with_user(self.manager).action_undo()
        self.assertTrue(self.double.active)
        self.assertFalse(self.double.merged_into_id)
        self.assertEqual(order.partner_id, self.double)
        self.assertEqual(order.partner_invoice_id, self.double)
        self.assertEqual((own + later).partner_id, self.kept)
        self.assertEqual((lead.partner_id, child.parent_id), (self.double,) * 2)
        self.assertEqual(child.commercial_partner_id, self.double)
        self.assertIn("Nguyễn Hoa", child.display_name)
        self.assertFalse(self.kept.city or self.kept.phone)
        self.assertEqual(self.double.phone, "+84912345674")

    def test_what_people_changed_since_stays(self):
        merge = self._merge()
        self.kept.city = "Đà Lạt"
        merge.action_undo()
        self.assertEqual(self.kept.city, "Đà Lạt")
        self.assertFalse(self.kept.phone)

    def test_links_and_messages(self):
        tags = self.env["res.partner.category"].create(
            [{"name": name} for name in ("shared", "own")]
        )
        self.kept.category_id = tags[0]
        self.double.category_id = tags
        message = self.double.message_post(body="Called about lamps")
        file = self.env["ir.attachment"].create(
            {"name": "x", "res_model": "res.partner", "res_id": self.double.id}
        )
        merge = self._merge()
        self.assertEqual(self.kept.category_id, tags)
        self.assertEqual({message.res_id, file.res_id}, {self.kept.id})
        merge.action_undo()
        self.assertEqual(self.kept.category_id, tags[0])
        self.assertEqual(self.double.category_id, tags)
        self.assertEqual({message.res_id, file.res_id}, {self.double.id})

    def test_followers_are_not_lost(self):
        """Odoo drops all subscriptions when the kept contact has one of them."""
        orders = self._create_order(self.kept) + self._create_order(self.kept)
        orders.message_subscribe(self.double.ids)
        orders[0].message_subscribe(self.kept.ids)
        merge = self._merge()
        for order in orders:
            self.assertIn(self.kept, order.message_partner_ids)
        merge.action_undo()
        self.assertIn(self.double, orders[0].message_partner_ids)
        self.assertIn(self.kept, orders[0].message_partner_ids)
        self.assertIn(self.double, orders[1].message_partner_ids)

    def test_the_same_bank_account_twice(self):
        values = {"acc_number": "VN 12 34"}
        bank = self.env["res.partner.bank"].create(
            [
                {**values, "partner_id": self.kept.id},
                {**values, "partner_id": self.double.id},
            ]
        )
        merge = self._merge()
        self.assertEqual(bank.exists(), bank[0])
        merge.action_undo()
        self.env.invalidate_all()
        self.assertEqual(bank[1].exists().partner_id, self.double)

    def test_balance_moves_with_the_books(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.double.id,
                "invoice_line_ids": [
                    (0, 0, {"name": "Lamp", "price_unit": 70.0, "tax_ids": False})
                ],
            }
        )
        invoice.action_post()
        merge = self._merge()
        self.assertEqual(self.kept.credit, 70.0)
        merge.action_undo()
        self.env.invalidate_all()
        self.assertEqual((self.kept.credit, self.double.credit), (0.0, 70.0))
        self.assertEqual(invoice.line_ids.partner_id, self.double)

    def test_the_user_of_a_portal_customer_moves(self):
        user = new_test_user(self.env, "hoa_portal", "base.group_portal")
        user.partner_id.write({"name": "Hoa P", "email": "hoa@merge.vn"})
        partner = user.partner_id
        merge = self._merge(double=partner)
        self.assertEqual(user.partner_id, self.kept)
        merge.action_undo()
        self.env.invalidate_all()
        self.assertEqual(user.partner_id, partner)

    def test_undo_in_the_right_order_and_only_once(self):
        third = self._create_partner("Third", email="hoa@merge.vn")
        order = self._create_order(self.double)
        first_merge = self._merge()
        second_merge = self._merge(kept=third, double=self.kept)
        self.assertEqual(order.partner_id, third)
        self.assertEqual(self.double.merged_into_id, third)
        with self.assertRaises(UserError):
            first_merge.action_undo()
        second_merge.action_undo()
        self.assertEqual(order.partner_id, self.kept)
        self.assertEqual(self.double.merged_into_id, self.kept)
        first_merge.action_undo()
        self.assertEqual(order.partner_id, self.double)
        with self.assertRaises(UserError):
            first_merge.action_undo()

    def test_undone_pair_is_not_proposed_again(self):
        self._merge().action_undo()
        self.assertFalse(self._find(self.kept, self.double))

    def test_after_the_days_it_is_final(self):
        merge = self._merge()
        merge.undo_until = fields.Date.today() - timedelta(days=1)
        with self.assertRaises(UserError):
            merge.action_undo()
        self.env["customer.merge"]._cron_expire()
        self.assertEqual(merge.state, "expired")
        self.assertFalse(self.double.exists())
        self.assertFalse(merge.references)

    def test_who_was_taken_out_of_the_archive_is_not_deleted(self):
        merge = self._merge()
        self.double.active = True
        merge.undo_until = fields.Date.today() - timedelta(days=1)
        self.env["customer.merge"]._cron_expire()
        self.assertEqual(merge.state, "expired")
        self.assertTrue(self.double.exists())

    def test_memberships_of_both_come_back(self):
        segment = self.env["customer.segment"].create(
            {"name": "By hand", "kind": "static"}
        )
        members = self.env["customer.segment.member"].create(
            [
                {
                    "segment_id": segment.id,
                    "partner_id": partner.id,
                    "company_id": self.env.company.id,
                    "since": fields.Datetime.now(),
                }
                for partner in (self.kept, self.double)
            ]
        )
        merge = self._merge()
        self.assertEqual(members.exists(), members[0])
        merge.action_undo()
        self.env.invalidate_all()
        self.assertEqual(members[1].exists().partner_id, self.double)

    def test_odoos_wizard_is_journalled_by_hand_only(self):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard.create(
            {
                "partner_ids": [(6, 0, (self.kept + self.double).ids)],
                "dst_partner_id": self.kept.id,
            }
        ).action_merge()
        merge = self.env["customer.merge"].search([("kept_id", "=", self.kept.id)])
        self.assertEqual(merge.merged_ids, self.double)
        other = self._create_partner("Other", email="hoa@merge.vn")
        wizard._merge((self.kept + other).ids, self.kept)
        self.assertFalse(other.exists())

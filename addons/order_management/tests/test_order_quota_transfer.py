# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .quota_common import QuotaCase


@tagged("post_install", "-at_install")
class TestOrderQuotaTransfer(QuotaCase):
    """OM-11: parts never exceed the whole; limits move with approval and history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.whole = cls._create_quota(limit=100, name="Whole")
        partners = cls.env["res.partner"].create([{"name": "North"}, {"name": "South"}])
        cls.north, cls.south = (
            cls._create_quota(
                limit=40,
                name=partner.name,
                scope_type="customer",
                partner_id=partner.id,
                parent_id=cls.whole.id,
            )
            for partner in partners
        )
        cls.clerk = cls._create_user("clerk")
        cls.reviewer = cls._create_user("reviewer")
        cls.manager = cls._create_user("manager")

    def _transfer(self, quantity=15, **values):
        return (
            self.env["order.quota.transfer"]
            .with_user(self.clerk)
            .create(
                {
                    "source_id": self.north.id,
                    "target_id": self.south.id,
                    "quantity": quantity,
                    "reason": "The south sells faster",
                    **values,
                }
            )
        )

    def test_parts_are_counted_on_the_whole(self):
        self.assertEqual(self.whole.allocated_qty, 80)
        self.assertEqual(self.whole.unallocated_qty, 20)
        self.north.limit_qty = 60
        self.assertEqual(self.whole.allocated_qty, 100)
        with self.assertRefused("1 too much"):
            self.north.limit_qty = 61
        with self.assertRefused("too much"):
            self._create_quota(limit=1, activate=False, parent_id=self.whole.id)
        with self.assertRefused("Take at least 100"):
            self.whole.limit_qty = 99
        part = self._create_quota(limit=0, activate=False, parent_id=self.whole.id)
        self.south.limit_qty = 30
        part.limit_qty = 10
        self.assertEqual(self.whole.allocated_qty, 100)
        part.unlink()
        self.assertEqual(self.whole.allocated_qty, 90)
        with self.assertRefusedByDatabase("order_quota_allocated_check"):
            self.env.cr.execute(
                "UPDATE order_quota SET allocated_qty = 101 WHERE id = %s",
                [self.whole.id],
            )

    def test_other_policies_may_give_away_more(self):
        self.whole.policy = "warn"
        self.north.limit_qty = 90
        self.assertEqual(self.whole.unallocated_qty, -30)
        with self.assertRefused("limit cannot be 100"):
            self.whole.policy = "block"

    def test_limit_changes_are_history(self):
        change = self.env["order.quota.change"].create(
            {
                "quota_ids": (self.north + self.south).ids,
                "mode": "percent",
                "value": -50,
                "reason": "Factory closed",
            }
        )
        change.with_user(self.manager).action_apply()
        self.assertEqual((self.north + self.south).mapped("limit_qty"), [20, 20])
        move = self.north.move_ids
        self.assertEqual((move.kind, move.delta_limit), ("adjust", -20))
        self.assertEqual(move.reason, "Factory closed")
        self.assertEqual(self.north.remaining_qty, 20)
        self.assertEqual(self.whole.allocated_qty, 40)
        with self.assertRefused("no more than that can be taken"):
            change.write({"mode": "cut", "value": 21})
            change.action_apply()
        with self.assertRaises(AccessError):
            self.env["order.quota.change"].with_user(self.reviewer).create(
                {"value": 1, "reason": "x"}
            )

    def test_transfer_with_approval(self):
        transfer = self._transfer()
        transfer.action_request()
        self.assertEqual(transfer.requested_by_id, self.clerk)
        self.assertEqual(self.north.limit_qty, 40)
        with self.assertRaises(AccessError):
            transfer.action_approve()
        transfer.with_user(self.reviewer).action_approve()
        self.env.invalidate_all()
        self.assertEqual((self.north.limit_qty, self.south.limit_qty), (25, 55))
        self.assertEqual(self.south.remaining_qty, 55)
        self.assertEqual(self.whole.allocated_qty, 80)
        self.assertEqual(sorted(transfer.move_ids.mapped("delta_limit")), [-15, 15])
        self.assertEqual(set(transfer.move_ids.mapped("user_id")), {self.reviewer})
        # a second click changes nothing
        transfer.with_user(self.reviewer).action_approve()
        self.env.invalidate_all()
        self.assertEqual(self.south.limit_qty, 55)
        with self.assertRefused("is decided"):
            transfer.quantity = 20
        with self.assertRefused("stays as history"):
            transfer.sudo().unlink()

    def test_nobody_approves_the_own_wish(self):
        transfer = self._transfer().with_user(self.reviewer)
        transfer.action_request()
        with self.assertRaisesRegex(AccessError, "somebody else decides"):
            transfer.action_approve()
        transfer.with_user(self.manager).action_approve()
        self.assertEqual(transfer.state, "done")

    def test_only_what_is_free_moves(self):
        self._order(30, partner_id=self.north.partner_id.id).action_confirm()
        transfer = self._transfer()
        transfer.action_request()
        with self.assertRaisesRegex(ValidationError, "only 10 to give away"):
            transfer.with_user(self.reviewer).action_approve()
        transfer.with_user(self.reviewer).action_refuse("Sold already")
        self.assertEqual(transfer.state, "refused")
        self.assertEqual(transfer.refusal, "Sold already")

    def test_units_and_other_wholes(self):
        other_whole = self._create_quota(
            limit=50, name="Other whole", product_scope="all"
        )
        dozens = self._create_quota(
            limit=1,
            name="Dozens",
            product_scope="all",
            measure="quantity",
            uom_id=self.dozen.id,
            scope_type="customer",
            partner_id=self.partner.id,
        )
        transfer = self._transfer(quantity=24, target_id=dozens.id)
        transfer.action_request()
        transfer.with_user(self.reviewer).action_approve()
        self.env.invalidate_all()
        self.assertEqual(dozens.limit_qty, 3)
        self.assertEqual(self.whole.allocated_qty, 56)
        with self.assertRefused("a whole and its part"):
            self._transfer(target_id=self.whole.id).action_request()
        amount = self._create_quota(measure="amount", product_scope="all")
        with self.assertRefused("not of the same company or not counted"):
            self._transfer(target_id=amount.id).action_request()
        part = self._create_quota(
            limit=45, name="Part", parent_id=other_whole.id, activate=False
        )
        part.write({"scope_type": "customer", "partner_id": self.partner.id})
        part.action_activate()
        transfer = self._transfer(quantity=6, target_id=part.id)
        transfer.action_request()
        with self.assertRaisesRegex(ValidationError, "1 too much"):
            transfer.with_user(self.reviewer).action_approve()

    def test_rights(self):
        with self.assertRaises(AccessError):
            self.north.with_user(self.reviewer).limit_qty = 1
        self.assertEqual(self.north.with_user(self.clerk).remaining_qty, 40)
        neighbour = self._create_user("clerk", self.other_company)
        transfer = self._transfer()
        with self.assertRaises(AccessError):
            transfer.with_user(neighbour).read(["quantity"])
        with self.assertRaises(UserError):
            transfer.with_user(self.clerk).write({"state": "done"})

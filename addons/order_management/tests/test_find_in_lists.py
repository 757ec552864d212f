# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.tests import tagged

from .common import OrderManagementCommon


@tagged("post_install", "-at_install")
class TestFindInLists(OrderManagementCommon):
    """OM-28: whose an order is, who bought, which bulk steps it was in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._create_user("clerk")
        cls.other = cls._create_user("reviewer")
        cls.order = cls._create_order(user_id=cls.clerk.id)
        cls.foreign = cls._create_order(user_id=cls.other.id)
        cls.waiting = cls._create_row("W1")
        cls.imported = cls._create_row("W2")
        cls.imported._transition("held", "why")
        cls.imported.sale_order_id = cls.order
        cls.imported._transition("imported")
        cls.env.flush_all()

    def _get_mine(self, model, user, value=True):
        found = self.env[model].with_user(user).search([("is_mine", "=", value)])
        return found.filtered(lambda row: row.company_id == self.company)

    def test_mine_in_the_inbox(self):
        self.assertEqual(self._get_mine("channel.order", self.clerk), self.imported)
        self.assertEqual(
            self._get_mine("channel.order", self.clerk, False), self.waiting
        )
        self.assertFalse(self._get_mine("channel.order", self.other))
        self.channel.user_id = self.other
        both = self.waiting + self.imported
        self.assertEqual(self._get_mine("channel.order", self.other), both)
        self.assertEqual(both.with_user(self.other).mapped("is_mine"), [True, True])
        self.assertEqual(both.with_user(self.clerk).mapped("is_mine"), [False, True])

    def test_mine_of_somebody_with_very_many_orders(self):
        """Above a limit, each row is asked whose order it became."""
        name = "odoo.addons.order_management.models.channel_order_mine._FEW"
        with patch(name, 0):
            self.test_mine_in_the_inbox()

    def test_mine_in_the_hub(self):
        mine = self._get_mine("order.hub", self.clerk)
        self.assertEqual(mine.sale_order_id, self.order)
        self.assertEqual(len(mine), 1)
        self.channel.user_id = self.clerk
        mine = self._get_mine("order.hub", self.clerk)
        self.assertEqual(mine.channel_order_id, self.waiting)
        self.assertEqual(mine.sale_order_id, self.order)
        self.assertTrue(all(mine.mapped("is_mine")))
        others = self._get_mine("order.hub", self.clerk, False)
        self.assertEqual(others.sale_order_id, self.foreign)

    def test_buyer_without_accents(self):
        rows = self.env["channel.order"].with_user(self.clerk)
        both = self.waiting + self.imported
        for text in ("nguyen thi", "Nguyễn", "hoa", "THỊ HOA"):
            found = rows.search([("buyer_name", "ilike", text)])
            self.assertEqual(found & both, both, text)
        # a number or an address is no buyer
        for text in ("W1", "NO-W1", "Nguyễn Huệ", "!"):
            found = rows.search([("buyer_name", "ilike", text)])
            self.assertFalse(found & both, text)

    def test_bulk_steps_of_an_order(self):
        batch = (
            self.env["order.batch"]
            .sudo()
            .create(
                {
                    "name": "Approve",
                    "kind": "approve",
                    "user_id": self.clerk.id,
                    "company_ids": self.company.ids,
                }
            )
        )
        lines = self.env["order.batch.line"].sudo()
        lines.create(
            [
                {
                    "batch_id": batch.id,
                    "order_id": self.order.id,
                    "company_id": self.company.id,
                },
                {
                    "batch_id": batch.id,
                    "row_id": self.waiting.id,
                    "company_id": self.company.id,
                },
            ]
        )
        batches = self.env["order.batch"].with_user(self.clerk)
        for text in (self.order.name, "W1", "nguyen thi hoa"):
            self.assertIn(batch, batches.search([("find", "ilike", text)]), text)
        for text in ("W2-none", "zzqqxx"):
            self.assertFalse(batches.search([("find", "ilike", text)]), text)

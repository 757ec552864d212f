# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.fields import Command
from odoo.tests import new_test_user

from .ceiling_common import CeilingCase


class ApprovalCase(CeilingCase):
    """A company whose orders need approval, with a leader, a director and a deputy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = "explicit"
        cls.rules = cls.env["order.approval.rule"]
        for login in ("leader", "director", "deputy", "clerk_two"):
            role = "clerk" if login == "clerk_two" else "reviewer"
            cls.users[login] = new_test_user(
                cls.env,
                f"ceiling_{login}",
                groups=f"order_management.group_{role}",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Dealers",
                "company_id": cls.company.id,
                "user_id": cls.users["leader"].id,
            }
        )
        cls.product.write({"list_price": 10.0, "taxes_id": False})

    @classmethod
    def _make_rule(cls, *logins, **vals):
        users = cls.env["res.users"].concat(*(cls.users[login] for login in logins))
        return cls.rules.create(
            {
                "name": "Rule",
                "company_id": cls.company.id,
                "user_ids": [Command.set(users.ids)],
                **vals,
            }
        )

    def _submit(self, *quantities, login="clerk", **vals):
        """A quotation submitted by the clerk."""
        vals.setdefault("user_id", self.users["clerk"].id)
        order = self._make_order(*quantities, confirm=False, **vals)
        self._as(order, login).action_submit()
        return order

    def _get_steps(self, order):
        return order.approval_step_ids.filtered("is_current").sorted("id")

    def _get_mine(self, login):
        orders = self.env["sale.order"].with_user(self.users[login])
        return orders.search([("is_my_approval", "=", True)]).sudo()

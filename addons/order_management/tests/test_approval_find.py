# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-31: what waits for an approval, and for whose, is found."""

from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalFind(ApprovalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_rule("leader")

    def _make_all(self):
        """``(orders that wait, orders that do not)``."""
        draft = self._make_order(10, confirm=False)
        approved, refused, changed = (self._submit(10) for _n in range(3))
        self._as(approved + changed, "leader").action_approve()
        self._as(refused, "leader").action_refuse("No")
        changed.action_confirm()
        self._as(changed.order_line, "clerk").product_uom_qty = 20
        waiting = self._submit(10)
        return waiting + changed, draft + approved + refused

    def _find(self, name, value, among, login="leader"):
        domain = [(name, "=", value), ("id", "in", among.ids)]
        return self._as(among, login).search(domain).sudo()

    def test_found_as_it_is_told(self):
        waiting, others = self._make_all()
        together = waiting + others
        for name in ("is_approval_open", "is_my_approval"):
            for value, orders in ((True, waiting), (False, others)):
                found = self._find(name, value, together)
                self.assertEqual(set(found), set(orders), (name, value))
            mine = self._as(together, "leader")
            mine.invalidate_recordset()
            self.assertEqual(mine.filtered(name).sudo(), waiting)
            self.assertEqual(mine.filtered_domain([(name, "=", True)]).sudo(), waiting)

    def test_waits_for_somebody_else(self):
        """Open for everybody who may see the order, to decide for those asked."""
        waiting, _others = self._make_all()
        for login in ("director", "clerk"):
            found = self._find("is_approval_open", True, waiting, login)
            self.assertEqual(set(found), set(waiting))
            self.assertFalse(self._find("is_my_approval", True, waiting, login))

    def test_submitted_before_there_were_steps(self):
        order = self._submit(10)
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM order_approval_step WHERE order_id = %s", [order.id]
        )
        self.env.invalidate_all()
        for name in ("is_approval_open", "is_my_approval"):
            self.assertEqual(self._find(name, True, order, "reviewer"), order)

    def test_neighbours_find_nothing(self):
        waiting, _others = self._make_all()
        neighbour = self.env["res.company"].create({"name": "Neighbour"})
        stranger = new_test_user(
            self.env,
            "approval_stranger",
            groups="order_management.group_reviewer",
            company_id=neighbour.id,
            company_ids=[Command.set(neighbour.ids)],
        )
        theirs = waiting.with_user(stranger).with_context(
            allowed_company_ids=neighbour.ids
        )
        for name in ("is_approval_open", "is_my_approval"):
            found = theirs.search([(name, "=", True)])
            self.assertFalse(found.sudo() & waiting)

    def test_screen_opens_with_them(self):
        waiting, others = self._make_all()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.sale_order_action_my_approvals"
        )
        orders = self._as(waiting, "leader")
        found = orders.search(safe_eval(action["domain"])).sudo()
        self.assertLessEqual(set(waiting), set(found))
        self.assertFalse(found & others)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-31: approvers in turn and side by side, stand-ins, nobody one's own order."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Date
from odoo.tests import new_test_user, tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalSteps(ApprovalCase):
    def _stand_in(self, absent, delegate, first=0, last=3, **vals):
        today = Date.today()
        return self.env["order.approval.delegation"].create(
            {
                "user_id": self.users[absent].id,
                "delegate_id": self.users[delegate].id,
                "date_from": today + timedelta(days=first),
                "date_to": today + timedelta(days=last),
                **vals,
            }
        )

    # ------------------------------------------------------------------ turn

    def test_in_turn(self):
        self._make_rule("leader", name="First")
        self._make_rule("director", name="Then", level=2)
        order = self._submit()
        first, then = self._get_steps(order)
        self.assertEqual((first.state, then.state), ("pending", "waiting"))
        self.assertIn(order, self._get_mine("leader"))
        self.assertNotIn(order, self._get_mine("director"))
        with self.assertRaisesRegex(UserError, "waits for ceiling_leader"):
            self._as(order, "director").action_approve()
        self._as(order, "leader").action_approve()
        self.assertEqual(order.approval_state, "to_approve")
        self.assertEqual(order.order_line.approved_qty, 0)
        self.assertEqual((first.state, then.state), ("approved", "pending"))
        self.assertIn(order, self._get_mine("director"))
        with self.assertRaisesRegex(UserError, "waits for ceiling_director"):
            self._as(order, "leader").action_approve()
        self._as(order, "director").action_approve()
        self.assertEqual(order.approval_state, "approved")
        self.assertEqual(order.order_line.approved_qty, 10)
        self.assertEqual(then.decided_by_id, self.users["director"])

    def test_lists_by_the_number_of_the_order(self):
        """The newest order first, and grouped by orders as Odoo does it."""
        self._make_rule("leader", name="First")
        self._make_rule("director", name="Then", level=2)
        orders = self.env["sale.order"].union(*(self._submit() for _n in range(3)))
        # the number tells which is newer, not the date, which may be changed
        orders[0].date_order += timedelta(days=9)
        steps = self.env["order.approval.step"].with_user(self.users["leader"])
        domain = [("order_id", "in", orders.ids)]
        found = steps.search(domain)
        self.assertEqual(found.order_id.ids, sorted(orders.ids, reverse=True))
        self.assertEqual(found.sorted(), found)
        for offset in range(3):
            asked = (domain, ["order_id"], ["__count"])
            ours = steps.web_read_group(*asked, limit=2, offset=offset)
            with patch.object(type(steps), "_is_for_many", lambda *_args: False):
                plain = steps.web_read_group(*asked, limit=2, offset=offset)
            self.assertEqual(ours, plain)
            self.assertEqual(ours["length"], 3)

    def test_side_by_side(self):
        self._make_rule("leader")
        self._make_rule("director")
        order = self._submit()
        self.assertEqual(set(self._get_steps(order).mapped("state")), {"pending"})
        self._as(order, "director").action_approve()
        self.assertEqual(order.approval_state, "to_approve")
        self._as(order, "leader").action_approve()
        self.assertEqual(order.approval_state, "approved")

    def test_several_approvals_of_different_people(self):
        self._make_rule("leader", "director", "deputy", min_approvals=2)
        order = self._submit()
        self._as(order, "leader").action_approve()
        self.assertEqual(order.approval_state, "to_approve")
        self.assertNotIn(order, self._get_mine("leader"))
        with self.assertRaisesRegex(UserError, "approved it already"):
            self._as(order, "leader").action_approve()
        self._as(order, "deputy").action_approve()
        self.assertEqual(order.approval_state, "approved")
        self.assertEqual(
            self._get_steps(order).decided_by_id,
            self.users["leader"] | self.users["deputy"],
        )

    def test_one_refusal_ends_it(self):
        self._make_rule("leader")
        self._make_rule("director", level=2)
        order = self._submit()
        with self.assertRaisesRegex(UserError, "not for you"):
            self._as(order, "deputy").action_refuse("No")
        self._as(order, "leader").action_refuse("Too much")
        self.assertEqual(order.approval_state, "refused")
        self.assertEqual(self._get_steps(order).mapped("state"), ["refused", "skipped"])
        self.assertEqual(self._get_steps(order)[0].note, "Too much")
        order.action_submit()
        self.assertEqual(self._get_steps(order).mapped("state"), ["pending", "waiting"])
        self.assertEqual(len(order.approval_step_ids), 4)

    def test_group_and_leader(self):
        group = self.env["res.groups"].create(
            {"name": "Board", "user_ids": [Command.set(self.users["director"].ids)]}
        )
        self._make_rule(approver_type="leader", name="Leader")
        self._make_rule(approver_type="group", group_id=group.id, name="Board", level=2)
        order = self._submit(team_id=self.team.id)
        first, then = self._get_steps(order)
        self.assertEqual(first.approver_ids, self.users["leader"])
        self.assertEqual(then.approver_ids, self.users["director"])

    def test_system_takes_all_steps(self):
        self._make_rule("leader")
        self._make_rule("director", level=2)
        order = self._submit()
        order.action_approve()
        self.assertEqual(order.approval_state, "approved")

    def test_clerk_decides_nothing(self):
        order = self._submit()
        self.assertFalse(self._get_mine("clerk"))
        with self.assertRaises(AccessError):
            self._as(order, "clerk").action_approve()

    # ---------------------------------------------------- one's own, absence

    def test_nobody_approves_their_own(self):
        rule = self._make_rule("leader", "director")
        for vals, login in (
            ({"user_id": self.users["leader"].id}, "clerk"),
            ({}, "leader"),
        ):
            order = self._submit(login=login, **vals)
            self.assertEqual(
                self._get_steps(order).approver_ids, self.users["director"]
            )
            self.assertNotIn(order, self._get_mine("leader"))
            with self.assertRaisesRegex(UserError, "your own"):
                self._as(order, "leader").action_approve()
            self._as(order, "director").action_approve()
        rule.is_own_forbidden = False
        order = self._submit(user_id=self.users["leader"].id)
        self._as(order, "leader").action_approve()
        self.assertEqual(order.approval_state, "approved")

    def test_no_way_round_by_a_stand_in(self):
        """The owner does not approve as somebody's stand-in either."""
        self._make_rule("director")
        self._stand_in("director", "leader")
        order = self._submit(user_id=self.users["leader"].id)
        with self.assertRaisesRegex(UserError, "your own"):
            self._as(order, "leader").action_approve()

    def test_managers_where_nobody_is_left(self):
        self._make_rule("leader")
        order = self._submit(user_id=self.users["leader"].id)
        step = self._get_steps(order)
        self.assertIn(self.users["manager"], step.approver_ids)
        self.assertIn("managers decide", step.why)
        self._as(order, "manager").action_approve()
        self.assertEqual(order.approval_state, "approved")

    def test_stand_in(self):
        self._make_rule("director")
        order = self._submit()
        self.assertNotIn(order, self._get_mine("deputy"))
        delegation = self._stand_in("director", "deputy")
        self.assertIn(order, self._get_mine("deputy"))
        self.assertIn(order, self._get_mine("director"))
        self._as(order, "deputy").action_approve()
        step = self._get_steps(order)
        self.assertEqual(step.decided_by_id, self.users["deputy"])
        self.assertEqual(step.stand_in_for_id, self.users["director"])
        self.assertEqual(delegation.decision_count, 1)
        event = self._get_events(order, "sign")
        self.assertIn("Standing in for ceiling_director", event.reason)

    def test_stand_in_of_other_days_or_company(self):
        self._make_rule("director")
        order = self._submit()
        neighbour = self.env["res.company"].create({"name": "Neighbour"})
        self._stand_in("director", "deputy", first=1)
        self._stand_in("director", "deputy", first=-3, last=-1)
        self._stand_in("director", "deputy", company_id=neighbour.id)
        self.assertNotIn(order, self._get_mine("deputy"))
        with self.assertRaises(UserError):
            self._as(order, "deputy").action_approve()
        delegation = self._stand_in("director", "deputy")
        self._as(delegation, "director").action_end()
        self.assertEqual(delegation.state, "ended")
        self.assertNotIn(order, self._get_mine("deputy"))

    def test_stand_in_counts_once(self):
        """Of two approvals the absent and the stand-in give one."""
        self._make_rule("director", "leader", min_approvals=2)
        self._stand_in("director", "deputy")
        order = self._submit()
        self._as(order, "deputy").action_approve()
        for login in ("director", "deputy"):
            self.assertNotIn(order, self._get_mine(login))
            with self.assertRaises(UserError):
                self._as(order, login).action_approve()
        self._as(order, "leader").action_approve()
        self.assertEqual(order.approval_state, "approved")

    def test_who_names_stand_ins(self):
        delegations = self.env["order.approval.delegation"]
        vals = {
            "user_id": self.users["director"].id,
            "delegate_id": self.users["deputy"].id,
            "date_to": Date.today() + timedelta(days=1),
        }
        with self.assertRaises(AccessError):
            self._as(delegations, "leader").create(vals)
        own = self._as(delegations, "director").create(vals)
        with self.assertRaises(AccessError):
            self._as(own, "deputy").write({"date_to": Date.today()})
        self._as(own, "manager").write({"date_to": Date.today()})
        with self.assertRaisesRegex(UserError, "stays as history"):
            self._as(own, "director").write({"delegate_id": self.users["leader"].id})
        with self.assertRaisesRegex(UserError, "stays as history"):
            self._as(own, "director").unlink()
        with self.assertRaisesRegex(ValidationError, "may not approve"):
            self._as(delegations, "director").create(
                {**vals, "delegate_id": self.users["clerk"].id}
            )

    def test_ask_again_when_an_approver_left(self):
        rule = self._make_rule("leader", "director")
        order = self._submit()
        rule.user_ids = self.users["deputy"]
        self._as(order, "clerk").action_ask_again()
        self.assertEqual(self._get_steps(order).approver_ids, self.users["deputy"])
        self._as(order, "deputy").action_approve()
        with self.assertRaisesRegex(UserError, "does not wait"):
            order.action_ask_again()

    def test_neighbours_reviewer_sees_nothing(self):
        neighbour = self.env["res.company"].create({"name": "Neighbour"})
        stranger = new_test_user(
            self.env,
            "ceiling_stranger",
            groups="order_management.group_reviewer",
            company_id=neighbour.id,
            company_ids=[Command.set(neighbour.ids)],
        )
        order = self._submit()
        step = self._get_steps(order)
        theirs = {"allowed_company_ids": neighbour.ids}
        steps = step.browse().with_user(stranger).with_context(**theirs)
        self.assertNotIn(step, steps.search([]))
        with self.assertRaises(AccessError):
            order.with_user(stranger).with_context(**theirs).action_approve()

    # -------------------------------------------------------------- changes

    def test_change_voids_signatures(self):
        self._make_rule("leader")
        self._make_rule("director", level=2)
        order = self._submit()
        self._as(order, "leader").action_approve()
        self._as(order.order_line, "clerk").product_uom_qty = 9
        self.assertEqual(self._get_steps(order)[0].state, "approved")
        self._as(order.order_line, "clerk").product_uom_qty = 12
        self.assertEqual(self._get_steps(order).mapped("state"), ["pending", "waiting"])
        self.assertEqual(len(order.approval_step_ids), 4)

    def test_change_asks_others_when_it_passes_a_limit(self):
        self._make_rule("director", by_amount=True, amount_over=150)
        order = self._submit(10)
        self.assertTrue(self._get_steps(order).is_open)
        self._as(order.order_line, "clerk").product_uom_qty = 20
        self.assertEqual(self._get_steps(order).approver_ids, self.users["director"])

    def test_unwatched_change_disturbs_nobody(self):
        self._make_rule("leader")
        order = self._submit()
        step = self._get_steps(order)
        order.write({"client_order_ref": "PO 7"})
        order.order_line.name = "Bolt, blue"
        self.assertEqual(self._get_steps(order), step)

    def test_reset_of_the_changed_line_only(self):
        order = self._submit(10, 5)
        self._as(order, "reviewer").action_approve()
        first, second = order.order_line
        self._as(second, "clerk").price_unit = 1
        self.assertEqual(order.approval_state, "to_approve")
        self.assertEqual((first.approved_qty, second.approved_qty), (10, 0))

    def test_reviewer_raises_past_a_limit(self):
        """Nobody gets round a limit by approving more than was ordered."""
        self._make_rule("director", by_amount=True, amount_over=150)
        order = self._submit(10)
        self._as(order.order_line, "reviewer").write(
            {"approved_qty": 20, "cut_reason": "Full pallet"}
        )
        self.assertEqual(self._get_steps(order).approver_ids, self.users["director"])
        with self.assertRaises(UserError):
            self._as(order, "reviewer").action_approve()

    # ------------------------------------------------------------- telling

    def test_approvers_are_told_and_told_off(self):
        self._make_rule("leader", name="First")
        self._make_rule("director", name="Then", level=2)
        self._stand_in("director", "deputy")
        order = self._submit()
        kind = self.env.ref("order_management.mail_activity_type_approval")

        def asked():
            return order.activity_ids.filtered(
                lambda activity: activity.activity_type_id == kind
            ).user_id

        self.assertEqual(asked(), self.users["leader"])
        self._as(order, "leader").action_approve()
        self.assertEqual(asked(), self.users["director"] | self.users["deputy"])
        self._as(order, "deputy").action_approve()
        self.assertFalse(asked())

    def test_many_orders_make_one_mail(self):
        self._make_rule("leader")
        orders = self.env["sale.order"].concat(
            *(self._make_order(confirm=False) for _number in range(21))
        )
        self._as(orders, "clerk").action_submit()
        self.assertFalse(orders.activity_ids)
        message = self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.users["leader"].partner_id.ids)],
            order="id desc",
            limit=1,
        )
        self.assertEqual(message.subject, "21 orders to approve")
        self.assertIn("/odoo/my-approvals", message.body)

    def test_customer_who_signs_waits(self):
        """A signed quotation waits for the rule's approver, never an error."""
        self._make_rule("leader")
        order = self._make_order(confirm=False)
        order._validate_order()
        self.assertEqual(order.approval_state, "to_approve")
        self.assertIn(order, self._get_mine("leader"))

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .review_common import ReviewCommon


@tagged("post_install", "-at_install", "meets_others")
class TestReviewTrial(ReviewCommon):
    """OM-32: a rule is tried on past orders first, and every decision tells why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.past = fields.Datetime.now() - timedelta(days=10)

    def _past(self, *quantities):
        orders = self.env["sale.order"].concat(
            *(self._order(quantity=quantity) for quantity in quantities)
        )
        orders.with_context(skip_procurement=True).action_confirm()
        orders.date_order = self.past
        return orders

    def _try(self, rule, user=None, **vals):
        trials = self.env["order.review.trial"].with_user(user or self.manager)
        trial = trials.with_context(allowed_company_ids=self.company.ids).create(
            {"rule_id": rule.id, **vals}
        )
        trial.action_try()
        return trial

    def test_would_have_held(self):
        rule = self._make_rule(threshold_amount=100, active=False)
        orders = self._past(1, 2, 3, 4)
        orders.order_line.write({"qty_delivered_method": "manual"})
        orders[2].delivery_status = "full"
        trial = self._try(rule)
        self.assertEqual((trial.order_count, trial.match_count), (4, 2))
        self.assertEqual(trial.line_ids.order_id, orders[2:])
        self.assertIn(
            "120.00",
            trial.line_ids.filtered(lambda line: line.order_id == orders[2]).why,
        )
        self.assertIn("2 of 4 orders", trial.result)
        # nothing happened
        self.assertFalse(orders.review_hold_ids)
        self.assertEqual(set(orders.mapped("review_state")), {"clean"})
        self.assertFalse(rule.active)

    def test_other_figures_without_changing_the_rule(self):
        rule = self._make_rule(threshold_amount=100)
        rule.active = False
        self._past(1, 2, 3, 4)
        rule.active = True
        trial = self._try(rule, threshold_amount=50)
        self.assertEqual(trial.match_count, 3)
        self.assertEqual(rule.threshold_amount, 100)
        self.assertTrue(trial.is_changed)
        trial.action_apply()
        self.assertEqual(rule.threshold_amount, 50)

    def test_wrong_alarms(self):
        """What was delivered and not returned was held for nothing."""
        rule = self._make_rule(threshold_amount=0, active=False)
        orders = self._past(1, 1, 1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET delivery_status = 'full' WHERE id = ANY(%s)",
            [orders[:2].ids],
        )
        self.env.cr.execute(
            "UPDATE sale_order SET delivery_status = 'pending' WHERE id = ANY(%s)",
            [orders[2:].ids],
        )
        self.env.invalidate_all()
        self.env["channel.return"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.buyer.id,
                "line_ids": [
                    fields.Command.create(
                        {
                            "order_id": orders[1].id,
                            "sale_line_id": orders[1].order_line.id,
                            "requested_qty": 1,
                            "reason_id": self.env.ref(
                                "order_management.channel_return_reason_damaged"
                            ).id,
                        }
                    )
                ],
            }
        )
        trial = self._try(rule)
        fine = trial.line_ids.filtered("is_fine").order_id
        self.assertEqual((trial.fine_count, fine), (1, orders[0]))
        self.assertIn("33 %", trial.result_fine)

    @mute_logger("odoo.addons.base_exception.models.base_exception_method")
    def test_broken_rule_says_so(self):
        rule = self._make_code_rule("failed = 1 / 0", active=False)
        self._past(1)
        with self.assertRaisesRegex(UserError, "is broken"):
            self._try(rule)
        self.assertFalse(rule.broken_error)

    def test_managers_only(self):
        rule = self._make_rule()
        with (
            self.assertRaises(AccessError),
            mute_logger("odoo.addons.base.models.ir_model"),
        ):
            self._try(rule, self.reviewer)

    # ------------------------------------------------------------- why

    def _why(self, order, user=None):
        action = self._as(order, user or self.clerk).action_why()
        why = self.env["order.why"].with_user(user or self.clerk)
        return why.browse(action["res_id"]).line_ids

    def test_why(self):
        self._make_rule(threshold_amount=0)
        order = self._import_order("W1", note="Hello")
        self._as(self._holds(order), self.reviewer).action_release("Known buyer")
        lines = self._why(order)
        self.assertEqual(lines, lines.sorted(lambda line: (line.at, line.id)))
        found = lines.filtered(lambda line: "Total" in (line.why or ""))
        self.assertIn("Review", found.what)
        released = lines.filtered(lambda line: line.why == "Known buyer")
        self.assertEqual(released.who, self.reviewer.name)
        self.assertIn("Released", released.what)
        self.assertEqual(
            released.action_open_record()["res_model"], "order.review.hold"
        )

    def test_why_takes_what_others_add(self):
        order = self._order()
        entries = type(order)._get_why_entries
        self.patch(
            type(order),
            "_get_why_entries",
            lambda self: [*entries(self), {"what": "Sourced", "why": "<b>Nearest</b>"}],
        )
        line = self._why(order).filtered(lambda line: line.what == "Sourced")
        self.assertEqual(line.why, "<b>Nearest</b>")
        self.assertTrue(line.at)

    def test_why_of_a_neighbour_is_refused(self):
        order = self._order()
        neighbour = self._create_user("clerk", self.other_company)
        with self.assertRaises(AccessError):
            order.with_user(neighbour).action_why()
        # nor past the button: what the window shows is read past the order's rules
        with self.assertRaises(AccessError):
            self.env["order.why"].with_user(neighbour).create({"order_id": order.id})

    def test_why_from_the_hub(self):
        order = self._order()
        self.env.flush_all()
        row = self.env["order.hub"].browse(order.id)
        self.assertEqual(row.action_why()["res_model"], "order.why")

    # ------------------------------------------------------------- figures

    def test_straight_through(self):
        self.channel.auto_confirm = True
        self._make_rule(threshold_amount=100)
        orders = self._import(
            self._prepare_order("K1"),
            self._prepare_order("K2"),
            self._prepare_order("K3"),
            self._prepare_order("K4", lines=[self._prepare_line(quantity=9)]),
        ).sale_order_id
        orders.date_order = fields.Datetime.now()
        self.env.flush_all()
        self.assertEqual(self.channel.straight_through_share, 75)
        self.assertEqual(self.channel.open_hold_count, 1)
        orders[3].review_hold_ids.action_override("Known")
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.straight_through_share, 75)
        self.assertEqual(self.channel.open_hold_count, 0)
        report = self.env["order.review.report"].search(
            [("channel_id", "=", self.channel.id)]
        )
        self.assertEqual(sorted(report.mapped("overridden")), [0, 0, 0, 100])

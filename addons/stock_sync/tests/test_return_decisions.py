# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import replace
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ..channels import errors
from ..channels.types import RemoteReturn, ReturnLine
from .common import ago
from .test_intents import ShippingCase


@tagged("post_install", "-at_install")
class TestReturnDecisions(ShippingCase):
    """OM-19: a shop hears once what was decided about a return."""

    def setUp(self):
        super().setUp()
        self.order = self._import()
        self._ship(self.order)

    def _offer(self, **values):
        line = ReturnLine("O1", "O1-1", quantity=Decimal(1), refund=Decimal(40))
        one = RemoteReturn(
            **{
                "external_id": "R1",
                "kind": "return_refund",
                "status": "requested",
                "currency": self.shop.currency,
                "lines": (line,),
                "updated_at": ago(minutes=10),
                "amount": Decimal(40),
                **values,
            }
        )
        self.shop.returns[one.external_id] = one
        self.poll("returns")
        return self.env["channel.return"].search(
            [("channel_id", "=", self.channel.id), ("external_id", "=", "R1")]
        )

    def _ask(self):
        """A return that the shop knows nothing of."""
        return self.env["channel.return"].create(
            {
                "partner_id": self.order.partner_id.id,
                "company_id": self.company.id,
                "channel_id": self.channel.id,
                "currency_id": self.order.currency_id.id,
                "line_ids": [
                    Command.create(
                        {
                            "order_id": self.order.id,
                            "sale_line_id": self.order.order_line[0].id,
                            "requested_qty": 1,
                        }
                    )
                ],
            }
        )

    def _intents(self, record):
        return record.channel_intent_ids.sorted("id")

    def _finish(self, record):
        record.action_approve()
        self._finish_open(record)

    def _finish_open(self, record):
        """As ``_finish``, of what the shop approved."""
        record.action_receive()
        if record.state == "received":
            record.action_accept_all()

    def test_each_decision_once(self):
        record = self._offer()
        self.channel.sync_refund = True
        self._finish(record)
        intents = self._intents(record)
        self.assertEqual(
            [intent.payload["decision"] for intent in intents],
            ["approved", "received", "refunded"],
        )
        self.assertFalse(self.shop.decisions, "nobody waits for a shop")
        self.assertTrue(record.is_channel_to_tell)
        for intent in intents:
            self._send(intent)
            self._send(intent)
        told = self.shop.decisions
        self.assertEqual(len(told), 3)
        self.assertEqual({one.external_id for one in told}, {"R1"})
        self.assertEqual(told[1].lines[0].external_ids, ("O1-1",))
        self.assertEqual((told[2].lines[0].units, told[2].amount), (1, 40))
        self.assertEqual(set(record.intent_ids.mapped("state")), {"done"})
        self.assertFalse(record.is_channel_to_tell)
        self.assertIn("was told", record.message_ids[0].body)

    def test_refused_with_the_reason(self):
        record = self._offer()
        record.decision_note = "Worn for weeks"
        record.action_refuse()
        self._send(self._intents(record))
        [told] = self.shop.decisions
        self.assertEqual((told.decision, told.note), ("refused", "Worn for weeks"))

    def test_what_the_shop_decided_is_not_told_back(self):
        record = self._offer(status="approved")
        self.assertNotEqual(record.state, "requested")
        self.assertFalse(record.channel_intent_ids)

    def test_what_the_shop_paid_is_not_paid_again(self):
        self.channel.sync_refund = True
        record = self._offer(status="closed")
        self.assertTrue(record.is_refunded_there)
        self._finish_open(record)
        self.assertTrue(record.settled_at)
        self.assertFalse(record.intent_ids)

    def test_given_up_is_seen_and_tried_again(self):
        record = self._offer()
        record.action_approve()
        intent = self._intents(record)
        self.shop.faults["tell_return"] = [errors.Unavailable("cut off")]
        self._send(intent)
        self.assertEqual(
            (intent.state, record.intent_ids.state), ("unknown", "pending")
        )
        self.assertTrue(record.intent_ids.error)
        intent.next_at = False
        self.shop.faults["tell_return"] = [errors.Refused("too late")]
        self._send(intent)
        self.assertEqual((intent.state, record.intent_ids.state), ("failed", "failed"))
        self.assertIn("too late", record.channel_error)
        self.assertIn("intent", self.channel.activity_ids.mapped("sync_kind"))
        clerk = self._create_user("clerk")
        record.with_user(clerk).action_retry_intents()
        self.assertEqual(record.intent_ids.state, "pending")
        self._send(intent)
        self.assertEqual(record.intent_ids.state, "done")
        self.assertFalse(record.channel_error)

    def test_entered_by_hand_is_not_sent(self):
        record = self._offer()
        record.action_approve()
        record.action_told()
        self._send(self._intents(record))
        self.assertFalse(self.shop.decisions)

    def test_shop_that_takes_nothing(self):
        """A person reads what to do there."""
        self.use_capabilities(tell_return=(), refund_order=False)
        record = self._offer()
        record.action_approve()
        self.assertFalse(record.channel_intent_ids)
        self.assertEqual(record.intent_ids.mapped("decision"), ["approved"])
        body = record.message_ids.filtered(lambda m: "by itself" in m.body).body
        self.assertIn("accept return R1 there", body)
        record.action_receive()
        self.assertEqual(record.intent_ids.mapped("decision"), ["approved"])

    def test_accepting_that_pays(self):
        """Shopee-like: goods that come back are paid when they are here, and no
        other amount than was decided."""
        self.use_capabilities(
            tell_return=("approved", "refused", "refunded"),
            accepting_pays=True,
            refund_order=False,
        )
        record = self._offer()
        record.action_approve()
        self.assertFalse(record.intent_ids)
        record.action_receive()
        if record.state == "received":
            record.action_accept_all()
        self.assertEqual(self._intents(record).payload["decision"], "refunded")
        only = replace(
            self.shop.returns["R1"],
            external_id="R2",
            kind="refund_only",
            amount=Decimal(39),
            updated_at=ago(minutes=1),
        )
        self.shop.returns = {"R2": only}
        self.poll("returns")
        other = record.search([("external_id", "=", "R2")])
        other.action_approve()
        self.assertFalse(other.channel_intent_ids, "it would pay 39, not 40")
        self.assertEqual(other.intent_ids.mapped("decision"), ["approved"])

    def test_refund_of_a_return_that_the_shop_does_not_know(self):
        """WooCommerce-like: the money is given back there, and read back as ours."""
        self.assertFalse(self.channel.sync_refund, "it is wished for")
        self.channel.sync_refund = True
        record = self._ask()
        self._finish(record)
        intent = self._intents(record)
        self.assertEqual(intent.key, f"return:{record.id}:refunded")
        self._send(intent)
        [told] = self.shop.refunds
        self.assertEqual((told.order_external_id, told.external_id), ("O1", ""))
        self.assertEqual(told.amount, Decimal(str(record.refund_amount)))
        self.assertEqual(record.external_id, told.mark)
        # the shop tells its refund, as its order and as a return
        refund = {"external_id": told.mark, "amount": f"{told.amount}"}
        self.shop.add_order("O1", ago(seconds=5), refunds=[refund])
        self.poll()
        row = self.find_rows("O1")
        row.action_process()
        self.assertIn(row.state, ("imported", "updated"), row.error)
        self.assertFalse(self.order.pending_change_count)
        line = ReturnLine("O1", quantity=Decimal(0), refund=told.amount)
        self.shop.returns[told.mark] = RemoteReturn(
            told.mark,
            "refund_only",
            "closed",
            self.shop.currency,
            (line,),
            updated_at=ago(seconds=5),
        )
        self.poll("returns")
        self.assertFalse(record.unmatched_count)
        self.assertEqual(record.search_count([("channel_id", "=", self.channel.id)]), 1)

    def test_not_wished_for(self):
        record = self._ask()
        self._finish(record)
        self.assertTrue(record.settled_at)
        self.assertFalse(record.intent_ids)

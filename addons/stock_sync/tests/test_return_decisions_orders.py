# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-19: money of a return of several orders is told order by order."""

from odoo import Command
from odoo.tests import tagged

from ..channels import errors
from .test_intents import ShippingCase


@tagged("post_install", "-at_install")
class TestReturnDecisionsOfOrders(ShippingCase):
    def setUp(self):
        super().setUp()
        self.channel.sync_refund = True
        self.orders = self._import("O1") | self._import("O2")
        for order in self.orders:
            self._ship(order)
        self.record = self.env["channel.return"].create(
            {
                "partner_id": self.orders[0].partner_id.id,
                "company_id": self.company.id,
                "channel_id": self.channel.id,
                "currency_id": self.orders[0].currency_id.id,
                "line_ids": [
                    Command.create(
                        {
                            "order_id": order.id,
                            "sale_line_id": order.order_line[0].id,
                            "requested_qty": 1,
                        }
                    )
                    for order in self.orders
                ],
            }
        )
        self.record.action_approve()
        self.record.action_receive()
        if self.record.state == "received":
            self.record.action_accept_all()
        self.note = self.record.intent_ids
        self.first, self.second = self.record.channel_intent_ids.sorted("id")

    def _get_told(self):
        return self.record.message_ids.filtered(lambda m: "was told" in m.body)

    def test_each_as_it_is_done(self):
        self._send(self.first)
        self.assertEqual(self.note.state, "pending")
        self.assertTrue(self.record.is_channel_to_tell)
        self.assertEqual(self.note.told_order_ids, self.first.order_id)
        [told] = self._get_told()
        self.assertIn(self.first.order_id.name, told.body)
        self.assertNotIn(self.second.order_id.name, told.body)
        # a job that runs twice tells nothing twice
        self._send(self.first)
        self.assertEqual(len(self._get_told()), 1)
        self._send(self.second)
        self.assertEqual(self.note.told_order_ids, self.orders)
        self.assertEqual(len(self._get_told()), 2)
        self.assertEqual(self.note.state, "done")
        self.assertFalse(self.record.is_channel_to_tell)
        self.assertEqual(len(self.shop.refunds), 2)

    def test_one_that_fails_stays_seen(self):
        """What is done later does not hide what failed before."""
        self.shop.faults["refund_order"] = [errors.Refused("closed")]
        self._send(self.first)
        self.assertEqual(self.note.state, "failed")
        self.shop.faults["refund_order"] = [errors.Unavailable("cut off")]
        self._send(self.second)
        self.assertEqual(self.second.state, "unknown")
        self.assertEqual(self.note.state, "failed")
        self.assertIn("closed", self.note.error)
        self.second.next_at = False
        self._send(self.second)
        self.assertEqual(self.note.state, "failed")
        self.assertIn("closed", self.note.error)
        self.assertEqual(self.note.told_order_ids, self.second.order_id)
        self.record.action_retry_intents()
        self._send(self.first)
        self.assertEqual(self.note.state, "done")

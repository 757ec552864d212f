# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import time

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..shipping.signing import SIGNATURE, TIMESTAMP, headers

SECRET = "a secret of a carrier"


@tagged("post_install", "-at_install")
class TestCarrierWebhook(HttpCase):
    """OM-17: what carriers send is signed, stored before it is read, and never lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        product = cls.env["product.product"].create(
            {"name": "Parcels", "type": "service"}
        )
        cls.carrier = cls.env["delivery.carrier"].create(
            {"name": "Signed Parcels", "product_id": product.id}
        )
        cls.carrier.webhook_secret_input = SECRET
        cls.path = f"/order_management/shipment/{cls.carrier.webhook_token}"
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": cls.env.ref("stock.stock_location_customers").id,
                "partner_id": cls.env["res.partner"].create({"name": "Buyer"}).id,
                "carrier_id": cls.carrier.id,
                "carrier_tracking_ref": "SIGNED-1",
            }
        )

    def _post(self, content, secret=SECRET, at=None, path=None, **changes):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        signed = headers(secret, time.time() if at is None else at, body)
        return self.url_open(
            path or self.path,
            data=body,
            headers={"Content-Type": "application/json", **signed, **changes},
        )

    def _event(self, status="delivered", external_id="e1", **values):
        return {
            "tracking": "SIGNED-1",
            "status": status,
            "event_at": "2026-07-20T09:30:00+07:00",
            "external_id": external_id,
            **values,
        }

    def _messages(self):
        self.env.invalidate_all()
        return self.env["shipment.message"].search(
            [("carrier_id", "=", self.carrier.id)]
        )

    def test_a_message(self):
        answer = self._post({"events": [self._event(), self._event("picked_up", "e0")]})
        self.assertEqual(answer.status_code, 202)
        message = self._messages()
        self.assertEqual(answer.json(), {"id": message.id, "events": 2})
        self.assertEqual(message.state, "received", "stored, and read by a job")
        job = self.env["queue.job"].search([("model_name", "=", "shipment.message")])
        self.assertEqual(job.records, message)
        message._job_process()
        self.assertEqual((message.state, message.event_count), ("done", 2))
        self.assertEqual(self.picking.tracking_state, "delivered")
        # read again: nothing is noted twice
        message.action_process()
        self.assertEqual(len(message.event_ids), 2)

    def test_a_replay_is_refused(self):
        at = time.time()
        self.assertEqual(self._post([self._event()], at=at).status_code, 202)
        self.assertEqual(self._post([self._event()], at=at).status_code, 409)
        self.assertEqual(len(self._messages()), 1)
        # the carrier tells it again by itself: another message, the same event
        self.assertEqual(self._post([self._event()], at=at - 9).status_code, 202)
        self._messages()._job_process()
        self.assertEqual(len(self.picking.shipment_event_ids), 1)

    def test_strangers_learn_nothing(self):
        body = [self._event()]
        now = time.time()
        wrong = [
            self._post(body, secret="guess"),
            self._post(body, at=now - 400),
            self._post(body, at=now + 400),
            self._post(body, **{SIGNATURE: ""}),
            self._post(body, **{TIMESTAMP: "now"}),
            self._post(body, path="/order_management/shipment/unknown"),
            self._post(body, path="/order_management/shipment/%C3%A9"),
        ]
        self.assertEqual({answer.status_code for answer in wrong}, {401})
        self.assertEqual({answer.text for answer in wrong}, {wrong[0].text})
        # whoever sends it
        long = b"x" * (300 * 1024)
        self.assertEqual(self._post(long).status_code, 413)
        self.assertEqual(
            self._post(long, path="/order_management/shipment/unknown").status_code, 413
        )
        self.assertFalse(self._messages())
        self.assertEqual(self.carrier.webhook_refused_count, 5)
        self.assertTrue(self.carrier.webhook_refused_at)

    def test_without_a_secret_nobody_gets_in(self):
        self.carrier.sudo().webhook_secret = False
        self.assertEqual(self._post([self._event()], secret="").status_code, 401)

    def test_what_cannot_be_read_is_kept_and_shown(self):
        for content, error in (
            (b"{", "json"),
            (b"\xff\x00", "json"),
            ({"events": []}, "empty"),
            ([self._event()] * 101, "many"),
        ):
            answer = self._post(content)
            self.assertEqual((answer.status_code, answer.json()["error"]), (400, error))
        messages = self._messages()
        self.assertEqual(messages.mapped("state"), ["error"] * 4)
        self.assertTrue(all(messages.mapped("problem")))
        messages.action_ignore()
        self.assertEqual(set(messages.mapped("state")), {"done"})

    def test_one_bad_event_does_not_stop_the_others(self):
        self._post([self._event(), self._event(tracking="NOBODY"), {"status": "x"}])
        message = self._messages()
        message._job_process()
        self.assertEqual((message.state, message.event_count), ("attention", 1))
        self.assertIn("NOBODY", message.problem)
        self.assertIn("Event 3", message.problem)
        # the number was entered late
        self.picking.copy({"carrier_id": self.carrier.id}).write(
            {"carrier_tracking_ref": "NOBODY"}
        )
        message.action_process()
        self.assertEqual(message.event_count, 2)
        self.assertNotIn("NOBODY", message.problem)

    def test_a_new_secret_ends_the_old_one(self):
        action = self.carrier.action_new_webhook_secret()
        fresh = action["params"]["message"]
        self.assertEqual(self._post([self._event()]).status_code, 401)
        self.assertEqual(self._post([self._event()], secret=fresh).status_code, 202)
        self.assertFalse(self.carrier.webhook_secret_input)
        self.assertTrue(self.carrier.has_webhook_secret)

    def test_messages_of_one_company(self):
        """A carrier of everybody: its messages are for managers until it is clear."""
        other = self.env["res.company"].create({"name": "Neighbour"})
        self._post([self._event()])
        message = self._messages()
        message._job_process()
        self.assertEqual(message.company_id, self.picking.company_id)
        clerk = new_test_user(
            self.env,
            "webhook_clerk",
            groups="order_management.group_clerk",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        found = self.env["shipment.message"].with_user(clerk).search([])
        self.assertNotIn(message, found)

    @mute_logger("odoo.http")
    def test_only_posts(self):
        self.assertEqual(self.url_open(self.path).status_code, 405)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timezone

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ..channels import errors
from ..channels.types import ListingRef, RemoteListing
from .common import StockSyncCommon, ago
from .fake_channel import sign


@tagged("post_install", "-at_install")
class TestBadInput(StockSyncCommon, HttpCase):
    """What shops and strangers send that nobody should send: each lands where a person
    sees it, and nothing is lost or believed."""

    def _post(self, body, headers):
        token = self.account.webhook_token
        return self.url_open(
            f"/stock_sync/webhook/{self.channel.id}/{token}", data=body, headers=headers
        )

    def _get_hints(self):
        return self.env["channel.webhook.hint"].search(
            [("channel_id", "=", self.channel.id)]
        )

    def _import(self, external_id, **payload):
        self.shop.add_order(external_id, ago(minutes=5), **payload)
        self.poll()
        row = self.find_rows(external_id)
        row.action_process()
        return row

    # webhooks

    def test_missing_signature(self):
        answer = self._post(b'{"topic": "order", "id": "O1"}', {})
        self.assertEqual(answer.status_code, 401)
        self.assertFalse(self._get_hints())
        self.env.invalidate_all()
        self.assertEqual(self.get_cursor("webhooks").refused_count, 1)
        self.assertFalse(self.find_rows("O1"))

    def test_replayed(self):
        """The same message again is one hint; an old state in it is never believed."""
        body = b'{"topic": "order", "id": "O1", "event": "E1"}'
        for _time in range(3):
            self.assertEqual(self._post(body, sign("hush", body)).status_code, 200)
        self.assertEqual(len(self._get_hints()), 1)

    def test_signature_of_another_body(self):
        body = b'{"topic": "order", "id": "O1"}'
        headers = sign("hush", body.replace(b"O1", b"O2"))
        self.assertEqual(self._post(body, headers).status_code, 401)
        self.assertFalse(self._get_hints())

    def test_id_beyond_53_bits(self):
        body = b'{"topic": "order", "id": 9007199254740993123, "event": 1}'
        self.assertEqual(self._post(body, sign("hush", body)).status_code, 200)
        self.assertEqual(self._get_hints().external_id, "9007199254740993123")

    def test_hint_with_nul_and_endless_id(self):
        body = b'{"topic": "or\\u0000der", "id": "' + b"x" * 5000 + b'\\u0000"}'
        self.assertEqual(self._post(body, sign("hush", body)).status_code, 200)
        hint = self._get_hints()
        self.assertEqual((hint.topic, len(hint.external_id)), ("other", 255))

    def test_very_many_refused(self):
        """A person hears of it; the counter is all that grows."""
        self.channel.sync_refused_limit = 3
        self.env.flush_all()
        for _time in range(3):
            self._post(b"{}", sign("guess", b"{}"))
        self.env.invalidate_all()
        self.env["sale.channel"]._cron_health()
        self.assertIn("refused", self.channel.activity_ids.mapped("sync_kind"))

    # orders

    def test_changed_types(self):
        """A list where a text was, a text where lines were: rows in error that say it,
        and the good order between them comes in."""
        bad = {
            "T1": {"lines": "two lamps"},
            "T2": {"lines": [{"external_id": "1", "quantity": ["2"], "sku": {}}]},
            "T3": {"total": {"amount": 80}},
            "T4": {"placed_at": 1752883200},
            "T5": {"customer": ["Hoa"]},
        }
        for external_id, payload in bad.items():
            self.shop.add_order(external_id, ago(minutes=5), **payload)
        self.shop.add_order("GOOD", ago(minutes=4))
        cursor = self.poll()
        self.assertFalse(cursor.error)
        rows = self.find_rows(*bad)
        rows.action_process()
        self.assertEqual(len(rows), 5)
        self.assertEqual(set(rows.mapped("state")), {"error"})
        self.assertTrue(all(rows.mapped("error")))
        good = self.find_rows("GOOD")
        good.action_process()
        self.assertEqual(good.state, "imported", good.error)
        self.channel.invalidate_recordset()
        self.assertIn("cannot be imported", self.channel.sync_health_text)

    def test_unknown_currency(self):
        row = self._import("C1", currency="XYZ")
        self.assertEqual(row.state, "error")
        self.assertIn("XYZ", row.error)
        self.assertFalse(row.sale_order_id)

    def test_currency_of_another_country(self):
        """A real currency that nobody here uses: the order waits and says which."""
        currency = self.env.ref("base.KRW")
        currency.active = False
        row = self._import("C2", currency="KRW")
        self.assertIn(row.state, ("held", "error"))
        self.assertIn("KRW", row.error)
        self.assertFalse(row.sale_order_id)
        currency.active = True
        currency.rate_ids = [(5,), (0, 0, {"name": "2020-01-01", "rate": 2.0})]
        row.action_process()
        self.assertEqual(row.sale_order_id.currency_id, currency, row.error)

    def test_negative_quantity(self):
        row = self._import(
            "N1",
            lines=[
                {
                    "external_id": "1",
                    "sku": self.shop.sku,
                    "quantity": "-2",
                    "unit_price": "40",
                }
            ],
        )
        self.assertEqual(row.state, "error")
        self.assertIn("quantity", row.error)

    def test_list_that_makes_no_sense(self):
        """An adapter that trips over another shape: kept on the shop, nothing lost."""
        self.shop.add_order("O1", ago(minutes=5))
        self.shop.faults["list_orders"] = [TypeError("list indices must be integers")]
        with mute_logger("odoo.addons.stock_sync.models.sale_channel_jobs"):
            cursor = self.poll()
        self.assertIn("list indices", cursor.error)
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.sync_health, "warning")
        cursor.next_at = False
        self.assertFalse(self.poll().error)
        self.assertTrue(self.find_rows("O1"))

    def test_time_that_nobody_agrees_on(self):
        self.shop.faults["list_orders"] = [errors.ClockSkew("7 minutes")]
        self.assertIn("clock", self.poll().error)

    def test_revoked_token(self):
        self.shop.faults["list_orders"] = [errors.AuthorisationLost("revoked")]
        self.poll()
        self.assertEqual(self.channel.sync_state, "lost")
        self.assertIn("lost", self.channel.activity_ids.mapped("sync_kind"))
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.sync_health, "error")

    # stock

    def _take_listings(self, *remote):
        self.shop.listings = dict(enumerate(remote))
        check = self.env["channel.drift.check"].create({"channel_id": self.channel.id})
        with trap_jobs():
            self.channel._job_fetch_listings(
                "", datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S"), check.id
            )
        return check

    def test_negative_stock(self):
        """A shop that sold more than it showed shows less than nothing."""
        self.channel.stock_is_published = True
        listing = self.env["channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "item_ref": "1",
                "name": "Lamp",
                "product_id": self.product.id,
            }
        )
        self.env.cr.flush()
        self.env["channel.stock.dirty"]._flush_chunk()
        listing.write({"push_state": "done", "acked_qty": 0, "sent_qty": 0})
        check = self._take_listings(RemoteListing(ListingRef("1"), quantity=-4))
        line = check.line_ids
        self.assertEqual((line.kind, line.their_qty), ("edited", -4))
        line.action_fix()
        self.assertEqual((line.state, listing.acked_qty), ("fixed", 0))

    def test_listing_with_numbers_for_texts(self):
        """What a careless adapter lets through does not stop the others."""
        check = self._take_listings(
            RemoteListing(ListingRef("9007199254740993123"), sku=12, name=None),
            RemoteListing(ListingRef("2"), sku=self.product.default_code, name="Lamp"),
        )
        self.assertEqual(check.state, "done")
        listings = self.env["channel.listing"].search(
            [("channel_id", "=", self.channel.id)]
        )
        self.assertIn("9007199254740993123", listings.mapped("item_ref"))
        self.assertIn(self.product, listings.product_id)

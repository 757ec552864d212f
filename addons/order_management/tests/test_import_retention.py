# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportRetention(ImportCommon):
    """X-7: personal data goes when its time is over, and phones are a right."""

    def _import_guest(self, external_id):
        payload = self._prepare_order(
            external_id,
            customer={"name": "Nguyễn Thị Hoa"},
            shipping_address={
                "name": "Nguyễn Thị Hoa",
                "phone": "0912 345 678",
                "street": f"{external_id} Lê Lợi",
                "city": "Huế",
                "country_code": "VN",
            },
            note="Call me",
        )
        return self._import(payload)

    def _run_cron(self, days):
        later = fields.Datetime.add(fields.Datetime.now(), days=days)
        with freeze_time(later), self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_erase").method_direct_trigger()
        self.env.invalidate_all()

    def test_erased_after_retention(self):
        self.channel.payload_retention_days = 30
        row = self._import_guest("A1")
        self.assertRow(row, "imported")
        order, fingerprint = row.sale_order_id, row.payload_hash
        self._run_cron(29)
        self.assertFalse(row.erased_at)
        self._run_cron(31)
        self.assertTrue(row.erased_at)
        self.assertNotIn("customer", row.payload)
        self.assertEqual(row.payload["total"], "80.00")
        self.assertEqual(row.payload_hash, fingerprint)
        contact = order.partner_shipping_id
        self.assertEqual(contact.name, "Erased")
        self.assertFalse(contact.street or contact.phone or contact.zip)
        self.assertEqual(contact.country_id.code, "VN")
        self.assertFalse(order.buyer_note)
        self.assertEqual(order.amount_total, 80)

    def test_what_is_kept(self):
        """Open work, open transfers, other channels, zero days: nothing is erased."""
        self.channel.payload_retention_days = 30
        held = self._import(self._prepare_order("H1", [self._prepare_line("NEW")]))
        shipping = self._import_guest("S1")
        shipping.sale_order_id.action_confirm()
        forever = self._create_channel("Archive", self.company)
        forever.payload_retention_days = 0
        kept = self._import(self._prepare_order("K1"), channel=forever)
        self._run_cron(400)
        for row in held + shipping + kept:
            self.assertFalse(row.erased_at)
        self.assertEqual(
            shipping.sale_order_id.partner_shipping_id.phone, "0912 345 678"
        )

    def test_address_of_a_newer_order_is_kept(self):
        self.channel.payload_retention_days = 30
        row = self._import_guest("A1")
        address = row.payload["shipping_address"]
        later = fields.Datetime.add(fields.Datetime.now(), days=20)
        with freeze_time(later):
            newer = self._import(
                self._prepare_order("A2", customer={}, shipping_address=address)
            )
        contact = row.sale_order_id.partner_shipping_id
        self.assertEqual(newer.sale_order_id.partner_shipping_id, contact)
        self._run_cron(40)
        self.assertTrue(row.erased_at)
        self.assertFalse(newer.erased_at)
        self.assertEqual(contact.street, "A1 Lê Lợi")
        self._run_cron(60)
        self.assertFalse(contact.street)

    def test_erased_row_comes_back_with_a_newer_version(self):
        self.channel.payload_retention_days = 30
        row = self._import_guest("A1")
        self._run_cron(31)
        self._import(self._prepare_order("A1", note="changed"))
        self.assertFalse(row.erased_at)
        self.assertRow(row, "updated")

    def test_phones_are_a_right(self):
        row = self._import_guest("A1")
        text = row.with_user(self.clerk).payload_text
        self.assertIn("Nguyễn Thị Hoa", text)
        self.assertNotIn("0912", text)
        for field in ("payload", "payload_raw"):
            with self.assertRaises(AccessError):
                row.with_user(self.clerk).read([field])
        reviewer = self._create_user("reviewer")
        self.assertIn("0912 345 678", row.with_user(reviewer).payload_text)
        self.assertTrue(row.with_user(reviewer).payload)

    def test_fingerprints_of_customers_cannot_be_read_back(self):
        self._import(self._prepare_order(customer={"email": "hoa@example.com"}))
        entry = self.env["channel.partner.map"].search([("kind", "=", "email")])
        self.assertEqual(len(entry.external_id), 64)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io

from openpyxl import load_workbook

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..channels import errors
from .stock_common import StockSyncCommon


@tagged("post_install", "-at_install", "meets_others")
class TestListings(StockSyncCommon):
    """SS-3: listings are fetched, matched, corrected; orders find them."""

    def _fetch(self, shop, *remote, channel=None):
        shop.listings = dict(enumerate(remote))
        channel = channel or self.shop_channel
        seen_at = fields.Datetime.now()
        if channel.listing_fetched_at:
            seen_at = fields.Datetime.add(channel.listing_fetched_at, seconds=2)
        with self.enter_registry_test_mode():
            channel._job_fetch_listings("", fields.Datetime.to_string(seen_at))
        self.env.invalidate_all()
        return self.listings.search([("channel_id", "=", channel.id)])

    def test_fetched_and_matched_by_sku_and_barcode(self):
        other = self.env["product.product"].create(
            {"name": "Cup", "barcode": "4006381333931", "is_storable": True}
        )
        with self._fake() as shop:
            found = self._fetch(
                shop,
                self._prepare_remote("1", sku="lamp", quantity=4),
                self._prepare_remote("2", barcode="4006381333931"),
                self._prepare_remote("3", sku="NOBODY-KNOWS-IT"),
            )
        self.assertEqual(
            found.sorted("item_ref").mapped("state"),
            ["matched", "matched", "unmatched"],
        )
        self.assertEqual(found.product_id, self.product + other)
        first = found.filtered(lambda one: one.item_ref == "1")
        self.assertEqual((first.acked_qty, bool(first.acked_at)), (4, True))
        self.assertAlmostEqual(self.shop_channel.listing_coverage, 66.67, places=2)

    def test_a_shop_that_cannot_answer_is_asked_again(self):
        seen_at = fields.Datetime.to_string(fields.Datetime.now())
        fetch = self.shop_channel._job_fetch_listings
        with self._fake() as shop, self.enter_registry_test_mode():
            shop.listings = {0: self._prepare_remote("1", sku="lamp")}
            shop.faults["list_listings"] = [errors.Unavailable("gone for a moment")]
            with trap_jobs() as jobs:
                fetch("", seen_at)
            jobs.assert_jobs_count(1, only=fetch)
            self.assertTrue(self.shop_channel.listing_error)
            self.assertFalse(self.shop_channel.listing_ids)
            jobs.perform_enqueued_jobs()
        self.assertFalse(self.shop_channel.listing_error)
        self.assertEqual(self.shop_channel.listing_ids.product_id, self.product)

    def test_a_shop_that_never_answers_is_given_up(self):
        refused = errors.PermissionMissing("no right")
        for error, attempt in ((errors.Unavailable("down"), 10), (refused, 0)):
            with self._fake() as shop, trap_jobs() as jobs:
                shop.faults["list_listings"] = [error]
                check = self.env["channel.drift.check"].create(
                    {"channel_id": self.shop_channel.id}
                )
                now = fields.Datetime.to_string(fields.Datetime.now())
                self.shop_channel._job_fetch_listings("", now, check.id, attempt)
                jobs.assert_jobs_count(0)
            self.assertEqual(check.state, "failed")

    def test_changed_and_gone(self):
        with self._fake() as shop:
            self._fetch(
                shop,
                self._prepare_remote("1", name="Lamp"),
                self._prepare_remote("2", name="Cup"),
            )
            found = self._fetch(shop, self._prepare_remote("1", name="Lamp, red"))
            self.assertEqual(
                [(one.name, bool(one.missing_since)) for one in found],
                [("Cup", True), ("Lamp, red", False)],
            )
            found = self._fetch(
                shop,
                self._prepare_remote("1", name="Lamp, red"),
                self._prepare_remote("2", name="Cup"),
            )
            self.assertFalse(any(found.mapped("missing_since")))

    def test_conflict_is_for_a_person(self):
        self.env["product.product"].create(
            {"name": "Cup", "barcode": "4006381333931", "is_storable": True}
        )
        with self._fake() as shop:
            listing = self._fetch(
                shop, self._prepare_remote("1", sku="LAMP", barcode="4006381333931")
            )
        self.assertEqual(listing.state, "conflict")
        self.assertFalse(listing.product_id)

    def test_barcode_of_a_packaging_is_a_pack(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product.product_tmpl_id.uom_ids = dozen
        self.env["product.uom"].create(
            {"product_id": self.product.id, "uom_id": dozen.id, "barcode": "12-LAMPS"}
        )
        with self._fake() as shop:
            listing = self._fetch(shop, self._prepare_remote("1", barcode="12-LAMPS"))
        self.assertEqual((listing.product_id, listing.factor), (self.product, 12.0))

    def test_close_match_is_suggested_and_accepted(self):
        self.product.write({"name": "Wooden desk lamp", "default_code": "WDL-7"})
        with self._fake() as shop:
            listing = self._fetch(
                shop, self._prepare_remote("1", name="wooden Desk-Lamp", sku="X")
            )
        self.assertEqual(listing.state, "suggested")
        self.assertEqual(listing.suggested_product_id, self.product)
        listing.action_accept_suggestion()
        self.assertEqual(
            (listing.state, listing.product_id.id), ("matched", self.product.id)
        )

    def test_duplicate_skus_are_shown(self):
        with self._fake() as shop:
            found = self._fetch(
                shop,
                self._prepare_remote("1", sku="LAMP"),
                self._prepare_remote("2", sku="LAMP"),
                self._prepare_remote("3", sku="OTHER-THING"),
            )
        self.assertEqual(
            found.sorted("item_ref").mapped("is_duplicate"), [True, True, False]
        )

    def test_ignored_is_never_sent(self):
        self._add_stock(5)
        with self._fake() as shop:
            listing = self._fetch(shop, self._prepare_remote("1", sku="LAMP"))
            listing.action_ignore()
            shop.stock[self._ref(listing)] = 0
            self._sync()
            self.assertFalse(shop.calls["push_stock"])
            listing.action_reopen()
            self._sync()
            self.assertEqual(shop.stock[self._ref(listing)], 5)

    def test_another_product_is_sent_at_once(self):
        self._add_stock(5)
        other = self.env["product.product"].create({"name": "Cup", "is_storable": True})
        self._add_stock(9, product=other)
        with self._fake() as shop:
            listing = self._fetch(shop, self._prepare_remote("1", sku="LAMP"))
            shop.stock[self._ref(listing)] = 0
            self._sync()
            listing.write({"product_id": other.id, "factor": 2})
            self._sync()
            self.assertEqual(shop.stock[self._ref(listing)], 4)

    def test_orders_find_their_product(self):
        self._create_listing("77", variant_ref="5", sku="SHOP-SKU", factor=3)
        self._add_stock(9)
        row = self._create_row(
            "L1",
            channel=self.shop_channel,
            payload=self._prepare_payload(
                "L1",
                currency=self.company.currency_id.name,
                lines=[
                    {
                        "external_id": "1",
                        "listing_id": "77:5",
                        "name": "x",
                        "quantity": "2",
                        "unit_price": "90",
                    },
                    {
                        "external_id": "2",
                        "sku": "SHOP-SKU",
                        "name": "x",
                        "quantity": "1",
                        "unit_price": "90",
                    },
                ],
                shipping={},
                payment={"state": "paid"},
                total="270",
            ),
        )
        row._process()
        lines = row.sale_order_id.order_line
        self.assertEqual(lines.product_id, self.product, row.error)
        self.assertEqual(lines.mapped("product_uom_qty"), [6.0, 3.0])

    def test_matching_releases_orders_that_wait(self):
        listing = self.listings.create(
            {"channel_id": self.shop_channel.id, "item_ref": "9", "sku": "WAITS"}
        )
        entry = self.env["channel.product.map"].create(
            {"channel_id": self.shop_channel.id, "key": "WAITS"}
        )
        listing.write({"product_id": self.product.id, "factor": 2})
        self.assertEqual((entry.product_id, entry.factor), (self.product, 2.0))

    def test_roles(self):
        listing = self._create_listing()
        clerk = self._create_user("clerk")
        listing.with_user(clerk).action_ignore()
        with self.assertRaises(AccessError):
            self.env["channel.publish.rule"].with_user(clerk).create({"share": 50})
        warehouse = self._create_user("warehouse")
        self.assertEqual(listing.with_user(warehouse).state, "ignored")
        with self.assertRaises(AccessError):
            listing.with_user(warehouse).action_ignore()
        manager = self._create_user("manager")
        rule = self.env["channel.publish.rule"].with_user(manager).create({"share": 50})
        self.assertEqual(rule.level, "company")
        neighbour = self._create_user("manager", self.other_company)
        self.assertFalse(self.listings.with_user(neighbour).search([]) & listing)
        with self.assertRaises(AccessError):
            listing.with_user(neighbour).read(["name"])

    def _export(self, listings):
        report = self.env["ir.actions.report"]._get_report_from_name(
            "stock_sync.channel_listing_xlsx"
        )
        content, _kind = report._render_xlsx(report.report_name, listings.ids, {})
        return load_workbook(io.BytesIO(content))

    def _import(self, book):
        stream = io.BytesIO()
        book.save(stream)
        wizard = self.env["channel.listing.import"].create(
            {"file": base64.b64encode(stream.getvalue())}
        )
        wizard.action_import()
        return wizard

    def test_table_out_and_in(self):
        first, second, third = (
            self.listings.create(
                {"channel_id": self.shop_channel.id, "item_ref": ref, "name": ref}
            )
            for ref in ("a", "b", "c")
        )
        book = self._export(first + second + third)
        sheet = book.worksheets[0]
        sheet["I2"], sheet["J2"] = "LAMP", 6
        sheet["I3"] = "NOBODY"
        sheet["I4"], sheet["J4"] = "LAMP", "many"
        wizard = self._import(book)
        self.assertEqual(wizard.changed_count, 1)
        self.assertEqual((first.product_id, first.factor), (self.product, 6.0))
        self.assertFalse((second + third).product_id)
        self.assertEqual(
            [(one.row_number, one.message) for one in wizard.line_ids],
            [
                (3, "No product has “NOBODY”."),
                (4, "“many” are no units: type a number above zero."),
            ],
        )
        self.assertEqual(self._import(self._export(first)).same_count, 1)

    def test_no_table_is_refused(self):
        with self.assertRaisesRegex(UserError, "no table of listings"):
            self.env["channel.listing.import"].create(
                {"file": base64.b64encode(b"not a workbook")}
            ).action_import()

    def test_neighbours_listings_are_not_found(self):
        listing = self._create_listing(product=self.product)
        book = self._export(listing)
        neighbour = self._create_user("manager", self.other_company)
        stream = io.BytesIO()
        book.save(stream)
        wizard = (
            self.env["channel.listing.import"]
            .with_user(neighbour)
            .create({"file": base64.b64encode(stream.getvalue())})
        )
        wizard.action_import()
        self.assertIn("No listing has this key", wizard.line_ids.message)

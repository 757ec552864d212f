# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportProducts(ImportCommon):
    """OM-5: what was bought; unknown products wait for one mapping."""

    def _get_products(self, order):
        return order.order_line.mapped(lambda line: line.product_id.default_code)

    def test_sku_then_barcode(self):
        order = self._import_order(
            lines=[
                self._prepare_line("LAMP", 1, "40", "1", barcode="8934567890123"),
                self._prepare_line("lamp", 1, "40", "2"),
                self._prepare_line("", 4, "2.50", "3", barcode="8934567890123"),
            ]
        )
        self.assertEqual(self._get_products(order), ["LAMP", "LAMP", "BULB"])

    def test_barcode_of_a_package(self):
        """The barcode of a pack of twelve sells packs, in its own unit."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.bulb.uom_ids = dozen
        self.env["product.uom"].create(
            {"product_id": self.bulb.id, "uom_id": dozen.id, "barcode": "12120000"}
        )
        order = self._import_order(
            lines=[self._prepare_line("", 2, "28.99", barcode="12120000")]
        )
        self.assertEqual(order.order_line.product_uom_id, dozen)
        self.assertEqual(order.order_line.product_uom_qty, 2)
        self.assertEqual(order.amount_total, 57.98)

    def test_products_of_companies(self):
        """X-4: the own product counts before the shared one, a neighbour's never."""
        own = self._create_product("LAMP", 41, company_id=self.company.id)
        self._create_product("LAMP", 42, company_id=self.other_company.id)
        self.assertEqual(self._import_order().order_line.product_id, own)
        self._create_product("ONLY", 1, company_id=self.other_company.id)
        row = self._import(self._prepare_order("A2", [self._prepare_line("ONLY")]))
        self.assertRow(row, "held", "unknown_product")

    def test_one_sku_two_products(self):
        """Nobody guesses: the order waits until a person says which."""
        self._create_product("TWIN", 1)
        twin = self._create_product("TWIN", 2)
        row = self._import(self._prepare_order(lines=[self._prepare_line("TWIN")]))
        self.assertRow(row, "held", "unknown_product", "TWIN")
        self._get_map("TWIN").with_user(self.clerk).product_id = twin
        self.assertEqual(row.sale_order_id.order_line.product_id, twin)

    def _get_map(self, key):
        return self.env["channel.product.map"].search([("key", "=", key)])

    def test_one_mapping_releases_all(self):
        """One choice, and every order that waits for it alone is imported."""
        waiting = self._import(
            *[
                self._prepare_order(f"U{i}", [self._prepare_line("NEW-1")])
                for i in range(3)
            ]
        )
        two = self._import(
            self._prepare_order(
                "U9",
                [
                    self._prepare_line("NEW-1", ref="1"),
                    self._prepare_line("NEW-2", ref="2"),
                ],
            )
        )
        self.assertRow(two, "held", "unknown_product", "NEW-1, NEW-2")
        entry = self._get_map("NEW-1")
        self.assertEqual(entry.name, "New-1")
        self.assertEqual(entry.waiting_count, 4)
        entry.with_user(self.clerk).product_id = self.lamp
        self.assertEqual(set(waiting.mapped("state")), {"imported"})
        self.assertRow(two, "held", "unknown_product")
        self._get_map("NEW-2").with_user(self.clerk).product_id = self.desk
        self.assertRow(two, "imported")
        self.assertEqual(self._get_products(two.sale_order_id), ["LAMP", "DESK"])
        self.env.invalidate_all()
        self.assertFalse(entry.waiting_count)

    def test_mapping_made_by_hand_releases_too(self):
        row = self._import(self._prepare_order(lines=[self._prepare_line("NEW")]))
        self.env["channel.product.map"].with_user(self.clerk).create(
            {
                "channel_id": self.channel.id,
                "key": "NEW",
                "product_id": self.lamp.id,
            }
        )
        self.assertRow(row, "imported")
        self.assertEqual(len(self._get_map("NEW")), 1)

    def test_many_are_released_by_jobs(self):
        self._import(
            *[
                self._prepare_order(f"J{i}", [self._prepare_line("NEW")])
                for i in range(101)
            ]
        )
        with trap_jobs() as trap:
            self._get_map("NEW").product_id = self.lamp
            trap.assert_jobs_count(2)
            trap.perform_enqueued_jobs()
        self.assertFalse(self._get_map("NEW").waiting_order_ids)

    def test_new_product_with_the_sku(self):
        """A product that gets the SKU later needs no mapping."""
        row = self._import(self._prepare_order(lines=[self._prepare_line("LATE")]))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE channel_order SET processed_at = processed_at - interval '1 hour'"
        )
        self._create_product("LATE", 5)
        self.env.flush_all()
        self.env.invalidate_all()
        with trap_jobs() as trap:
            self.env["channel.product.map"]._release_found()
            trap.perform_enqueued_jobs()
        self.assertRow(row, "imported")

    def test_mapping_is_the_channels(self):
        self.env["channel.product.map"].create(
            {"channel_id": self.channel.id, "key": "X-1", "product_id": self.lamp.id}
        )
        self.assertTrue(self._import_order(lines=[self._prepare_line("X-1")]))
        second = self._create_channel("Second shop", self.company)
        row = self._import(
            self._prepare_order("A2", [self._prepare_line("X-1")]), channel=second
        )
        self.assertRow(row, "held", "unknown_product")

    def test_neighbours_cannot_map(self):
        """X-5: a clerk of another company neither sees nor makes mappings here."""
        row = self._import(self._prepare_order(lines=[self._prepare_line("NEW")]))
        foreign = self._create_user("clerk", self.other_company)
        model = self.env["channel.product.map"].with_user(foreign)
        self.assertFalse(model.search([]))
        with self.assertRaises(AccessError):
            self._get_map("NEW").with_user(foreign).write({"product_id": self.lamp.id})
        with self.assertRaises(AccessError):
            model.create(
                {
                    "channel_id": self.channel.id,
                    "key": "NEW",
                    "product_id": self.lamp.id,
                }
            )
        self.assertRow(row, "held", "unknown_product")

    def test_waited_for_mapping_stays(self):
        self._import(self._prepare_order(lines=[self._prepare_line("NEW")]))
        with self.assertRaises(UserError):
            self._get_map("NEW").unlink()

    def test_pack(self):
        """One listing of six: units go out, the money stays to the cent."""
        self.env["channel.product.map"].create(
            {
                "channel_id": self.channel.id,
                "key": "SIX",
                "product_id": self.bulb.id,
                "factor": 6,
            }
        )
        order = self._import_order(lines=[self._prepare_line("SIX", 7, "10.00")])
        goods = order.order_line.filtered(lambda line: line.product_id == self.bulb)
        self.assertEqual(goods.product_uom_qty, 42)
        self.assertEqual(order.amount_total, 70)

    def test_bundle(self):
        """A bundle nobody knows is its components; the price is shared exactly."""
        bundle = self._prepare_line(
            "SET",
            3,
            "99.99",
            bundle=[
                {"sku": "LAMP", "quantity": 1},
                {"sku": "BULB", "quantity": 4},
            ],
        )
        order = self._import_order(lines=[bundle])
        goods = order.order_line.filtered("product_id.is_storable")
        self.assertRecordValues(
            goods,
            [
                {"product_id": self.lamp.id, "product_uom_qty": 3},
                {"product_id": self.bulb.id, "product_uom_qty": 12},
            ],
        )
        self.assertAlmostEqual(order.amount_total, 299.97)
        kit = self._create_product("SET", 99)
        order = self._import_order("A2", [bundle])
        self.assertEqual(order.order_line.product_id, kit)

    def test_cancelled_units(self):
        order = self._import_order(
            lines=[self._prepare_line("LAMP", 5, "40", cancelled_quantity=2)],
            total="120",
        )
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertEqual(order.amount_total, 120)

    def test_charges(self):
        """Shipping, charges and discounts are lines of the configured products."""
        wrap = self._create_product("WRAP", 3, type="service", is_storable=False)
        self.channel.write({"shipping_product_id": wrap.id})
        self.env["channel.product.map"].create(
            {
                "channel_id": self.channel.id,
                "key": "fee:gift_wrap",
                "product_id": wrap.id,
            }
        )
        order = self._import_order(
            lines=[self._prepare_line("LAMP", 1, "40")],
            shipping={"fee": "4.50", "method": "Fast"},
            fees=[
                {"type": "gift_wrap", "amount": "2"},
                {"type": "commission", "amount": "5", "paid_by": "seller"},
                {"type": "handling", "amount": "1"},
            ],
            discounts=[
                {"code": "SUMMER", "amount": "3", "borne_by": "seller"},
                {"code": "PLATFORM", "amount": "7", "borne_by": "channel"},
            ],
            total="44.50",
        )
        lines = {line.channel_line_ref: line for line in order.order_line}
        self.assertEqual(lines["@shipping"].product_id, wrap)
        self.assertTrue(lines["@shipping"].is_delivery)
        self.assertEqual(lines["@fee1"].product_id, wrap)
        fee = self.env.ref("order_management.product_product_fee")
        self.assertEqual(lines["@fee3"].product_id, fee)
        self.assertEqual(lines["@discount1"].price_unit, -3)
        self.assertNotIn("@discount2", lines)
        self.assertEqual(order.channel_discount_amount, 7)
        self.assertEqual(order.amount_total, 44.5)

    def test_listing_hook_comes_first(self):
        """What another addon's listings tell counts before SKU and barcode."""
        model = type(self.env["channel.order.importer"])

        def match(importer, channel, lines):
            return {
                position: (self.desk, 2)
                for position, line in enumerate(lines)
                if getattr(line, "listing_id", "") == "L-1"
            }

        with patch.object(model, "_match_listings", match):
            order = self._import_order(
                lines=[self._prepare_line("LAMP", 1, "40", listing_id="L-1")]
            )
        self.assertEqual(order.order_line.product_id, self.desk)
        self.assertEqual(order.order_line.product_uom_qty, 2)
        self.assertEqual(order.amount_total, 40)

    def test_archived_product_is_unknown(self):
        self.lamp.write({"active": False, "uom_ids": [Command.clear()]})
        row = self._import(self._prepare_order())
        self.assertRow(row, "held", "unknown_product")

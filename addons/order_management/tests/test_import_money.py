# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import itertools
import random
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..tools.import_item import allocate, split_price
from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportMoney(ImportCommon):
    """OM-6, invariant 7: the order's total is the channel's total."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax_group = cls.env["account.tax.group"].create(
            {"name": "VAT", "company_id": cls.company.id}
        )
        cls.vat = cls._create_tax("VAT 10 %", 10)

    @classmethod
    def _create_tax(cls, name, amount, included=False, **values):
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "company_id": cls.company.id,
                "country_id": cls.company.country_id.id,
                "tax_group_id": cls.tax_group.id,
                "price_include_override": "tax_included"
                if included
                else "tax_excluded",
                **values,
            }
        )

    def _activate(self, code, rate=None):
        currency = self.env["res.currency"].with_context(active_test=False)
        currency = currency.search([("name", "=", code)])
        currency.active = True
        currency.rate_ids.unlink()
        for date, value in (rate or {}).items():
            self.env["res.currency.rate"].create(
                {
                    "currency_id": currency.id,
                    "company_id": self.company.id,
                    "name": date,
                    "rate": value,
                }
            )
        return currency

    def test_prices_without_taxes(self):
        self.lamp.taxes_id = self.vat
        order = self._import_order(
            prices_include_tax=False,
            lines=[self._prepare_line("LAMP", 3, "33.33", tax="10.00")],
            total="109.99",
        )
        self.assertEqual(order.order_line.tax_ids, self.vat)
        self.assertEqual(order.order_line.price_unit, 33.33)
        self.assertAlmostEqual(order.amount_total, 109.99)
        self.assertAlmostEqual(order.amount_untaxed, 99.99)

    def test_prices_with_taxes(self):
        """The price of the channel is kept; the tax gets the other basis."""
        self.lamp.taxes_id = self.vat
        orders = [
            self._import_order(
                external_id,
                prices_include_tax=True,
                lines=[self._prepare_line("LAMP", 7, "33.33")],
            )
            for external_id in ("A1", "A2")
        ]
        order = orders[0]
        twin = order.order_line.tax_ids
        self.assertEqual(order.order_line.price_unit, 33.33)
        self.assertTrue(twin.price_include)
        self.assertEqual((twin.amount, twin.tax_group_id), (10, self.tax_group))
        self.assertAlmostEqual(order.amount_total, 233.31)
        self.assertAlmostEqual(order.amount_tax, 21.21)
        self.assertEqual(orders[1].order_line.tax_ids, twin)

    def test_message_does_not_say(self):
        """The total tells whether prices include taxes."""
        self.lamp.taxes_id = self.vat
        line = self._prepare_line("LAMP", 1, "100", tax="10")
        added = self._import_order("A1", [line], "110")
        self.assertFalse(added.order_line.tax_ids.price_include)
        inside = self._import_order("A2", [self._prepare_line("LAMP", 1, "100")], "100")
        self.assertTrue(inside.order_line.tax_ids.price_include)

    def test_fiscal_position(self):
        """Taxes from Odoo go through the fiscal position of the destination."""
        export = self._create_tax("Export 0 %", 0)
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Export",
                "company_id": self.company.id,
                "auto_apply": True,
                "country_id": self.env.ref("base.jp").id,
                "tax_ids": [(4, export.id)],
            }
        )
        export.original_tax_ids = self.vat
        self.lamp.taxes_id = self.vat
        for code, tax, total in (("JP", export, "40"), ("VN", self.vat, "44")):
            order = self._import_order(
                f"F{code}",
                total=total,
                customer={"external_id": code, "name": "Buyer"},
                shipping_address={"street": "1 Way", "country_code": code},
                prices_include_tax=False,
                lines=[
                    self._prepare_line(
                        "LAMP", 1, "40", tax="0" if code == "JP" else "4"
                    )
                ],
            )
            self.assertEqual(order.order_line.tax_ids, tax)
            self.assertEqual(
                order.fiscal_position_id,
                position if code == "JP" else position.browse(),
            )

    def test_as_the_channel_charged(self):
        self.channel.tax_policy = "channel"
        eight = self._create_tax("VAT 8 %", 8)
        self.lamp.taxes_id = self.vat
        order = self._import_order(
            prices_include_tax=False,
            lines=[
                self._prepare_line("LAMP", 2, "12.34", "1", tax_rate="8"),
                self._prepare_line("LAMP", 3, "5.55", "2", tax="1.33"),
                self._prepare_line("LAMP", 1, "10", "3", tax="0"),
            ],
            total="54.63",
        )
        taxes = order.order_line[:3].mapped(lambda line: line.tax_ids.id)
        self.assertEqual(taxes, [eight.id, eight.id, False])
        self.assertAlmostEqual(order.amount_total, 54.63)

    def test_unknown_rate_waits(self):
        self.channel.tax_policy = "channel"
        payload = self._prepare_order(
            prices_include_tax=False,
            lines=[self._prepare_line("LAMP", 1, "100", tax_rate="7.25")],
            total="107.25",
        )
        row = self._import(payload)
        self.assertRow(row, "held", "unknown_tax", "7.25 %")
        self._create_tax("County", 7.25)
        row.with_user(self.clerk).action_retry()
        self.assertRow(row, "imported")
        self.assertAlmostEqual(row.sale_order_id.amount_total, 107.25)

    def test_line_discounts_are_exact(self):
        """Money off a whole line, whatever percent that is."""
        for number, (quantity, price, discount) in enumerate(
            [(2, "40", "8"), (3, "40", "0.01"), (7, "9.99", "10"), (1, "40", "40")]
        ):
            net = (Decimal(price) * quantity - Decimal(discount)).quantize(
                Decimal("0.01")
            )
            order = self._import_order(
                f"D{number}",
                [self._prepare_line("LAMP", quantity, price, discount=discount)],
                str(net),
            )
            self.assertEqual(f"{order.amount_total:.2f}", str(net))
            goods = order.order_line.filtered(lambda line: line.product_id == self.lamp)
            self.assertEqual(goods.product_uom_qty, quantity)

    def test_order_discount_is_split_by_tax(self):
        five = self._create_tax("VAT 5 %", 5)
        self.lamp.taxes_id, self.desk.taxes_id = self.vat, five
        order = self._import_order(
            prices_include_tax=True,
            lines=[
                self._prepare_line("LAMP", 1, "110", "1"),
                self._prepare_line("DESK", 1, "210", "2"),
            ],
            discounts=[{"code": "TEN", "amount": "32", "borne_by": "seller"}],
            total="288",
        )
        self.assertAlmostEqual(order.amount_total, 288)
        # a tenth off everything is a tenth off each tax
        self.assertAlmostEqual(order.amount_tax, 18)

    def test_small_difference_is_rounding(self):
        product = self._create_product("ROUND", 0, type="service", is_storable=False)
        self.channel.rounding_product_id = product
        order = self._import_order(
            lines=[
                self._prepare_line("LAMP", 1, "10", "1"),
                self._prepare_line("LAMP", 1, "10", "2"),
            ],
            total="20.02",
        )
        line = order.order_line.filtered(lambda line: line.product_id == product)
        self.assertAlmostEqual(line.price_unit, 0.02)
        self.assertEqual(line.channel_line_ref, "@rounding")
        self.assertAlmostEqual(order.amount_total, 20.02)

    def test_larger_difference_waits(self):
        payload = self._prepare_order(
            lines=[
                self._prepare_line("LAMP", 1, "10", "1"),
                self._prepare_line("LAMP", 1, "10", "2"),
            ],
            total="20.03",
        )
        row = self._import(payload)
        self.assertRow(row, "held", "total_differs", "20.03")
        self.assertIn("20.00", row.error)
        row.with_user(self._create_user("reviewer")).action_accept("three cents")
        self.assertRow(row, "imported")
        self.assertAlmostEqual(row.sale_order_id.amount_total, 20.03)

    def test_taxes_that_make_another_total(self):
        """The message adds up, but Odoo's taxes do not: both totals are shown."""
        self.lamp.taxes_id = self.vat
        row = self._import(
            self._prepare_order(
                prices_include_tax=False,
                lines=[self._prepare_line("LAMP", 1, "100", tax="8")],
                total="108",
            )
        )
        self.assertRow(row, "held", "total_differs", "108")
        self.assertIn("110.00", row.error)

    def test_foreign_currency_at_the_order_date(self):
        self._activate("EUR", {"2026-07-01": 0.8, "2026-08-01": 0.5})
        order = self._import_order(currency="EUR")
        self.assertEqual(order.currency_id.name, "EUR")
        self.assertAlmostEqual(order.currency_rate, 0.8)
        self.assertEqual(order.pricelist_id.currency_id.name, "EUR")
        again = self._import_order("A2", currency="EUR")
        self.assertEqual(again.pricelist_id, order.pricelist_id)
        own = self._import_order("A3")
        self.assertFalse(own.pricelist_id)
        self.assertEqual(own.currency_id.name, "USD")

    def test_pricelist_of_the_channel(self):
        euro = self._activate("EUR", {"2026-07-01": 0.8})
        pricelist = self.env["product.pricelist"].create(
            {"name": "Shop", "currency_id": euro.id, "company_id": self.company.id}
        )
        self.channel.pricelist_id = pricelist
        self.assertEqual(self._import_order(currency="EUR").pricelist_id, pricelist)
        self.assertFalse(self._import_order("A2", currency="USD").pricelist_id)

    def test_currency_without_rate_waits(self):
        self._activate("EUR")
        row = self._import(self._prepare_order(currency="EUR"))
        self.assertRow(row, "held", "no_rate", "EUR")
        self._activate("EUR", {"2026-07-01": 0.8})
        row.with_user(self.clerk).action_retry()
        self.assertRow(row, "imported")

    def test_inactive_currency_is_an_error(self):
        currency = self._activate("EUR", {"2026-07-01": 0.8})
        currency.active = False
        row = self._import(self._prepare_order(currency="EUR"))
        self.assertRow(row, "error", "unknown_currency", "$.currency")
        currency.active = True
        row.with_user(self.clerk).action_retry()
        self.assertRow(row, "imported")

    def test_dong_has_no_cents(self):
        self._activate("VND", {"2026-07-01": 25000})
        order = self._import_order(
            currency="VND",
            lines=[
                self._prepare_line("LAMP", 3, "333333", "1", discount="100000"),
                self._prepare_line("DESK", 1, "1150000", "2"),
            ],
            shipping={"fee": "25000"},
            discounts=[{"amount": "7777", "borne_by": "seller"}],
            total="2067222",
        )
        self.assertEqual(order.amount_total, 2067222)

    def test_free_goods_stay_free(self):
        """Odoo never puts its own price in the place of the channel's zero."""
        order = self._import_order(
            lines=[
                self._prepare_line("LAMP", 1, "40", "1"),
                self._prepare_line("BULB", 1, "0", "2"),
            ],
        )
        free = order.order_line.filtered(lambda line: line.product_id == self.bulb)
        free.product_uom_qty = 2
        self.assertEqual(free.price_unit, 0)
        self.assertEqual(order.amount_total, 40)


@tagged("post_install", "-at_install")
class TestSplitPrice(BaseCase):
    """Prices of two decimals that make exact amounts."""

    def test_always_exact(self):
        rng = random.Random(7)
        cent = Decimal("0.01")
        for places, _round in itertools.product((0, 2, 3), range(2000)):
            quantity = Decimal(rng.randint(1, 5000))
            price = Decimal(rng.randint(0, 10**6)) / 100
            net = (price * quantity * rng.randint(0, 100) / 100).quantize(
                Decimal(1).scaleb(-places)
            )
            unit, percent, rest = split_price(net, quantity, price, 2, 2, places)
            self.assertEqual(unit, unit.quantize(cent))
            self.assertEqual(percent, percent.quantize(cent))
            self.assertGreaterEqual(rest, 0)
            paid = (unit * quantity * (100 - percent) / 100).quantize(
                Decimal(1).scaleb(-places)
            )
            self.assertEqual(paid - rest, net)

    def test_allocate(self):
        weights = [Decimal(1), Decimal(1), Decimal(1)]
        parts = allocate(Decimal("100"), weights, 2)
        self.assertEqual(parts, [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")])
        self.assertEqual(sum(allocate(Decimal(10), [Decimal(0)] * 3, 0)), 10)
        # three cents for five: nobody pays for what rounding gave to others
        parts = allocate(Decimal("0.03"), [Decimal(1)] * 5, 2)
        self.assertEqual(sum(parts), Decimal("0.03"))
        self.assertGreaterEqual(min(parts), 0)

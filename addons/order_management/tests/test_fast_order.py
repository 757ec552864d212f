# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OrderManagementCommon
from .statements import fewest_statements


@tagged("post_install", "-at_install", "meets_others")
class TestFastOrder(OrderManagementCommon):
    """OM-1, OM-13: an order by keyboard, checked as a stranger's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.vn")
        cls.product.write({"default_code": "LAMP-1", "barcode": "8936001000017"})
        cls.partner.write({"phone": "0912 345 678", "company_id": cls.company.id})
        cls.desk = cls._create_channel("Phone", cls.company, channel_type="manual")
        cls.env["stock.quant"]._update_available_quantity(
            cls.product, cls.warehouse.lot_stock_id, 7
        )
        cls.clerk = cls._create_user("clerk")
        cls.fast = cls.env["sale.order"].with_user(cls.clerk)

    def _values(self, **values):
        return {
            "channel_id": self.desk.id,
            "partner_id": self.partner.id,
            "lines": [{"product_id": self.product.id, "quantity": 3}],
            **values,
        }

    def test_setup_offers_own_manual_channels(self):
        setup = self.fast.fast_setup()
        self.assertEqual(setup["channels"], [{"id": self.desk.id, "name": "Phone"}])
        self.assertEqual(setup["currency_id"], self.company.currency_id.id)
        self.assertTrue(setup["countries"])

    def test_customers_by_phone_and_name(self):
        """Any writing of the number; part of the name; nobody of a neighbour."""
        for text in ("0912345678", "+84 912 345 678", "0912.345.678", "thị ho"):
            with self.subTest(text=text):
                found = self.fast.fast_find_customers(text)
                self.assertEqual([one["id"] for one in found], self.partner.ids)
        self.partner.company_id = self.other_company
        for text in ("0912345678", "thị ho"):
            self.assertFalse(self.fast.fast_find_customers(text))

    def test_products_by_code(self):
        """Barcode and SKU mean one product, everything else searches."""
        other = self.env["product.product"].create(
            {"name": "Lamp shade", "default_code": "LAMP-10"}
        )
        for text in ("8936001000017", "LAMP-1", "lamp-1", " LAMP-1 "):
            found = self.fast.fast_find_products(text)
            self.assertEqual([one["id"] for one in found], self.product.ids, text)
            self.assertTrue(found[0]["exact"])
        found = self.fast.fast_find_products("lamp")
        ids = {one["id"] for one in found}
        self.assertLessEqual({self.product.id, other.id}, ids)
        self.assertFalse(found[0]["exact"])
        self.assertFalse(self.fast.fast_find_products("LAMP_1")[0]["exact"])
        self.product.sale_ok = False
        self.assertFalse(self.fast.fast_find_products("8936001000017"))

    def _create_dozen(self):
        unit = self.product.uom_id
        return self.env["uom.uom"].create(
            {"name": "Box of 12", "relative_factor": 12, "relative_uom_id": unit.id}
        )

    def _create_pack(self, uom):
        return self.env["product.uom"].create(
            {
                "product_id": self.product.id,
                "uom_id": uom.id,
                "barcode": "18936001000014",
                "company_id": self.company.id,
            }
        )

    def test_packaging_barcode(self):
        """A pack is a line in packs where packs are sold, else so many units."""
        dozen = self._create_dozen()
        self._create_pack(dozen)
        [found] = self.fast.fast_find_products("18936001000014")
        self.assertEqual(found["id"], self.product.id)
        self.assertTrue(found["exact"])
        unit = self.product.uom_id
        self.assertEqual((found["uom_id"], found["quantity"]), (unit.id, 12.0))
        self.product.uom_ids = dozen
        self.clerk.group_ids += self.env.ref("uom.group_uom")
        [found] = self.fast.fast_find_products("18936001000014")
        self.assertEqual((found["uom_id"], found["quantity"]), (dozen.id, 1.0))
        self.assertEqual((found["uom"], found["factor"]), (dozen.name, 12.0))
        [found] = self.fast.fast_find_products("LAMP-1")
        self.assertEqual((found["uom_id"], found["factor"]), (unit.id, 1.0))

    def test_line_in_packs(self):
        """Price, availability and quantity of what is sold by the dozen."""
        dozen = self._create_dozen()
        self.product.uom_ids = dozen
        line = {"product_id": self.product.id, "quantity": 2, "uom_id": dozen.id}
        quote = self.fast.fast_quote(self._values(lines=[line]))
        self.assertEqual(quote["lines"][0]["available"], 7.0)
        self.assertEqual(quote["amount_total"], 960.0)
        made = self.fast.fast_create(self._values(lines=[line]))
        order_line = self.fast.browse(made["id"]).order_line
        self.assertEqual(order_line.product_uom_id, dozen)
        self.assertEqual(order_line.product_uom_qty, 2.0)
        self.assertEqual(made["amount_total"], 960.0)
        for uom_id in (self.env.ref("uom.product_uom_kgm").id, True, "7", 2**31 - 1):
            with self.assertRaisesRegex(UserError, "Line 1: .*not sold in this unit"):
                self.fast.fast_create(self._values(lines=[{**line, "uom_id": uom_id}]))

    def test_quote_is_what_is_saved(self):
        """Price list, discount, tax and availability as they will be stored."""
        group = self.env["account.tax.group"].create(
            {"name": "VAT", "company_id": self.company.id}
        )
        tax = self.env["account.tax"].create(
            {
                "name": "10%",
                "amount": 10,
                "company_id": self.company.id,
                "tax_group_id": group.id,
            }
        )
        self.product.taxes_id = tax
        self.desk.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Counter",
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "item_ids": [
                    Command.create({"compute_price": "fixed", **values})
                    for values in (
                        {"fixed_price": 33.0},
                        {"fixed_price": 30.0, "min_quantity": 5},
                    )
                ],
            }
        )
        quote = self.fast.fast_quote(self._values(partner_id=False))
        self.assertEqual(quote["lines"][0]["price_unit"], 33.0)
        self.assertEqual(quote["lines"][0]["available"], 7.0)
        self.assertAlmostEqual(quote["amount_total"], 108.9)
        lines = [{"product_id": self.product.id, "quantity": 5}]
        quote = self.fast.fast_quote(self._values(lines=lines))
        self.assertAlmostEqual(quote["amount_total"], 165.0)
        before = self.fast.search_count([])
        made = self.fast.fast_create(self._values(lines=lines))
        self.assertEqual(self.fast.search_count([]), before + 1)
        self.assertAlmostEqual(made["amount_total"], quote["amount_total"])
        order = self.fast.browse(made["id"])
        self.assertEqual(order.sale_channel_id, self.desk)
        self.assertEqual(order.pricelist_id, self.desk.pricelist_id)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.order_line.product_uom_qty, 5.0)

    def test_customer_is_made_on_the_fly(self):
        """The clerk needs no right on partners; a known number is told."""
        made = self.fast.fast_create(
            self._values(
                partner_id=False, customer={"name": " Lê An ", "phone": "0987654321"}
            )
        )
        partner = self.fast.browse(made["id"]).partner_id
        self.assertEqual((partner.name, partner.phone), ("Lê An", "0987654321"))
        self.assertEqual(partner.company_id, self.company)
        with self.assertRaisesRegex(UserError, "is the number of Lê An"):
            self.fast.fast_create(
                self._values(
                    partner_id=False, customer={"name": "X", "phone": "+84987654321"}
                )
            )

    def test_customer_with_an_address(self):
        country = self.env.ref("base.vn")
        state = self.env["res.country.state"].search(
            [("country_id", "=", country.id)], limit=1
        )
        setup = self.fast.fast_setup()
        self.assertEqual(setup["country_id"], country.id)
        self.assertIn(state.id, [one["id"] for one in setup["states"]])
        self.assertEqual(self.fast.fast_states(country.id), setup["states"])
        self.assertEqual(self.fast.fast_states("x"), [])
        customer = {
            "name": "Lê An",
            "street": " 1 Lê Lợi ",
            "city": "Huế",
            "state_id": state.id,
            "country_id": country.id,
        }
        made = self.fast.fast_create(self._values(partner_id=False, customer=customer))
        partner = self.fast.browse(made["id"]).partner_id
        self.assertEqual(
            (partner.street, partner.city, partner.state_id, partner.country_id),
            ("1 Lê Lợi", "Huế", state, country),
        )
        # a country alone is the screen's own choice and no address
        made = self.fast.fast_create(
            self._values(
                partner_id=False, customer={"name": "B", "country_id": country.id}
            )
        )
        self.assertFalse(self.fast.browse(made["id"]).partner_id.country_id)
        for wrong, text in (
            ({"country_id": self.env.ref("base.us").id}, "is not in"),
            ({"state_id": 2**31 - 1}, "State: not found"),
            ({"country_id": "VN"}, "Country: not found"),
        ):
            with self.assertRaisesRegex(UserError, text):
                self.fast.fast_create(
                    self._values(partner_id=False, customer={**customer, **wrong})
                )

    def test_sent_again_makes_no_second_order(self):
        values = self._values(
            token="0f" * 16, partner_id=False, customer={"name": "Once"}
        )
        first = self.fast.fast_create(values)
        self.assertEqual(self.fast.fast_create(values), first)
        partners = self.env["res.partner"].search([("name", "=", "Once")])
        self.assertEqual(len(partners), 1)

    def test_refused_with_what_to_do(self):
        """Nothing of an order that cannot be is stored."""
        service = self.env["product.product"].create(
            {"name": "Secret", "company_id": self.other_company.id}
        )
        line = {"product_id": self.product.id, "quantity": 1}
        cases = {
            "at least one product": {"lines": []},
            "1 to 500 lines": {"lines": [line] * 501},
            "lines": {"lines": "x"},
            "Line 2: this product": {
                "lines": [line, {"product_id": service.id, "quantity": 1}]
            },
            "Line 1: this product": {"lines": [None]},
            "Customer: not found": {"partner_id": 2**31 - 1},
            "Channel: not found": {"channel_id": self.other_channel.id},
            "Choose the customer": {"partner_id": False, "customer": {"name": "  "}},
        }
        bad = (0, -1, float("nan"), float("inf"), "2", True, None, 1e12)
        for quantity in (*bad, 10**400, 1e-9):
            cases[f"Line 1: the quantity must be a number above zero.{quantity}"] = {
                "lines": [{"product_id": self.product.id, "quantity": quantity}]
            }
        before = self.fast.search_count([])
        for text, values in cases.items():
            with self.subTest(values=values):
                with self.assertRaises(UserError) as caught:
                    self.fast.fast_create(self._values(**values))
                self.assertIn(text.split(".")[0], str(caught.exception))
        for values in (None, [], "x"):
            with self.assertRaises(UserError):
                self.fast.fast_create(values)
        for text in (None, "", " ", "x" * 201, {"a": 1}):
            with self.assertRaises(UserError):
                self.fast.fast_find_customers(text)
            with self.assertRaises(UserError):
                self.fast.fast_find_products(text)
        self.assertEqual(self.fast.search_count([]), before)

    def test_rights(self):
        for role in ("warehouse", "accountant", "channel"):
            orders = self.env["sale.order"].with_user(self._create_user(role))
            for method, args in (
                ("fast_setup", ()),
                ("fast_find_customers", ("a",)),
                ("fast_find_products", ("a",)),
                ("fast_states", (1,)),
                ("fast_quote", (self._values(),)),
                ("fast_create", (self._values(),)),
            ):
                with self.assertRaises(AccessError, msg=(role, method)):
                    getattr(orders, method)(*args)

    def test_several_lines_cost_few_queries(self):
        """One statement a kind, however many lines are on the screen."""
        # Odoo itself asks for the rule of each line where there are price lists
        self.env["product.pricelist"].search([]).action_archive()
        products = self.env["product.product"].create(
            [
                {"name": f"P{n}", "is_storable": True, "taxes_id": False}
                for n in range(20)
            ]
        )

        def count(some):
            values = self._values(
                lines=[{"product_id": one.id, "quantity": 1} for one in some]
            )
            self.env.flush_all()

            def quote(_round):
                self.env.invalidate_all()
                self.fast.fast_quote(values)

            return fewest_statements(self.cr, quote)

        many, few = count(products), count(products[:2])
        self.assertEqual(many.total(), few.total(), many.describe(few))

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .shipment_common import ShipmentCase


@tagged("post_install", "-at_install")
class TestCarrierCustoms(ShipmentCase):
    """OM-17: what customs will ask, what they want to know, and the papers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.germany, cls.france = cls.env.ref("base.de"), cls.env.ref("base.fr")
        cls.buyer = cls.env["res.partner"].create(
            {
                "name": "Käufer GmbH",
                "street": "Hafenstraße 1",
                "city": "Hamburg",
                "zip": "20457",
                "country_id": cls.germany.id,
                "phone": "+49 40 5550102",
                "vat": "DE123456788",
            }
        )
        cls.shirt = cls._make_product(
            "Shirt",
            list_price=20.0,
            hs_code="6109.10.00",
            country_of_origin=cls.vietnam.id,
            weight=0.2,
            taxes_id=False,
        )
        # rates on that day, whatever the database has
        cls.currency = cls.company.currency_id
        cls.union = cls.env.ref("base.europe")
        cls.union.is_customs_union = True
        cls.env["customs.tariff"].search([]).action_archive()
        cls._make_tariff(hs_prefix="6109", duty_rate=12.0)

    @classmethod
    def _make_tariff(cls, **vals):
        return cls.env["customs.tariff"].create(
            {
                "country_group_id": cls.union.id,
                "currency_id": cls.currency.id,
                "tax_rate": 19.0,
                "date_from": "2020-01-01",
                **vals,
            }
        )

    def _order_abroad(self, quantity=10, **vals):
        vals.setdefault("partner_id", self.buyer.id)
        vals.setdefault("product", self.shirt)
        return self._make_order(quantity, **vals)

    def test_an_estimate_by_hand(self):
        """10 x 20 = 200, duty 12 % = 24, VAT 19 % of 224 = 42.56."""
        order = self._order_abroad(confirm=False)
        self.assertTrue(order.is_international)
        self.assertAlmostEqual(order.customs_duty, 24.0)
        self.assertAlmostEqual(order.customs_tax, 42.56)
        self.assertAlmostEqual(order.customs_total, 66.56)
        self.assertFalse(order.customs_problem)
        line = order.customs_line_ids
        self.assertEqual(line, order.order_line)
        self.assertAlmostEqual(line.customs_duty, 24.0)
        self.assertEqual(line.customs_tariff_id.hs_prefix, "6109")
        # freight is part of the value: 24 + 1.80 of 15
        order._create_delivery_line(self.carrier, 15.0)
        order.invalidate_recordset()
        self.assertAlmostEqual(order.customs_duty, 25.8)

    def test_who_pays(self):
        order = self._order_abroad(confirm=False)
        self.assertEqual(order.customs_payer, "buyer")
        order.incoterm = self.env.ref("account.incoterm_DDP")
        self.assertEqual(order.customs_payer, "seller")

    def test_a_union_that_is_deleted_is_forgotten(self):
        union = self.env["res.country.group"].create(
            {
                "name": "Union",
                "is_customs_union": True,
                "country_ids": [Command.set((self.vietnam | self.germany).ids)],
            }
        )
        ask = self.env["res.country.group"]._has_customs_between
        self.assertFalse(ask(self.vietnam, self.germany))
        union.unlink()
        self.assertTrue(ask(self.vietnam, self.germany))

    def test_at_home_and_inside_a_union_nobody_asks(self):
        self.assertFalse(self._make_order().is_international)
        self.warehouse.partner_id.country_id = self.france
        order = self._order_abroad(confirm=False)
        self.assertFalse(order.is_international)
        self.assertFalse(order.customs_total)
        self.assertFalse(order.customs_line_ids)
        with self.assertRaisesRegex(UserError, "no customs border"):
            order.action_add_customs_line()

    def test_limits_in_their_own_currency(self):
        """150 of a currency of which one is two of ours: 300 of ours."""
        foreign = self.env["res.currency"].create({"name": "XHB", "symbol": "H"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 0.5,
            }
        )
        self._make_tariff(
            hs_prefix="610910",
            duty_rate=12.0,
            currency_id=foreign.id,
            duty_free_amount=150.0,
        )
        order = self._order_abroad(15, confirm=False)
        self.assertEqual(order.customs_duty, 0.0)
        self.assertAlmostEqual(order.customs_tax, 57.0)
        self.assertAlmostEqual(self._order_abroad(16, confirm=False).customs_duty, 38.4)

    def test_rates_of_another_time_and_company(self):
        self._make_tariff(hs_prefix="610910", duty_rate=90.0, date_to="2021-01-01")
        tomorrow = fields.Date.add(fields.Date.today(), days=2)
        self._make_tariff(hs_prefix="610910", duty_rate=80.0, date_from=tomorrow)
        other = self.env["res.company"].create({"name": "Neighbour"})
        self._make_tariff(hs_prefix="610910", duty_rate=70.0, company_id=other.id)
        order = self._order_abroad(confirm=False)
        self.assertAlmostEqual(order.customs_duty, 24.0)

    def test_what_is_missing_is_said(self):
        odd = self._make_product("Odd", hs_code="12")
        order = self._order_abroad(product=odd)
        for word in ("Odd", "HS code", "origin", "weight"):
            self.assertIn(word, order.customs_problem)
        with self.assertRaisesRegex(UserError, "not complete"):
            order.action_add_customs_line()
        picking = order.picking_ids
        good, home = self._order_abroad().picking_ids, self._make_order().picking_ids
        mine = picking | good | home
        found = mine.search([("is_customs_incomplete", "=", True)])
        self.assertEqual(found & mine, picking)
        self.assertEqual(mine.filtered("is_customs_incomplete"), picking)
        with self.assertRaisesRegex(UserError, "Odd"):
            picking.action_print_commercial_invoice()
        with self.assertRaisesRegex(UserError, "no commercial"):
            home.action_print_commercial_invoice()
        self.buyer.write({"phone": False, "email": False})
        self.assertIn("phone", good.customs_problem)
        self.assertIn(good, mine.search([("is_customs_incomplete", "=", True)]))
        # goods without a rate for the country
        hat = self._make_product(
            "Hat", hs_code="650500", country_of_origin=self.vietnam.id, weight=0.1
        )
        order = self._order_abroad(product=hat, confirm=False)
        self.assertIn("a tariff of Germany", order.customs_problem)

    def test_charged_on_demand_once(self):
        order = self._order_abroad(confirm=False)
        total = order.amount_total
        order.with_user(self.users["clerk"]).action_add_customs_line()
        line = order.order_line[-1]
        self.assertAlmostEqual(line.price_unit, 66.56)
        self.assertAlmostEqual(order.amount_total, total + 66.56)
        order.order_line[0].product_uom_qty = 20
        order.action_add_customs_line()
        self.assertEqual(len(order.order_line), 2)
        self.assertAlmostEqual(line.price_unit, 133.12)

    def test_tariffs_that_mean_nothing_are_refused(self):
        with self.assertRaises(ValidationError):
            self._make_tariff(country_id=self.germany.id)
        with self.assertRaises(ValidationError):
            self._make_tariff(country_group_id=False)
        self.assertEqual(self._make_tariff(hs_prefix="61.10").hs_prefix, "6110")

    def test_commercial_invoice(self):
        self.buyer.lang = "en_US"
        order = self._order_abroad(
            carrier_id=self.carrier.id,
            incoterm=self.env.ref("account.incoterm_DAP").id,
        )
        order._create_delivery_line(self.carrier, 15.0)
        picking = order.picking_ids
        self._ship(picking, 4)
        rest = order.picking_ids - picking
        papers = picking._get_commercial_invoice()
        (line,) = papers["lines"]
        self.assertEqual(line["hs_code"], "61091000")
        self.assertEqual((line["quantity"], line["price"]), (4.0, 20.0))
        self.assertAlmostEqual(papers["amount"], 80.0)
        self.assertAlmostEqual(papers["total"], 95.0)
        self.assertAlmostEqual(papers["net_weight"], 0.8)
        self.assertEqual(papers["currency"], order.currency_id)
        self.assertAlmostEqual(rest._get_commercial_invoice()["total"], 120.0)
        action = picking.action_print_commercial_invoice()
        self.assertEqual(action["report_type"], "qweb-pdf")
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("order_management.commercial_invoice", picking.ids)[0]
            .decode()
        )
        for text in ("Commercial Invoice", "61091000", "Käufer GmbH", "DAP", "VN"):
            self.assertIn(text, html)

    def test_commercial_invoice_in_two_languages(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        picking = self._order_abroad().picking_ids
        self.buyer.lang = "en_US"
        self.assertEqual(picking._get_commercial_words()["exporter"], "Exporter")
        self.buyer.lang = "vi_VN"
        texts = type(picking)._get_commercial_texts

        def translated(records):
            words = texts(records)
            if records.env.lang == "vi_VN":
                words["exporter"] = "Người xuất khẩu"
            return words

        self.patch(type(picking), "_get_commercial_texts", translated)
        words = picking._get_commercial_words()
        self.assertEqual(words["exporter"], "Exporter / Người xuất khẩu")

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .review_common import ReviewCommon


@tagged("post_install", "-at_install", "meets_others")
class TestReviewRules(ReviewCommon):
    """OM-9: what each check finds, and what it says about it in figures."""

    def test_duplicate(self):
        rule = self._make_rule("duplicate", threshold_hours=24)
        now = fields.Datetime.now()
        first = self._order(date_order=now - timedelta(hours=3))
        second = self._order(date_order=now, sale_channel_id=self.channel.id)
        self.assertFindsNothing(rule, first)
        self.assertFinds(rule, second, first.name, "24 hours")
        other_lines = self._order(quantity=3, date_order=now)
        self.assertFindsNothing(rule, other_lines)
        rule.threshold_hours = 2
        self.assertFindsNothing(rule, second)
        rule.threshold_hours = 24
        first._action_cancel()
        self.assertFindsNothing(rule, second)

    def test_parts_of_an_order_are_no_duplicates(self):
        rule = self._make_rule("duplicate")
        moment = fields.Datetime.now() - timedelta(hours=1)
        order = self._order(quantity=4, date_order=moment)
        [part] = order._split([{order.order_line: 2}], "Two days")
        self.assertEqual(part.order_line.product_uom_qty, 2)
        self.assertFalse(rule._find(order + part))
        self.assertFinds(rule, self._order(), order.name, part.name)

    def test_duplicate_by_telephone(self):
        rule = self._make_rule("duplicate")
        twin = self.buyer.copy({"name": "Someone Else", "phone": "0905 700 801"})
        first = self._order(date_order=fields.Datetime.now() - timedelta(hours=1))
        second = self._order()
        second.partner_id = second.partner_shipping_id = twin
        second.order_line.product_uom_qty = 2
        self.assertFinds(rule, second, first.name)
        twin.phone = "0905 700 802"
        self.assertFindsNothing(rule, second)

    def test_walk_in_buyers_are_nobody(self):
        rule = self._make_rule("duplicate")
        self.channel.walkin_partner_id = self.buyer
        self.buyer.phone = False
        self._order(date_order=fields.Datetime.now() - timedelta(hours=1))
        self.assertFindsNothing(rule, self._order())

    def test_address(self):
        rule = self._make_rule("address")
        order = self._order()
        self.assertFindsNothing(rule, order)
        self.buyer.phone = "12"
        self.buyer.street = False
        self.assertFinds(rule, order, "no street", "“12” is no telephone number")
        self.buyer.write({"phone": "(+84) *****12", "street": "5 Tôn Đức Thắng"})
        self.assertFindsNothing(rule, order)

    def test_address_of_services_does_not_matter(self):
        rule = self._make_rule("address")
        service = self._create_product("HELP", 10, type="service", is_storable=False)
        self.buyer.street = False
        self.assertFindsNothing(rule, self._order(product=service))

    def test_country(self):
        vn = self.env.ref("base.vn")
        rule = self._make_rule("country")
        order = self._order()
        self.assertFindsNothing(rule, order)
        rule.country_ids = vn
        self.assertFinds(rule, order, vn.name)
        rule.country_mode = "only"
        self.assertFindsNothing(rule, order)

    def test_price_below_the_list(self):
        rule = self._make_rule("price", threshold_percent=10)
        self.assertFindsNothing(rule, self._order(price=36.0))
        self.assertFinds(
            rule, self._order(price=30.8), "23 % below the list", "allowed 10 %"
        )
        discounted = self._order()
        discounted.order_line.discount = 50
        self.assertFinds(rule, discounted, "50 % below the list")

    def test_price_of_a_price_list(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Half",
                "currency_id": self.company.currency_id.id,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 50,
                            "applied_on": "3_global",
                        }
                    )
                ],
            }
        )
        rule = self._make_rule("price", threshold_percent=10)
        order = self._order(price=20.0, pricelist_id=pricelist.id)
        order.order_line.price_unit = 20.0
        self.assertFindsNothing(rule, order)
        rule.floor_pricelist_id = pricelist
        order.order_line.price_unit = 19.0
        self.assertFinds(rule, order, "below the floor")

    def test_price_below_cost(self):
        self.lamp.with_company(self.company).standard_price = 39.0
        rule = self._make_rule("price", threshold_percent=50, is_below_cost=True)
        self.assertFindsNothing(rule, self._order(price=39.0))
        self.assertFinds(rule, self._order(price=38.0), "below its cost")

    def test_margin(self):
        self.lamp.with_company(self.company).standard_price = 38.0
        rule = self._make_rule("margin", threshold_percent=10)
        self.assertFinds(rule, self._order(), "Margin 5.0 %", "10 %")
        rule.threshold_percent = 5
        self.assertFindsNothing(rule, self._order())

    def _confirm_history(self, count=3, quantity=2.0):
        past = fields.Datetime.now() - timedelta(days=5)
        orders = self.env["sale.order"].concat(
            *(self._order(quantity=quantity) for _number in range(count))
        )
        orders.write({"state": "sale", "date_order": past})
        return orders

    def test_quantity_out_of_pattern(self):
        rule = self._make_rule("quantity", threshold_factor=10, threshold_count=3)
        self.assertFindsNothing(rule, self._order(quantity=500))
        self._confirm_history()
        self.assertFinds(rule, self._order(quantity=21), "21 asked", "2 is usual")
        self.assertFindsNothing(rule, self._order(quantity=20))
        rule.history_of = "customer"
        stranger = self._order(quantity=500)
        stranger.partner_id = self.partner
        self.assertFindsNothing(rule, stranger)
        self.assertFinds(rule, self._order(quantity=500), "500 asked")

    def test_unpaid(self):
        rule = self._make_rule("unpaid")
        self.assertFindsNothing(rule, self._order())
        order = self._order(channel_number="C-1", sale_channel_id=self.channel.id)
        self.assertFinds(rule, order, "Not paid")
        order.channel_paid = True
        self.assertFindsNothing(rule, order)

    def test_credit(self):
        self.company.account_use_credit_limit = True
        self.buyer.with_company(self.company).write(
            {"use_partner_credit_limit": True, "credit_limit": 100}
        )
        rule = self._make_rule("credit")
        self.assertFindsNothing(rule, self._order())
        self.assertFinds(rule, self._order(quantity=3), "20.00 too much")

    def test_overdue(self):
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=self.company, install_demo=False
        )
        rule = self._make_rule("overdue", threshold_days=30)
        order = self._order()
        due = fields.Date.today() - timedelta(days=31)
        invoice = (
            self.env["account.move"]
            .with_company(self.company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.buyer.id,
                    "invoice_date": due,
                    "invoice_date_due": due,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Old",
                                "price_unit": 70,
                                "tax_ids": [],
                                "quantity": 1,
                            }
                        )
                    ],
                }
            )
        )
        self.assertFindsNothing(rule, order)
        invoice.action_post()
        self.assertFinds(rule, order, "70.00", "30 days")
        rule.threshold_amount = 70
        self.assertFindsNothing(rule, order)
        rule.write({"threshold_amount": 0, "threshold_days": 31})
        self.assertFindsNothing(rule, order)

    def test_stock_is_shared_by_a_batch(self):
        self._add_stock(3, self.lamp)
        rule = self._make_rule("stock")
        first, second = self._order(), self._order()
        findings = rule._find(first + second)
        self.assertEqual(list(findings), [second.id])
        self.assertIn("2 asked for, 1 can be promised", findings[second.id][0])

    def test_stock_where_sourcing_may_serve_from(self):
        """All warehouses of the rules count, together only where lines may be torn."""
        houses = self.env["stock.warehouse"].create(
            [
                {"name": name, "code": name, "company_id": self.company.id}
                for name in ("SRV1", "SRV2")
            ]
        )
        for house in houses:
            self._add_stock(3, self.lamp, warehouse=house)
        rule = self._make_rule("stock")
        self.assertFinds(rule, self._order(), "0 can be promised", self.warehouse.name)
        sourcing = self.env["order.sourcing.rule"].create(
            {"name": "Any", "company_id": self.company.id, "keep_back_qty": 1}
        )
        orders = self._order() + self._order() + self._order()
        findings = rule._find(orders)
        self.assertEqual(list(findings), [orders[2].id])
        self.assertIn("SRV1", findings[orders[2].id][0])
        big = self._order(quantity=4)
        self.assertFinds(rule, big, "4 asked for, 2 can be promised")
        sourcing.splits_lines = True
        self.assertFindsNothing(rule, big)
        self.assertFinds(rule, self._order(quantity=5), "4 can be promised")
        sourcing.warehouse_ids = houses[0]
        self.assertFinds(rule, big, "2 can be promised in SRV1")
        big.warehouse_id = houses[1]
        self.assertEqual(big.sourcing_state, "manual")
        self.assertFinds(rule, big, "3 can be promised in SRV2")

    def test_note(self):
        rule = self._make_rule("note")
        order = self._order(buyer_note="<b>Please</b> gift wrap")
        self.assertFinds(rule, order, "<b>Please</b> gift wrap")
        rule.threshold_text = "hoá đơn, invoice"
        self.assertFindsNothing(rule, order)
        order.buyer_note = "Xuất HÓA ĐƠN giúp mình"
        self.assertFinds(rule, order)

    def test_amount(self):
        rule = self._make_rule("amount", threshold_amount=100)
        self.assertFindsNothing(rule, self._order())
        self.assertFinds(rule, self._order(quantity=3), "120.00", "100.00")

    def test_new_customer(self):
        rule = self._make_rule("new_customer")
        self.assertFinds(rule, self._order())
        self._confirm_history(1)
        self.assertFindsNothing(rule, self._order())

    def test_blacklist_whatever_the_writing(self):
        rule = self._make_rule("blacklist")
        order = self._order()
        self.assertFindsNothing(rule, order)
        blacklist = self.env["order.blacklist"]
        for kind, value in (
            ("phone", "0905.700.801"),
            ("email", " Review.Buyer@EXAMPLE.com"),
            ("address", "5, ton duc thang - HUE"),
        ):
            entry = blacklist.create(
                {"kind": kind, "value": value, "reason": "Never pays"}
            )
            if kind == "phone":
                entry.company_id = self.company
            self.assertFinds(rule, order, "Never pays")
            entry.expires_on = fields.Date.today() - timedelta(days=1)
            self.assertFindsNothing(rule, order)

    def test_blacklist_refuses_what_nobody_has(self):
        with self.assertRaisesRegex(ValidationError, "cannot be recognised"):
            self.env["order.blacklist"].create(
                {"kind": "email", "value": "nobody", "reason": "?"}
            )

    def test_refund_and_shipped(self):
        order = self._import_order(channel=None)
        row = order.channel_order_ids
        refund = self._make_rule("refund")
        shipped = self._make_rule("shipped")
        self.assertFindsNothing(refund, order)
        for kind, rule in (("refund", refund), ("status", shipped)):
            self.env["channel.order.change"].create(
                {
                    "order_id": order.id,
                    "channel_order_id": row.id,
                    "kind": kind,
                    "label": f"Told: {kind}",
                }
            )
            self.assertFinds(rule, order, f"Told: {kind}")

    def test_condition_and_code(self):
        rule = self._make_domain_rule('[("amount_total", ">", 100)]', name="Big one")
        self.assertFinds(rule, self._order(quantity=3), "Big one")
        self.assertFindsNothing(rule, self._order())
        lines = self._make_domain_rule(
            '[("product_uom_qty", ">", 5)]', model="sale.order.line"
        )
        self.assertFinds(lines, self._order(quantity=6), "Lamp")
        code = self._make_code_rule(
            "failed = 'Even' if self.order_line.product_uom_qty % 2 == 0 else False"
        )
        self.assertFinds(code, self._order(), "Even")
        self.assertFindsNothing(code, self._order(quantity=3))

    def test_what_cannot_be_understood_is_refused(self):
        for domain in ("[('x']", "[('no_such_field', '=', 1)]", "import os"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._make_domain_rule(domain)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._make_code_rule("failed = (")
        with (
            self.assertRaises(AccessError),
            mute_logger("odoo.addons.base.models.ir_model"),
        ):
            self._make_code_rule("failed = True").with_user(self.manager).copy()

    def test_only_for(self):
        rule = self._make_rule(channel_ids=[Command.set(self.channel.ids)])
        self.assertFindsNothing(rule, self._order())
        self.assertFinds(rule, self._order(sale_channel_id=self.channel.id))
        tag = self.env["res.partner.category"].create({"name": "Dealer"})
        rule = self._make_rule(partner_category_ids=[Command.set(tag.ids)])
        self.assertFindsNothing(rule, self._order())
        self.buyer.category_id = tag
        self.assertFinds(rule, self._order())

    def test_other_users_of_the_engine_never_see_our_rules(self):
        self._make_rule()
        rules = self.env["exception.rule"]
        infos = rules._get_rules_info_for_domain(
            [("model", "=", "sale.order"), ("active", "=", True)]
        )
        ours = rules.search([("is_review", "=", True)])
        self.assertFalse({info.id for info in infos} & set(ours.ids))

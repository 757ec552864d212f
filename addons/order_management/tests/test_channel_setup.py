# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from .common import OrderManagementCommon
from .upload_common import UploadCommon


class SetupCommon(OrderManagementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {"country_id": cls.env.ref("base.vn").id, "street": "1 Lê Lợi"}
        )
        cls.product.write({"default_code": "SETUP-1", "company_id": cls.company.id})
        cls.second = cls._create_product("SETUP-2", list_price=7.5)
        cls.manager = cls._create_user("manager")
        cls.products = cls.product | cls.second
        cls.mine = cls.channel.with_user(cls.manager)

    @classmethod
    def _create_product(cls, code, company=None, **values):
        return cls.env["product.product"].create(
            {
                "name": f"Product {code}",
                "default_code": code,
                "list_price": 5.0,
                "taxes_id": False,
                "company_id": (company or cls.company).id,
                **values,
            }
        )

    def _wizard(self, **values):
        return (
            self.env["sale.channel.setup"]
            .with_user(self.manager)
            .create({"name": "New shop", "company_id": self.company.id, **values})
        )

    def _states(self, steps):
        return {step["name"]: step["state"] for step in steps}


@tagged("post_install", "-at_install", "meets_others")
class TestTestOrder(SetupCommon):
    """OM-2: a test order goes the real way and leaves nothing behind."""

    def test_goes_the_whole_way(self):
        row = self.mine._send_test_order(self.products)
        self.assertEqual(row.state, "imported", row.error)
        self.assertTrue(row.is_test)
        order = row.sale_order_id
        self.assertTrue(order.is_channel_test)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.order_line.product_id, self.products)
        # 2 × 40 + 7.50
        self.assertEqual(order.amount_total, 87.5)
        self.assertEqual(order.sale_channel_id, self.channel)
        steps = row.with_user(self.manager)._get_test_result()
        self.assertEqual(set(self._states(steps).values()), {"ok", "note"})
        self.assertIn(
            "SETUP-1", next(s for s in steps if s["name"] == "products")["text"]
        )

    def test_taxes_on_top_and_inside(self):
        """The total of the test agrees with the taxes of the products, both ways."""
        group = self.env["account.tax.group"].create(
            {"name": "VAT", "company_id": self.company.id}
        )
        for included in (True, False):
            tax = self.env["account.tax"].create(
                {
                    "name": f"VAT 8 {included}",
                    "amount": 8,
                    "company_id": self.company.id,
                    "tax_group_id": group.id,
                    "price_include_override": "tax_excluded",
                }
            )
            self.products.write({"taxes_id": [Command.set(tax.ids)]})
            for policy in ("odoo", "channel"):
                self.channel.write(
                    {"prices_include_tax": included, "tax_policy": policy}
                )
                with self.subTest(included=included, policy=policy):
                    row = self.mine._send_test_order(self.products)
                    self.assertEqual(row.state, "imported", row.error)
                    self.assertAlmostEqual(row.sale_order_id.amount_total, 94.5, 2)

    def test_stays_a_quotation(self):
        """Nothing confirms or submits it: settings, people or other code."""
        self.company.approval_mode = "explicit"
        self.channel.write({"auto_submit": True, "auto_confirm": True})
        order = self.mine._send_test_order(self.products).sale_order_id
        self.assertEqual((order.state, order.approval_state), ("draft", "none"))
        with self.assertRaisesRegex(UserError, "test order"):
            order.with_user(self.manager).action_submit()
        self.company.approval_mode = "none"
        self.channel.write({"auto_submit": False})
        order = self.mine._send_test_order(self.products).sale_order_id
        self.assertEqual(order.state, "draft")
        with self.assertRaisesRegex(UserError, "stays a quotation"):
            order.with_user(self.manager).action_confirm()
        with self.assertRefusedByDatabase("sale_order_channel_test_check"):
            order.write({"state": "sale"})
        self.assertFalse(order.copy().is_channel_test)

    def test_counts_nowhere(self):
        counters = ["inbox_count", "order_count", "held_count", "error_count"]
        before = self.channel.read(counters)
        row = self.mine._send_test_order(self.products)
        self.env.flush_all()
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.read(counters), before)
        self.assertEqual(self.channel.test_order_count, 1)
        lines = self.env["sale.report"].search_count(
            [("order_reference", "=", f"sale.order,{row.sale_order_id.id}")]
        )
        self.assertEqual(lines, 0)
        hub = self.env["order.hub"].search(
            [("sale_order_id", "=", row.sale_order_id.id)]
        )
        self.assertTrue(hub.is_test)
        events = self.env["order.event"].search([("channel_id", "=", self.channel.id)])
        self.assertTrue(events)
        self.assertTrue(all(event.is_test for event in events))
        forecast = self.env["stock.forecasted_product_product"]
        domain = forecast._product_sale_domain(False, self.product.ids)
        self.assertFalse(self.env["sale.order.line"].search(domain))

    def test_removed_without_a_trace(self):
        row = self.mine._send_test_order(self.products)
        order, buyer = row.sale_order_id, row.sale_order_id.partner_id
        contacts = buyer | order.partner_shipping_id
        row.with_user(self.manager).action_remove_test()
        self.assertFalse(order.exists())
        self.assertFalse(contacts.exists())
        self.assertEqual(row.state, "ignored")
        self.assertFalse(row.sale_order_id)
        self.assertEqual(self.channel.test_order_count, 0)
        maps = self.env["channel.partner.map"].search_count(
            [("channel_id", "=", self.channel.id)]
        )
        self.assertEqual(maps, 0)
        # a second click is harmless, and nothing brings it back
        row.with_user(self.manager).action_remove_test()
        row.with_user(self.manager).action_retry()
        self.assertEqual(row.state, "ignored")
        result = row.with_user(self.manager)._get_test_result()
        self.assertEqual(self._states(result), {"removed": "ok"})

    def test_cancelled_or_used_otherwise_is_removed_too(self):
        row = self.mine._send_test_order(self.products)
        buyer = row.sale_order_id.partner_id
        row.sale_order_id._action_cancel()
        real = self._create_order(partner_id=buyer.id)
        row.sale_order_id.with_user(self.manager).action_remove_channel_test()
        self.assertEqual(row.state, "ignored")
        self.assertTrue(real.exists())
        self.assertFalse(buyer.active, "still on a real order: archived, not deleted")

    def test_sent_again_replaces_the_last(self):
        first = self.mine._send_test_order(self.products)
        second = self.mine._send_test_order(self.products)
        self.assertEqual(first.state, "ignored")
        self.assertEqual(second.state, "imported")
        self.assertNotEqual(first.number, second.number)
        self.assertEqual(self.channel.test_order_count, 1)

    def test_what_went_wrong_is_shown(self):
        """The step that failed says why; those after it were not reached."""
        payload = self.channel._prepare_test_payload(self.products)
        cases = {
            "products": {"lines": [{**payload["lines"][0], "sku": "NO-SUCH"}]},
            "total": {"total": "1.00"},
            "understood": {"currency": "RMB"},
        }
        order = ["received", "understood", "products", "taxes", "customer", "total"]
        for failed, values in cases.items():
            row = self._create_row(
                f"T-{failed}",
                payload={**payload, "external_id": f"T-{failed}", **values},
                is_test=True,
            )
            row.action_process()
            states = self._states(row._get_test_result())
            with self.subTest(failed=failed, error=row.error):
                self.assertEqual(states[failed], "missing")
                at = order.index(failed)
                self.assertEqual({states[name] for name in order[:at]}, {"ok"})
                self.assertEqual(
                    {states[name] for name in [*order[at + 1 :], "order"]}, {"skipped"}
                )
        self.channel.with_user(self.manager).action_remove_test_orders()
        self.assertEqual(self.channel.test_order_count, 0)

    def test_refused_with_what_to_do(self):
        everything = self.env["product.product"].search([("default_code", "!=", False)])
        everything.default_code = False
        with self.assertRaisesRegex(UserError, "internal reference"):
            self.mine._send_test_order()
        with self.assertRaisesRegex(UserError, "has no SKU"):
            self.mine._send_test_order(self.product)
        self.channel.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self.mine._send_test_order(self.products)
        with self.assertRaises(AccessError):
            self.other_channel.with_user(self.manager)._send_test_order(self.products)
        both = self.env.user
        other = self.other_channel.with_user(both).with_context(
            allowed_company_ids=self.company.ids
        )
        with self.assertRaisesRegex(UserError, "Switch to that company"):
            other._send_test_order(self.products)
        channels = self.channel | self.other_channel
        rows = self.env["channel.order"].search([("channel_id", "in", channels.ids)])
        self.assertFalse(rows)

    def test_rights(self):
        row = self.mine._send_test_order(self.products)
        for role in ("clerk", "reviewer", "warehouse"):
            user = self._create_user(role)
            with self.assertRaises(AccessError, msg=role):
                self.channel.with_user(user)._send_test_order(self.products)
            with self.assertRaises(AccessError, msg=role):
                row.with_user(user).action_remove_test()
            with self.assertRaises(AccessError, msg=role):
                self.env["sale.channel.setup"].with_user(user).create({"name": "X"})
        real = self._create_row("REAL-1")
        with self.assertRaisesRegex(UserError, "Only test orders"):
            (row | real).with_user(self.manager).action_remove_test()
        self.assertEqual(row.state, "imported")

    def test_products_are_of_the_company_and_unmistakable(self):
        twin = self._create_product("SETUP-1")
        neighbour = self._create_product("SETUP-0", self.other_company)
        found = self.channel._get_test_products(limit=200)
        self.assertIn(self.second, found)
        self.assertFalse(found & (self.product | twin | neighbour))
        self.assertFalse(found & self.env.ref("order_management.product_product_fee"))


@tagged("post_install", "-at_install", "meets_others")
class TestChannelSetup(SetupCommon):
    """X-3: a channel by questions, from the first to the test order."""

    def test_from_questions_to_test_order(self):
        with Form(self.env["sale.channel.setup"].with_user(self.manager)) as form:
            form.name = "Guided"
            form.channel_type = "api"
        setup = form.record
        self.assertEqual(setup.payload_retention_days, 180)
        for step in ("orders", "money"):
            setup.action_next()
            self.assertEqual(setup.step, step)
            self.assertFalse(setup.channel_id, "nothing is made before all is asked")
        setup.write({"warehouse_id": self.warehouse.id, "approval_mode": "explicit"})
        setup.action_next()
        channel = setup.channel_id
        self.assertEqual((channel.name, channel.channel_type), ("Guided", "api"))
        self.assertEqual(channel.company_id, self.company)
        self.assertEqual(channel.warehouse_id, self.warehouse)
        self.assertEqual(channel.approval_mode, "explicit")
        self.assertIn("/json/2/channel.order/receive", setup.api_endpoint)
        self.assertIn(f'"channel_id": {channel.id}', setup.api_example)
        setup.action_next()
        setup.product_ids = self.products
        setup.action_send_test()
        self.assertEqual(setup.test_state, "imported", setup.test_row_id.error)
        self.assertIn("o_setup_ok", setup.result_html)
        setup.action_remove_test()
        self.assertEqual(setup.test_state, "ignored")
        action = setup.action_finish()
        self.assertEqual(action["res_id"], channel.id)

    def test_back_and_on_changes_the_same_channel(self):
        setup = self._wizard(channel_type="file", step="money")
        setup.action_next()
        channel = setup.channel_id
        for step in ("money", "orders", "kind", "kind"):
            setup.action_back()
            self.assertEqual(setup.step, step)
        setup.name = "Renamed"
        setup.action_next()
        self.assertEqual(channel.name, "Renamed")
        self.assertEqual(
            self.env["sale.channel"].search_count([("name", "=", "New shop")]), 0
        )

    def test_an_existing_channel_is_asked_again(self):
        self.channel.write({"channel_type": "email", "payload_retention_days": 30})
        action = self.mine.action_setup()
        setup = self.env["sale.channel.setup"].browse(action["res_id"])
        self.assertEqual(setup.payload_retention_days, 30)
        self.assertEqual(setup.channel_type, "email")
        setup.write({"alias_name": "orders.setup", "mail_senders": "@shop.example"})
        setup.with_user(self.manager).action_finish()
        self.assertEqual(self.channel.alias_name, "orders.setup")
        self.assertEqual(self.channel.mail_senders, "@shop.example")
        row = self.mine._send_test_order(self.products)
        setup = self.env["sale.channel.setup"].browse(self.mine.action_test()["res_id"])
        self.assertEqual((setup.step, setup.test_row_id), ("test", row))

    def test_checks_say_what_is_missing(self):
        def check(name):
            checks = self.mine._get_setup_checks()
            [one] = [one for one in checks if one["name"] == name]
            return one["state"], one["text"]

        self.channel.channel_type = "api"
        self.assertEqual(check("source")[0], "missing")
        user = self._create_user("channel")
        self.assertIn(user.name, check("source")[1])
        self.assertEqual(check("source")[0], "missing")
        self.channel.channel_type = "email"
        self.assertEqual(check("source")[0], "missing")
        self.channel.channel_type = "manual"
        self.assertEqual(check("source")[0], "ok")
        self.assertEqual(check("warehouse")[0], "ok")
        self.channel.tax_policy = "channel"
        self.assertEqual(check("taxes")[0], "missing")
        self.channel.payload_retention_days = 0
        self.assertEqual(check("retention")[0], "warning")
        self.channel.approval_mode = "explicit"
        self.assertEqual(check("approval")[0], "ok")

    def test_bad_answers(self):
        with self.assertRaisesRegex(UserError, "Give the channel a name"):
            self._wizard(name="  ").action_next()
        with self.assertRaisesRegex(UserError, "Choose how orders come in"):
            self._wizard(channel_type=False).action_next()
        with self.assertRaisesRegex(UserError, "less than zero"):
            self._wizard(payload_retention_days=-1).action_next()
        with self.assertRaises(UserError):
            other = self._get_warehouse(self.other_company)
            self._wizard(warehouse_id=other.id)
        self.assertFalse(self.env["sale.channel"].search([("name", "=", "New shop")]))

    def test_another_company_clears_what_was_of_the_first(self):
        self.manager.company_ids = self.company | self.other_company
        wizard = self.env["sale.channel.setup"].with_user(self.manager)
        wizard = wizard.with_context(
            allowed_company_ids=(self.company | self.other_company).ids
        )
        setup = wizard.new(
            {
                "name": "X",
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
            }
        )
        setup.company_id = self.other_company
        setup._onchange_company_id()
        self.assertFalse(setup.warehouse_id)

    def test_api_key(self):
        """Its user may hand over orders and nothing else; few may make it."""
        self.channel.channel_type = "api"
        with self.assertRaises(AccessError):
            self.mine.action_make_api_key()
        self.manager.group_ids += self.env.ref("base.group_erp_manager")
        key = self.mine.action_make_api_key()["context"]["default_key"]
        user = self.channel.api_user_id
        self.assertEqual(user.group_ids, self.env.ref("order_management.group_channel"))
        self.assertEqual(user.company_ids, self.company)
        keys = self.env["res.users.apikeys"]
        self.assertEqual(keys._check_credentials(scope="rpc", key=key), user.id)
        self.assertTrue(user.api_key_ids.expiration_date)
        self.mine.action_make_api_key()
        self.assertEqual(self.channel.api_user_id, user, "a second key, the same user")
        checks = self._states(self.mine._get_setup_checks())
        self.assertEqual(checks["source"], "ok")
        inbox = self.env["channel.order"].with_user(user)
        payload = self.channel._prepare_test_payload(self.products)
        self.assertEqual(
            inbox.receive(self.channel.id, [payload])[0]["state"], "received"
        )


@tagged("post_install", "-at_install")
class TestSample(UploadCommon, HttpCase):
    """OM-2: the sample of the own products is a file that can be uploaded."""

    def test_sample_is_imported_as_it_is(self):
        self.authenticate(self.clerk.login, self.clerk.login)
        response = self.url_open(f"/order_management/upload_sample/{self.channel.id}")
        self.assertEqual(response.status_code, 200)
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        self.assertGreater(sheet.max_row, 2)
        upload = self._upload(response.content, "sample.xlsx")
        self.assertEqual(upload.state, "mapped", upload.problem)

    @mute_logger("odoo.http")
    def test_neighbours_get_none(self):
        self.authenticate(self.clerk.login, self.clerk.login)
        url = f"/order_management/upload_sample/{self.other_channel.id}"
        self.assertEqual(self.url_open(url).status_code, 403)

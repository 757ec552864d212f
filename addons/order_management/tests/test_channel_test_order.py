# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .setup_common import SetupCommon


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

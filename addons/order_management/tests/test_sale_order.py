# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged

from .common import OrderManagementCommon


@tagged("post_install", "-at_install", "meets_others")
class TestSaleOrder(OrderManagementCommon):
    """The order, linked both ways with the inbox; plain Odoo stays plain."""

    def test_links_both_ways(self):
        """OM-1: from the row to the order and back."""
        order = self._create_order(sale_channel_id=self.channel.id)
        row = self._create_row("A1", sale_order_id=order.id)
        row._transition("imported")
        self.assertEqual(order.channel_order_ids, row)
        self.assertEqual((order.channel_order_count, order.event_count), (1, 1))
        action = order.action_view_channel_orders()
        self.assertEqual(action["res_id"], row.id)
        self.assertEqual(row.action_view_sale_order()["res_id"], order.id)
        rows = row | self._create_row("A2", sale_order_id=order.id)
        action = order.action_view_channel_orders()
        self.assertFalse(action["res_id"])
        self.assertEqual(self.env["channel.order"].search(action["domain"]), rows)

    def test_copy_is_a_new_order(self):
        order = self._create_order(
            sale_channel_id=self.channel.id, channel_number="WEB-1"
        )
        self._create_row("A1", sale_order_id=order.id)
        copy = order.copy()
        self.assertFalse(copy.channel_number)
        self.assertEqual(copy.channel_order_count, 0)

    def test_invoice_keeps_the_channel(self):
        order = self._create_order(sale_channel_id=self.channel.id)
        self.assertEqual(order._prepare_invoice()["sale_channel_id"], self.channel.id)

    def test_plain_order_of_the_model(self):
        """Invariant 10: no changed default, no changed order of lists."""
        self.assertEqual(self.env["sale.order"]._order, "date_order desc, id desc")
        self.assertEqual(self.env["sale.order.line"]._order, "order_id, sequence, id")
        defaults = self.env["sale.order"].default_get(
            list(self.env["sale.order"]._fields)
        )
        self.assertFalse(defaults.get("sale_channel_id"))

    def test_no_query_for_the_hub(self):
        """Invariant 10: an order that uses nothing of the hub asks nothing of it."""
        seen = []
        execute = type(self.env.cr).execute

        def spy(cursor, query, *args, **kwargs):
            seen.append(getattr(query, "code", query))
            return execute(cursor, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", spy)
        order = self.env["sale.order"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.partner.id,
                "order_line": [
                    Command.create({"product_id": self.product.id}) for _n in range(5)
                ],
            }
        )
        order.action_confirm()
        self.env.flush_all()
        tables = (
            "sale_channel",
            "channel_order",
            "channel_return",
            "order_event",
            "order_quota",
            "stock_hold",
        )
        self.assertTrue(any("sale_order" in query for query in seen), "spy works")
        for table in tables:
            asked = [query for query in seen if f'"{table}' in query]
            self.assertFalse(asked, table)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PosHubCase


@tagged("post_install", "-at_install", "meets_others")
class TestPosHub(PosHubCase):
    """OM-1, OM-2: sales at tills are on the list of all orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.salesperson

    def setUp(self):
        super().setUp()
        self.open_new_session()

    def _get_rows(self, *domain, user=None):
        return (
            self.env["order.hub"]
            .with_user(user or self.clerk)
            .search([("channel_id", "=", self.channel.id), *domain])
        )

    def test_sale_is_a_row(self):
        """Number, channel, customer, amount, currency and state of a sale."""
        sale = self._sell((self.bolt, 3))
        row = self._get_rows()
        self.assertEqual(row.id, 1_000_000_000 + sale.id)
        self.assertEqual(row.pos_order_id, sale)
        self.assertEqual(row.number, sale.pos_reference)
        self.assertEqual(row.date, sale.date_order)
        self.assertEqual(row.customer_name, "Customer 1")
        self.assertEqual(row.amount, 30.0)
        self.assertEqual(row.currency_id, self.company_currency)
        self.assertEqual((row.state, row.pos_state), ("pos_paid", "paid"))
        self.assertEqual(row.company_id, self.company)
        self.assertFalse(row.todo)

    def test_customer_unknown(self):
        """Most people at a till do not say who they are."""
        self.customer = self.env["res.partner"]
        self._sell((self.bolt, 1))
        row = self._get_rows()
        self.assertEqual(row.amount, 10.0)
        self.assertFalse(row.customer_name)

    def test_states(self):
        sale = self._sell((self.bolt, 1))
        invoiced = self._sell((self.bolt, 2), to_invoice=True)
        self.assertEqual(invoiced.account_move.sale_channel_id, self.channel)
        self.pos_session.action_pos_session_closing_control()
        self.assertEqual(sale.state, "done")
        states = {row.pos_order_id: row.state for row in self._get_rows()}
        self.assertEqual(states, {sale: "pos_done", invoiced: "pos_invoiced"})

    def test_open_sales_and_other_tills_stay_away(self):
        """Nothing changes until a till is linked, nor before a sale is paid."""
        sale = self._sell((self.bolt, 1), state="draft", payment_ids=[])
        self.assertEqual((sale.state, sale.sale_channel_id), ("draft", self.channel))
        self.assertFalse(self._get_rows())
        self.config.sale_channel_id = False
        self._sell((self.bolt, 1))
        hub = self.env["order.hub"].with_user(self.clerk)
        self.assertFalse(hub.search([("pos_state", "!=", False)]))

    def test_a_sale_keeps_its_channel(self):
        sale = self._sell((self.bolt, 1))
        other = self.channel.copy({"name": "Markets"})
        self.config.sale_channel_id = other
        self.assertEqual(sale.sale_channel_id, self.channel)
        self.assertEqual(self._sell((self.bolt, 1)).sale_channel_id, other)
        self.assertEqual((self.channel + other).mapped("pos_order_count"), [1, 1])

    def test_search(self):
        sale = self._sell((self.bolt, 1))
        self._sell((self.bolt, 2))
        found = self._get_rows(("number", "ilike", sale.pos_reference[2:]))
        self.assertEqual(found.pos_order_id, sale)
        self.assertEqual(len(self._get_rows(("partner_id", "=", self.customer.id))), 2)
        self.assertFalse(self._get_rows(("order_state", "=", "sale")))
        self.assertFalse(self._get_rows(("inbox_state", "!=", False)))

    def test_other_kinds_beside_it(self):
        """Ids tell the three kinds apart; each opens what it stands for."""
        sale = self._sell((self.bolt, 1))
        order = self._create_order(sale_channel_id=self.channel.id)
        row = (
            self.env["channel.order"]
            .sudo()
            .create({"channel_id": self.channel.id, "external_id": "A", "payload": {}})
            .sudo(False)
        )
        rows = self._get_rows(user=self.env.user)
        self.assertEqual(len(rows), 3)
        by_record = {hub._get_record(): hub for hub in rows}
        for record in (sale, order, row):
            action = by_record[record].action_open()
            self.assertEqual(action["res_model"], record._name)
            self.assertEqual(action["res_id"], record.id)
        self.assertEqual(rows.ids, self.env["order.hub"].browse(rows.ids).exists().ids)

    def test_rights(self):
        """Everybody in the hub sees that it was sold; the sale opens at the till."""
        sale = self._sell((self.bolt, 1))
        for group in ("group_clerk", "group_warehouse", "group_accountant"):
            user = self.clerk
            if group != "group_clerk":
                user = self._create_user("base.group_user", group)
            row = self._get_rows(user=user)
            self.assertEqual(row.amount, 10.0)
            self.assertTrue(row.web_read({"pos_order_id": {}, "todo": {}}))
            action = row.action_open()
            self.assertEqual(action["res_model"], "order.hub")
            self.assertEqual(action["res_id"], row.id)
            with self.assertRaises(AccessError):
                sale.lines.with_user(user).read(["qty"])
        cashier = self._create_user("group_clerk", "point_of_sale.group_pos_user")
        action = self._get_rows(user=cashier).action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("pos.order", sale.id)
        )

    def test_no_neighbours(self):
        self._sell((self.bolt, 1))
        neighbour = self._create_user("group_manager", "base.group_user")
        other = self.env["res.company"].create({"name": "Neighbour"})
        neighbour.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(
            self.env["order.hub"]
            .with_user(neighbour)
            .search([("pos_state", "!=", False)])
        )

    def test_goods_that_wait(self):
        """A sale whose goods could not leave says so."""
        sales = self._sell((self.bolt, 1)) + self._sell((self.bolt, 1))
        waiting = sales[0].picking_ids.copy({"pos_order_id": sales[0].id})
        waiting.move_ids.write({"state": "assigned"})
        rows = self._get_rows()
        by_sale = {row.pos_order_id: row.todo for row in rows}
        self.assertIn("Goods wait", by_sale[sales[0]])
        self.assertFalse(by_sale[sales[1]])

    def test_channel_of_the_till(self):
        """One button makes the channel; it stays with its company."""
        self.config.sale_channel_id = False
        action = self.config.action_open_sale_channel()
        channel = self.config.sale_channel_id
        self.assertEqual(action["res_id"], channel.id)
        self.assertEqual((channel.channel_type, channel.name), ("pos", "PoS Shop Test"))
        self.config.action_open_sale_channel()
        self.assertEqual(self.config.sale_channel_id, channel)
        other = self.env["res.company"].create({"name": "Neighbour"})
        with self.assertRaises(UserError):
            channel.company_id = other
        foreign = channel.copy({"company_id": other.id})
        with self.assertRaises(UserError):
            self.config.sale_channel_id = foreign

    def test_list_of_the_channel(self):
        self._sell((self.bolt, 1))
        action = self.channel.with_user(self.clerk).action_view_pos_orders()
        hub = self.env[action["res_model"]].with_user(self.clerk)
        self.assertEqual(len(hub.search(action["domain"])), 1)

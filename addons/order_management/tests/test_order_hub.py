# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import OrderManagementCommon


@tagged("post_install", "-at_install", "meets_others")
class TestOrderHub(OrderManagementCommon):
    """OM-1, X-6: one list over what waits in the inbox and what is an order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(
            sale_channel_id=cls.channel.id, channel_number="C-7"
        )
        cls.row = cls._create_row("A1", number="NO-A1")
        cls.hub = cls.env["order.hub"]
        cls.clerk = cls._create_user("clerk")

    def _get(self, domain=(), user=None):
        hub = self.hub.with_user(user or self.clerk)
        return hub.search([("company_id", "=", self.company.id), *domain])

    def test_each_order_once(self):
        """An inbox row that became an order shows as the order only."""
        imported = self._create_row("A2")
        imported._transition("held", "why")
        imported.sale_order_id = self.order
        imported._transition("imported")
        found = self._get()
        self.assertEqual(found.sale_order_id, self.order)
        self.assertEqual(found.channel_order_id, self.row)
        self.assertEqual(len(found), 2)

    def test_menus(self):
        """What they open can be bookmarked; channels are found once."""
        root = self.env.ref("order_management.order_management_menu")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        bare = [
            menu.action.xml_id
            for menu in menus
            if menu.action
            and menu.action._name == "ir.actions.act_window"
            and menu.action.target != "new"
            and menu.action.xml_id.startswith("order_management")
            and not menu.action.path
        ]
        self.assertEqual(bare, [])
        channels = self.env.ref("order_management.sale_channel_action")
        shown = menus.filtered(lambda menu: menu.action == channels)
        self.assertEqual(len(shown), 1, shown.mapped("complete_name"))

    def test_figures(self):
        """Both kinds tell number, source, buyer, amount, currency and state."""
        order, row = (
            self._get([("sale_order_id", "!=", False)]),
            self._get([("channel_order_id", "!=", False)]),
        )
        self.assertEqual(order.id, self.order.id)
        self.assertEqual(order.number, self.order.name)
        self.assertEqual(order.channel_number, "C-7")
        self.assertEqual(order.amount, 80.0)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.customer_name, "Nguyễn Thị Hoa")
        self.assertEqual(row.number, "NO-A1")
        self.assertEqual(row.channel_id, self.channel)
        self.assertEqual(row.amount, 1805000.0)
        self.assertEqual(row.state, "received")
        self.assertEqual(row.customer_name, "Nguyễn Thị Hoa")
        vnd = self.env.ref("base.VND")
        self.assertEqual(row.currency_id, vnd)
        self.assertEqual(row.read(["amount"])[0]["amount"], 1805000.0)

    def test_bad_totals_show_nothing(self):
        """A figure that is none never breaks the list."""
        for number, total in enumerate(
            ("1e5", "NaN", "١٢", {"a": 1}, None, "9" * 40, "1.", " 5", "1'; DROP")
        ):
            self._create_row(f"B{number}", payload={"total": total, "currency": [1]})
        self._create_row("C", payload={"total": 12.5, "currency": "VND"})
        rows = self._get([("channel_number", "like", "B")])
        self.assertEqual(len(rows), 9)
        self.assertEqual(rows.mapped("amount"), [0.0] * 9)
        self.assertFalse(rows.currency_id)
        self.assertEqual(self._get([("channel_number", "=", "C")]).amount, 12.5)

    def test_states_follow_the_order(self):
        self.company.approval_mode = "explicit"
        self.order = self._create_order()
        self.order.action_submit()
        found = self._get([("approval_state", "=", "to_approve")])
        self.assertEqual((found.state, found.id), ("to_approve", self.order.id))
        self.order.action_approve()
        self.assertEqual(found.sale_order_id, self.order)
        found.invalidate_recordset()
        self.assertEqual(found.state, "approved")
        self.order.action_confirm()
        found.invalidate_recordset()
        self.assertEqual(found.state, "sale")
        self.order._action_cancel()
        found.invalidate_recordset()
        self.assertEqual(found.state, "cancel")
        self.assertFalse(found.todo)

    def test_filters(self):
        """What waits can be found by kind, with what to do about it."""
        self.row._transition("held", "Map “LAMP”")
        self.row.error_code = "unknown_product"
        found = self._get(
            [("error_code", "=", "unknown_product"), ("inbox_state", "=", "held")]
        )
        self.assertEqual(found.channel_order_id, self.row)
        self.assertEqual(found.todo, "Map “LAMP”")
        self.assertFalse(self._get([("user_id", "=", self.clerk.id)]))
        self.channel.user_id = self.clerk
        self.order.user_id = self.clerk
        self.assertEqual(len(self._get([("user_id", "=", self.clerk.id)])), 2)

    def test_groups(self):
        groups = dict(
            self.hub.with_user(self.clerk)._read_group(
                [("channel_id", "=", self.channel.id)], ["state"], ["__count"]
            )
        )
        self.assertEqual(groups, {"draft": 1, "received": 1})

    def test_open_the_real_record(self):
        order, row = (
            self._get([("sale_order_id", "!=", False)]),
            self._get([("channel_order_id", "!=", False)]),
        )
        for record, real in ((order, self.order), (row, self.row)):
            action = record.action_open()
            self.assertEqual(action["res_model"], real._name)
            self.assertEqual(action["res_id"], real.id)

    def test_rights(self):
        """No neighbours; messages' buyers are for clerks; nothing to write."""
        theirs = self._create_row("X", channel=self.other_channel)
        warehouse = self._create_user("warehouse")
        found = self.hub.with_user(self.clerk).search([])
        self.assertNotIn(theirs, found.sudo().channel_order_id)
        self.assertEqual(found.company_id, self.company)
        rows = self._get([("channel_order_id", "!=", False)], warehouse)
        self.assertEqual(len(rows), 1)
        self.assertFalse(rows.customer_name)
        for operation in ("create", "write", "unlink"):
            self.assertFalse(self.hub.with_user(self.clerk).has_access(operation))
        with self.assertRaises(AccessError):
            self.hub.with_user(self._create_user("channel")).search([])
        with self.assertRaises(AccessError):
            rows.action_retry()

    def test_screens_open(self):
        for role in ("clerk", "warehouse", "accountant"):
            user = self.clerk if role == "clerk" else self._create_user(role)
            for model in ("order.hub", "channel.order"):
                records = self.env[model].with_user(user).search([], limit=2)
                kinds = ("list", "kanban", "pivot", "graph", "search")
                views = records.get_views([(False, kind) for kind in kinds])
                names = views["models"][model]["fields"]
                self.assertTrue(
                    records.web_read({name: {} for name in names if name != "id"})
                )

    def test_search_inbox_by_buyer(self):
        """Buyers of waiting rows are in their message, others are customers."""
        imported = self._create_row("A2", payload={"external_id": "A2"})
        imported._transition("held", "why")
        imported.sale_order_id = self.order
        imported._transition("imported")
        rows = self.env["channel.order"].with_user(self.clerk)
        found = rows.search([("buyer_name", "ilike", "thị hoa")])
        self.assertEqual(found, imported + self.row)
        self.assertEqual(set(found.mapped("buyer_name")), {"Nguyễn Thị Hoa"})
        self.assertFalse(rows.search([("buyer_name", "ilike", "nobody")]))
        with self.assertRaises(AccessError):
            rows.with_user(self._create_user("warehouse")).search(
                [("buyer_name", "ilike", "hoa")]
            )

    def test_one_page_of_many(self):
        """The cost of a page does not grow with its rows."""
        hub = self.hub.with_user(self.clerk)
        spec = {"number": {}, "customer_name": {}, "todo": {}, "amount": {}}

        domain = ("company_id", "=", self.company.id)

        def count(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            hub.web_search_read([domain], spec, limit=limit)
            return self.cr.sql_log_count - before

        for number in range(30):
            self._create_row(f"P{number}")
            if number % 5 == 0:
                self._create_order()
        count(30)  # fills the caches of rights for both kinds of rows
        self.assertEqual(count(8), count(30))

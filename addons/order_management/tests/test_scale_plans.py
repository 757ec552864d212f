# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from unittest.mock import patch

from odoo.tests import tagged

from .common import OrderManagementCommon

#: enough for PostgreSQL to prefer an index wherever there is one
ROWS = 20_000


@tagged("post_install", "-at_install")
class TestScalePlans(OrderManagementCommon):
    """OM-28: what people ask is answered by indexes, however many orders there are.

    PostgreSQL says how it would read: nothing may read a whole table of orders, rows
    of the inbox, lines, transfers or customers.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(sale_channel_id=cls.channel.id)
        cls.order.action_confirm()
        cls.row = cls._create_row("WAIT-55", number="NO-55")
        cls.clerk = cls._create_user("clerk")
        cls.env.flush_all()
        cls._multiply(
            "sale_order",
            cls.order.id,
            name="'PL' || n",
            channel_number="'26PL' || n",
            client_order_ref="'PO' || n",
            date_order="now() - n * interval '1 minute'",
            access_token="NULL",
            entry_token="NULL",
        )
        cls._multiply(
            "stock_picking",
            cls.order.picking_ids[:1].id or cls._create_transfer().id,
            name="'PLOUT' || n",
            carrier_tracking_ref="'VNPL' || n",
        )
        cls._multiply(
            "res_partner",
            cls.partner.id,
            name="'Buyer ' || n",
            find_text="'buyer ' || n",
        )
        cls._multiply(
            "channel_order",
            cls.row.id,
            external_id="'PLX' || n",
            number="'PLN' || n",
            payload_hash="md5(n::text) || md5('x' || n)",
            received_at="now() - n * interval '1 minute'",
            state="CASE WHEN n % 100 = 0 THEN 'received' ELSE 'ignored' END",
        )
        cls.env.cr.execute("ANALYZE sale_order, stock_picking, res_partner")
        cls.env.cr.execute("ANALYZE channel_order")
        cls.env.invalidate_all()

    @classmethod
    def _multiply(cls, table, row_id, **special):
        """Copies of a row, with SQL of their own for some columns."""
        cr = cls.env.cr
        cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND table_schema = current_schema AND column_name <> 'id'",
            [table],
        )
        columns = {name: name for (name,) in cr.fetchall()}
        columns.update({k: v for k, v in special.items() if k in columns})
        cr.execute(
            f"INSERT INTO {table} ({', '.join(columns)})"
            f" SELECT {', '.join(columns.values())} FROM {table},"
            f" generate_series(1, {ROWS}) n WHERE {table}.id = {row_id}"
        )

    @classmethod
    def _create_transfer(cls):
        kind = cls.warehouse.out_type_id
        return cls.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": kind.default_location_src_id.id,
                "location_dest_id": cls.env.ref("stock.stock_location_customers").id,
                "sale_id": cls.order.id,
            }
        )

    def _explain(self, work):
        """``[(query, [(kind of node, table or index)])]`` of what ``work`` asks."""
        asked = []
        cr, execute = self.env.cr, self.env.cr.execute

        def record(query, params=None, **kwargs):
            result = execute(query, params, **kwargs)
            asked.append(cr._obj.query.decode())
            return result

        self.env.flush_all()
        with patch.object(cr, "execute", record):
            work()
        plans = []
        for query in asked:
            if query.lstrip().startswith("SELECT"):
                execute("EXPLAIN (FORMAT JSON) " + query.replace("%", "%%"), ())
                plan = cr.fetchone()[0]
                plan = json.loads(plan) if isinstance(plan, str) else plan
                plans.append((query, list(_walk(plan[0]["Plan"]))))
        self.assertTrue(plans)
        return plans

    def _assert_by_index(self, work):
        growing = {"sale_order", "stock_picking", "res_partner", "channel_order"}
        for query, nodes in self._explain(work):
            for kind, name in nodes:
                if kind == "Seq Scan":
                    self.assertNotIn(name, growing, query)

    def _open(self, model, domain):
        records = self.env[model].with_user(self.clerk)
        return lambda: records.web_search_read(domain, {"display_name": {}}, limit=80)

    def test_the_search_box(self):
        for text in (
            "PL12345",
            "26pl777",
            "PO4711",
            "VNPL123",
            "plx4711",
            "buyer 4711",
            "0912345678",
            "nobody@example.com",
            "Nguyễn Thị Hoa",
        ):
            with self.subTest(text=text):
                self._assert_by_index(
                    self._open("order.hub", [("find", "ilike", text)])
                )

    def test_lists(self):
        for model, domain in (
            ("order.hub", []),
            ("order.hub", [("date", ">=", "today")]),
            ("order.hub", [("inbox_state", "=", "received")]),
            ("channel.order", []),
            ("channel.order", [("received_at", ">=", "today")]),
            ("channel.order", [("state", "in", ("received", "held", "error"))]),
        ):
            with self.subTest(model=model, domain=domain):
                self._assert_by_index(self._open(model, domain))

    def test_orders_of_one_state(self):
        """A column of the kanban with few orders in it reads those only."""
        plans = self._explain(self._open("order.hub", [("state", "=", "refused")]))
        names = {name for _query, nodes in plans for _kind, name in nodes}
        self.assertIn("sale_order_hub_state_idx", names)
        self._assert_by_index(self._open("order.hub", [("state", "=", "refused")]))

    def test_groups(self):
        """Figures of all come from an index that holds them, not from the orders."""
        # a table that was filled this moment has no map of what all may see yet
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_bitmapscan = off")
        hub = self.env["order.hub"].with_user(self.clerk)
        rows = self.env["channel.order"].with_user(self.clerk)
        for records, names, index in (
            (hub, ["state"], "sale_order_hub_figures_idx"),
            (hub, ["channel_id"], "sale_order_hub_figures_idx"),
            (hub, ["date:month", "state"], "sale_order_hub_figures_idx"),
            (hub, ["user_id"], "sale_order_hub_figures_idx"),
            (rows, ["state"], "channel_order_figures_idx"),
            (rows, ["channel_id"], "channel_order_figures_idx"),
            (rows, ["received_at:day"], "channel_order_figures_idx"),
        ):
            with self.subTest(model=records._name, names=names):
                domain = [("is_test", "=", False)]
                plans = self._explain(
                    lambda records=records, names=names, domain=domain: (
                        records.formatted_read_group(domain, names, ["__count"])
                    )
                )
                nodes = [node for _query, nodes in plans for node in nodes]
                self.assertIn(("Index Only Scan", index), nodes)


def _walk(plan):
    """``(kind, index or table)`` of all nodes of a plan."""
    yield (
        plan["Node Type"],
        plan.get("Index Name") or plan.get("Relation Name"),
    )
    for child in plan.get("Plans", ()):
        yield from _walk(child)

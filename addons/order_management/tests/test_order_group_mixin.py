# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.tests import tagged

from .common import OrderManagementCommon


@tagged("post_install", "-at_install", "meets_others")
class TestOrderGroupMixin(OrderManagementCommon):
    """OM-28: groups that are added up first are those that Odoo finds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"].create(
            [{"name": name} for name in ("Zoe", "Bình", "an", "Mai")]
        )
        rates = cls.env["res.currency.rate"]
        euro = cls.env.ref("base.EUR")
        euro.active = True
        rates.create(
            {
                "currency_id": euro.id,
                "company_id": cls.company.id,
                "name": "2020-01-01",
                "rate": 0.8,
            }
        )
        price_list = cls.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id, "company_id": cls.company.id}
        )
        for number in range(12):
            cls._create_order(
                quantity=1 + number,
                partner_id=partners[number % 4].id,
                sale_channel_id=cls.channel.id if number % 3 else False,
                date_order=f"2026-0{1 + number % 5}-{10 + number} 22:30:00",
                **({"pricelist_id": price_list.id} if number % 5 == 0 else {}),
            )
        for number in range(5):
            row = cls._create_row(f"G{number}")
            row._write({"received_at": f"2026-0{1 + number % 3}-15 23:10:00"})
        cls.env.flush_all()
        cls.clerk = cls._create_user("clerk")
        cls.domain = [("company_id", "=", cls.company.id)]

    def _ask(self, work, model="order.hub", **context):
        """What Odoo finds, and what is found when rows are added up first."""
        records = self.env[model].with_user(self.clerk).with_context(**context)
        odoo = patch.object(type(records), "_is_for_many", lambda *_args: False)
        with odoo:
            plain = work(records)
        self.env.invalidate_all()
        return plain, work(records)

    def _assert_same(self, work, model="order.hub", **context):
        plain, ours = self._ask(work, model, **context)
        self.assertTrue(plain)
        self.assertEqual(ours, plain)

    def _is_added_up(self, groupby, aggregates=("__count",), order=None):
        hub = self.env["order.hub"]
        return hub._add_up(self.domain, groupby, aggregates, order) is not hub

    def test_groups(self):
        sums = ["__count", "amount:sum"]
        for groupby, order in (
            (["state"], None),
            (["channel_id"], "channel_id desc"),
            (["partner_id"], "partner_id"),
            (["partner_id"], "amount:sum desc, partner_id"),
            (["partner_id", "state"], "__count desc, partner_id, state"),
            (["date:month"], None),
            (["date:day", "channel_id"], "date:day desc, channel_id"),
            (["date:week", "date:month"], None),
            (["date:month_number"], None),
            (["user_id", "currency_id"], None),
            (["is_test"], None),
        ):
            with self.subTest(groupby=groupby, order=order):
                self.assertTrue(self._is_added_up(groupby, sums, order))
                self._assert_same(
                    lambda hub, groupby=groupby, order=order: hub._read_group(
                        self.domain, groupby, sums, order=order or ", ".join(groupby)
                    )
                )

    def test_groups_of_somebody_far_away(self):
        """Half past ten in the evening here is the next morning there."""
        for groupby in (["date:day"], ["date:month", "state"]):
            self._assert_same(
                lambda hub, groupby=groupby: hub._read_group(
                    self.domain, groupby, ["__count"]
                ),
                tz="Asia/Ho_Chi_Minh",
            )

    def test_a_page_of_groups_with_the_number_of_all(self):
        for offset in (0, 2, 4):
            self._assert_same(
                lambda hub, offset=offset: hub.web_read_group(
                    self.domain,
                    ["partner_id"],
                    ["amount:sum"],
                    limit=2,
                    offset=offset,
                )
            )

    def test_the_number_of_groups_costs_no_query(self):
        hub = self.env["order.hub"]
        hub.web_read_group(self.domain, ["partner_id"], limit=2)
        # memory and groups
        with self.assertQueryCount(2):
            found = hub.web_read_group(self.domain, ["state"], limit=2)
        self.assertEqual(found["length"], 2)
        # settings (4), customers of the page, their orders, their names
        with self.assertQueryCount(7):
            found = hub.web_read_group(self.domain, ["partner_id"], limit=2)
        self.assertEqual(found["length"], 5)

    def test_money_of_several_currencies(self):
        sums = ["amount:sum", "amount:sum_currency", "currency_id:array_agg_distinct"]
        self.assertTrue(self._is_added_up(["state"], sums))

        def work(hub):
            groups = hub.formatted_read_group(self.domain, ["state"], sums)
            for group in groups:
                group["amount:sum_currency"] = round(group["amount:sum_currency"], 6)
            return groups

        self._assert_same(work)

    def test_pivot(self):
        for rows, columns in (
            ("channel_id", "state"),
            ("date:month", "channel_id"),
            ("date:quarter", "date:year"),
        ):
            sets = [[], [rows], [columns], [rows, columns]]
            for context in ({}, {"fill_temporal": True}, {"tz": "Asia/Ho_Chi_Minh"}):
                self._assert_same(
                    lambda hub, sets=sets: hub.formatted_read_grouping_sets(
                        self.domain, sets, ["__count", "amount:sum"]
                    ),
                    **context,
                )

    def test_nothing_found(self):
        """A pivot of nothing still has its total of nothing."""
        domain = [("number", "=", "there is none")]
        self._assert_same(
            lambda hub: hub.formatted_read_grouping_sets(
                domain, [[], ["state"]], ["__count", "amount:sum"]
            )
        )

    def test_inbox(self):
        for groupby in (["state"], ["channel_id"], ["received_at:day", "channel_id"]):
            self._assert_same(
                lambda rows, groupby=groupby: rows._read_group(
                    self.domain, groupby, ["__count"]
                ),
                "channel.order",
            )
        self._assert_same(
            lambda rows: rows.formatted_read_grouping_sets(
                self.domain, [[], ["received_at:month"], ["channel_id"]], ["__count"]
            ),
            "channel.order",
        )

    def test_history_and_quantities(self):
        for model, groupby, sums in (
            ("order.event", ["event_at:day", "kind"], ["__count"]),
            ("order.quantity.report", ["product_id"], ["ordered_qty:sum", "__count"]),
        ):
            sets = [[], *([name] for name in groupby), groupby]
            sets = list(dict.fromkeys(map(tuple, sets)))
            self._assert_same(
                lambda rows, sets=sets, sums=sums: rows.formatted_read_grouping_sets(
                    self.domain, [list(names) for names in sets], sums
                ),
                model,
            )

    def _create_quota_moves(self):
        """Of every other order two movements, and one of no order."""
        quota = self.env["order.quota"].create(
            {"name": "Groups", "company_id": self.company.id, "limit_qty": 99}
        )
        quota.action_activate()
        orders = self.env["sale.order"].search(self.domain)[::2]
        self.env["order.quota.move"]._apply_moves(
            [
                {
                    "quota_id": quota.id,
                    "kind": "hold",
                    "delta_held": 1.5,
                    "order_id": order_id,
                    "key": f"groups-{order_id}-{number}",
                }
                for order_id in (*orders.ids, None)
                for number in range(2 if order_id else 1)
            ]
        )
        return orders

    def test_a_page_of_groups_that_nearly_every_record_has_its_own_of(self):
        orders = self._create_quota_moves()
        moves = self.env["order.quota.move"]
        for domain in (
            self.domain,
            [*self.domain, ("order_id", "!=", False)],
            [*self.domain, ("order_id.amount_total", ">", 3)],
        ):
            for offset in range(7):
                self._assert_same(
                    lambda rows, domain=domain, offset=offset: rows.web_read_group(
                        domain, ["order_id"], ["delta_held:sum"], limit=2, offset=offset
                    ),
                    "order.quota.move",
                )
        with patch.object(type(moves), "_find_groups", side_effect=AssertionError):
            found = moves.web_read_group(self.domain, ["order_id"], limit=2)
        self.assertEqual(found["length"], len(orders) + 1)
        self._assert_same(
            lambda rows: rows.web_read_group(
                self.domain, ["order_id"], limit=2, order="order_id desc"
            ),
            "order.quota.move",
        )
        self.assertEqual(
            moves.web_read_group([("id", "=", 0)], ["order_id"], limit=2),
            {"groups": [], "length": 0},
        )

    def test_transfers_are_grouped_by_odoo(self):
        """Only what the hub's screens of parcels ask for is added up."""
        transfers = self.env["stock.picking"]
        for domain, sums, ours in (
            ([("state", "=", "done")], ["__count"], False),
            ([("cod_amount", ">", 0)], ["__count"], True),
            (["!", ("is_late_delivery", "=", True)], ["__count"], True),
            ([], ["cod_amount:sum"], True),
        ):
            with self.subTest(domain=domain, sums=sums):
                added_up = transfers._add_up(domain, ["partner_id"], sums, None)
                self.assertEqual(added_up is not transfers, ours)

    def test_kanban(self):
        self._assert_same(
            lambda hub: hub.web_read_group(
                self.domain,
                ["state"],
                ["__count"],
                auto_unfold=True,
                unfold_read_specification={"number": {}},
                unfold_read_default_limit=3,
            )
        )

    def test_what_cannot_be_added_up_twice_is_left_to_odoo(self):
        self.assertFalse(self._is_added_up(["state"], ["amount:avg"]))
        self.assertFalse(self._is_added_up(["partner_id.country_id"]))
        self.assertFalse(self._is_added_up(["state"], ["__count"], "amount:sum desc"))
        self._assert_same(
            lambda hub: hub._read_group(self.domain, ["state"], ["amount:avg"])
        )
        self._assert_same(
            lambda hub: hub._read_group(
                self.domain, ["state"], ["__count"], having=[("__count", ">", 1)]
            )
        )

    def test_groups_know_nothing_of_how_they_were_found(self):
        for row in self.env["order.hub"]._read_group(self.domain, ["partner_id"]):
            self.assertEqual(row[0].env, self.env)
        self.assertFalse(
            self.env["order.hub"].search([("number", "=", "there is none")])
        )

    def test_only_what_somebody_may_see(self):
        """Another company's orders are in no group."""
        self._create_order(self.other_company)
        self.env.flush_all()
        hub = self.env["order.hub"].with_user(self.clerk)
        companies = {company for (company,) in hub._read_group([], ["company_id"])}
        self.assertEqual(companies, {self.company})

    def test_memory_is_raised_and_never_lowered(self):
        cr = self.env.cr
        for before, after in (("4MB", "64MB"), ("256MB", "256MB")):
            cr.execute("SELECT set_config('work_mem', %s, TRUE)", [before])
            self.env["order.hub"]._read_group(self.domain, ["state"])
            cr.execute("SHOW work_mem")
            self.assertEqual(cr.fetchone()[0], after)
            # pages of a covering index are no leaps
            cr.execute("SHOW random_page_cost")
            self.assertEqual(cr.fetchone()[0], "1.1")

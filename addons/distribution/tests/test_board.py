# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.order_management.tests.statements import collect_statements

from .secondary_common import SecondaryCommon


@tagged("post_install", "-at_install")
class TestBoard(SecondaryCommon):
    """DS-13: the dashboard shows what its user may see, in one call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.first = cls.today.replace(day=1)
        cls.before = cls.first - relativedelta(months=1)
        cls.Board = cls.env["distribution.board"]

    def _tiles(self, user=None, **options):
        board = self.Board.with_user(user) if user else self.Board
        figures = board.get_figures({"period": "month", **options})
        return {tile["key"]: tile for tile in figures["tiles"]}

    def test_flows_and_the_period_before(self):
        """Returns are taken off; as many days of the month before are compared."""
        self._post("sell_in", 10, value=100)
        self._post("return_out", 2, value=20)
        self._post("sell_through", 3, counterparty_id=self.dealer.id, value=60)
        self._post("return_in", 1, counterparty_id=self.dealer.id, value=20)
        self._post("sell_out", 2, value=50)
        self._post("return_in", 1, value=25)
        self._post("sell_in", 4, value=40, date=self.before)
        # later in the last month than today in this one
        late = self.today - relativedelta(months=1) + timedelta(days=1)
        if late < self.first:
            self._post("sell_in", 50, value=500, date=late)
        tiles = self._tiles()
        self.assertEqual(tiles["sell_in"]["value"], 80)
        self.assertEqual(tiles["sell_in"]["before"], 40)
        self.assertEqual(tiles["sell_through"]["value"], 40)
        self.assertEqual(tiles["sell_out"]["value"], 25)

    def test_every_tile_opens_what_it_counts(self):
        """The list behind a sales figure adds up to the figure."""
        self._post("sell_in", 10, value=100)
        self._post("sell_in", 10, value=70, date=self.before)
        tile = self._tiles()["sell_in"]
        self.assertTrue(self.env.ref(tile["action"]["xmlid"]))
        rows = self.Ledger.search(tile["action"]["domain"])
        self.assertEqual(sum(rows.mapped("company_value")), tile["value"])
        for key, other in self._tiles().items():
            action = self.env.ref(other["action"]["xmlid"])
            self.env[action.res_model].search_count(other["action"]["domain"])
            self.assertTrue(other["label"], key)
        options = {"territory_id": self.region.id}
        charts = {c["key"]: c for c in self.Board.get_figures(options)["charts"]}
        place = ("territory_id", "child_of", self.region.id)
        for key in ("flows", "ageing"):
            self.assertIn(place, charts[key]["action"]["domain"], key)

    def test_coverage(self):
        """Active members that bought, a wrong posting taken back does not count."""
        self._post("receipt", 5, member=self.dealer)
        self._post("receipt", 5, member=self.outlet)
        self._post("receipt", -5, member=self.outlet)
        self._create_member("Sleeper", "outlet", self.dealer, state="inactive")
        tile = self._tiles()["coverage"]
        active = self.env["distribution.member"].search_count(
            [("company_id", "=", self.company.id), ("state", "=", "active")]
        )
        self.assertAlmostEqual(tile["value"], 100 / active)
        rows = self.env["distribution.coverage"].formatted_read_group(
            [("company_id", "=", self.company.id), ("month", "=", self.first)],
            [],
            ["coverage:avg", "bought_count:sum", "active_count:sum"],
        )
        self.assertEqual(rows[0]["bought_count:sum"], 1)
        self.assertEqual(rows[0]["active_count:sum"], active)
        self.assertAlmostEqual(rows[0]["coverage:avg"], 100 / active)

    def test_coverage_of_members_that_left(self):
        """They count until the month of their last purchase, and no longer."""
        self._post("receipt", 5, member=self.dealer, date=self.before)
        self.dealer._transition("closed")
        self.env.flush_all()
        rows = self.env["distribution.coverage"].search(
            [("member_id", "=", self.dealer.id)]
        )
        self.assertEqual(rows.mapped("month"), [self.before])
        self.assertEqual(rows.action_open_member()["res_id"], self.dealer.id)
        self.assertEqual(len(rows.ids), len(set(rows.ids)))

    def test_ranks(self):
        """Who sold most by the flow chosen leads."""
        self._post("sell_in", 1, value=10)
        self._post("sell_in", 1, value=30, member=self.neighbour)
        self._post("sell_out", 1, value=99)
        figures = self.Board.get_figures({"period": "month"})
        ranks = {rank["key"]: rank["rows"] for rank in figures["ranks"]}
        self.assertEqual(
            [row["id"] for row in ranks["member_id"][:2]],
            [self.neighbour.id, self.distributor.id],
        )
        self.assertEqual(ranks["territory_id"][0]["sell_in"], 40)
        self.assertEqual(ranks["rep_id"][0]["name"], self.rep.display_name)
        figures = self.Board.get_figures({"period": "month", "flow": "sell_out"})
        rows = figures["ranks"][0]["rows"]
        self.assertEqual(rows[0]["id"], self.distributor.id)

    def test_nobody_takes_no_place(self):
        """Members without a representative leave a ranking as long as it may be."""
        nobodys = self._create_member("Nobody's", "distributor", user_id=False)
        self._post("sell_in", 1, value=10)
        self._post("sell_in", 1, value=30, member=nobodys)
        ranks = self.Board._get_figures({}, rank_rows=1)["ranks"]
        self.assertEqual([row["id"] for row in ranks[2]["rows"]], [self.rep.id])

    def test_reps_see_their_own(self):
        """A representative's figures are of his or her members; no budgets."""
        other = self._create_other_rep()
        theirs = self._create_member("Theirs", "distributor", user_id=other.id)
        self._post("sell_in", 1, value=10)
        self._post("sell_in", 1, value=30, member=theirs)
        mine = self._tiles(self.rep)
        self.assertEqual(mine["sell_in"]["value"], 10)
        self.assertNotIn("budget", mine)
        self.assertEqual(self._tiles(other)["sell_in"]["value"], 30)
        whole = self._tiles(self.manager)
        self.assertEqual(whole["sell_in"]["value"], 40)
        self.assertIn("budget", whole)
        figures = self.Board.with_user(self.rep).get_figures({"period": "month"})
        names = [row["name"] for row in figures["ranks"][0]["rows"]]
        self.assertNotIn(theirs.display_name, names)

    def test_nobody_else(self):
        """Who is not of distribution is refused, over RPC as in the menu."""
        stranger = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "board_stranger",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        board = self.Board.with_user(stranger)
        with self.assertRefusedWith(AccessError, "people who work in distribution"):
            board.get_figures({})
        with self.assertRefusedWith(AccessError, "people who work in distribution"):
            board.export({})

    def test_territory(self):
        """A territory counts with those below it."""
        north = self.env["distribution.territory"].create(
            {"name": "North", "kind": "region", "company_id": self.company.id}
        )
        away = self._create_member("Away", "distributor", territory_id=north.id)
        self._post("sell_in", 1, value=10)
        self._post("sell_in", 1, value=30, member=away)
        self.assertEqual(
            self._tiles(territory_id=self.region.id)["sell_in"]["value"], 10
        )
        self.assertEqual(self._tiles(territory_id=north.id)["sell_in"]["value"], 30)
        self.assertEqual(self._tiles(territory_id=0)["sell_in"]["value"], 40)

    def test_companies_with_other_currencies(self):
        """Values of another company come in the currency of the first."""
        currency = self.env["res.currency"].create(
            {
                "name": "XBO",
                "symbol": "X",
                "rate_ids": [(0, 0, {"name": "2020-01-01", "rate": 4})],
            }
        )
        company = self.env["res.company"].create(
            {"name": "Second", "currency_id": currency.id}
        )
        member = self._create_member(
            "Far",
            "distributor",
            company_id=company.id,
            territory_id=False,
            user_id=False,
        )
        self._post("sell_in", 1, value=10)
        self._post("sell_in", 1, value=30, member=member)
        own_rate = self.company.currency_id._get_conversion_rate(
            currency, self.company.currency_id, self.company, self.today
        )
        both = self.Board.with_context(
            allowed_company_ids=[self.company.id, company.id]
        ).get_figures({})
        self.assertAlmostEqual(both["tiles"][0]["value"], 10 + 30 * own_rate)
        self.assertEqual(self._tiles()["sell_in"]["value"], 10)

    def test_bad_dates(self):
        """Days that are none, or the wrong way round, are refused with words."""
        for dates in (
            {},
            {"date_from": "2026-02-01", "date_to": "2026-01-01"},
            {"date_from": "yesterday", "date_to": "2026-01-01"},
            {"date_from": "0002-02-01", "date_to": "2026-01-01"},
            {"date_from": "2026-02-01", "date_to": "9999-12-31"},
        ):
            with self.assertRefusedWith(UserError, "first day"):
                self._tiles(period="custom", **dates)
        with self.assertRefusedWith(UserError, "periods of the list"):
            self._tiles(period="century")
        days = {"date_from": str(self.before), "date_to": str(self.today)}
        self._post("sell_in", 1, value=10, date=self.before)
        self.assertEqual(self._tiles(period="custom", **days)["sell_in"]["value"], 10)

    def _create_limit(self, member):
        return self.env["distribution.credit"].create(
            {
                "partner_id": member.partner_id.id,
                "company_id": self.company.id,
                "limit_amount": 10,
                "policy": "warn",
            }
        )

    def test_queries_do_not_grow(self):
        """As many queries for many members and postings as for one."""
        self._post("sell_in", 1, value=10)
        self._create_limit(self.distributor)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            with collect_statements(self.env.cr) as statements:
                self.Board.with_user(self.manager).get_figures({"period": "month"})
            return statements

        count()
        few = count()
        for number in range(30):
            member = self._create_member(f"Many {number}", "outlet", self.distributor)
            self._post("receipt", 1, member=member, value=5)
            self._create_limit(member)
        count()
        many = count()
        # two for the limits, of which there were none before
        growth = many.total() - few.total()
        self.assertLessEqual(growth, 3, many.describe(few))
        self.assertLessEqual(many.total(), 45)

    def test_spreadsheet(self):
        """All figures and whole rankings with formats and totals."""
        for number in range(12):
            member = self._create_member(f"Seller {number}", "distributor")
            self._post("sell_in", 1, value=10, member=member)
        action = self.Board.with_user(self.manager).export({"period": "month"})
        self.assertEqual(action["report_name"], "distribution.board_xlsx")
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(self.manager)
            ._render_xlsx("distribution.board_xlsx", [], data=action["data"])
        )
        self.assertEqual(kind, "xlsx")
        book = load_workbook(io.BytesIO(content))
        figures = book.worksheets[0]
        labels = {row[0].value: row for row in figures.iter_rows(min_row=8)}
        self.assertEqual(labels["Sell-in"][1].value, 120)
        self.assertEqual(labels["Sell-in"][1].number_format, "#,##0.00")
        members = book["Members"]
        self.assertEqual(members.cell(members.max_row, 1).value, "Total")
        self.assertGreaterEqual(members.max_row, 14)
        self.assertRegex(members.cell(members.max_row, 2).value, r"^=SUM\(B2:B\d+\)$")

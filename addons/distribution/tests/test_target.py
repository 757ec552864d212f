# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
import random
from datetime import date, timedelta

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..models.distribution_target import _split
from .secondary_common import SecondaryCommon


@tagged("post_install", "-at_install")
class TestTarget(SecondaryCommon):
    """DS-9: targets per rep, member, territory and product."""

    def _create_target(self, **vals):
        return self.env["distribution.target"].create(
            {
                "company_id": self.company.id,
                "subject": "rep",
                "user_id": self.rep.id,
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
                "amount": 1200,
                **vals,
            }
        )

    def _sell(self, kind, value, day, **vals):
        return self._post(kind, vals.pop("quantity", 1), date=day, value=value, **vals)

    def test_parts_add_up(self):
        """Whatever the weights, the months add up to the cent."""
        rnd = random.Random(1)
        for _time in range(200):
            amount = round(rnd.uniform(0.01, 1e9), 2)
            weights = [rnd.choice([0, 1, 3.3, 1e6]) for _month in range(12)]
            if any(weights):
                parts = _split(amount, weights)
                self.assertAlmostEqual(sum(parts), amount, places=2)
                self.assertGreaterEqual(min(parts), 0)

    def test_even(self):
        target = self._create_target(amount=1000)
        self.assertEqual(len(target.line_ids), 12)
        self.assertAlmostEqual(sum(target.line_ids.mapped("amount")), 1000, places=2)

    def test_as_last_year(self):
        self._sell("sell_in", 300, "2025-02-10")
        self._sell("sell_in", 100, "2025-11-10")
        target = self._create_target(phasing="last_year")
        amounts = {line.date_from.month: line.amount for line in target.line_ids}
        self.assertEqual((amounts[2], amounts[11], amounts[3]), (900, 300, 0))

    def test_by_hand(self):
        target = self._create_target(phasing="manual")
        target.line_ids[0].amount = 5
        with self.assertRaisesRegex(UserError, "add up"):
            target.action_activate()

    def test_actual_of_each_subject(self):
        """Delivered less returned; a territory counts those below it."""
        other = self._create_other_rep()
        self._sell("sell_in", 500, "2026-01-10")
        self._sell("return_out", 100, "2026-03-10")
        self._sell("sell_in", 70, "2026-01-10", rep_id=other.id, territory_id=False)
        self._sell("sell_in", 900, "2025-12-31")
        self._sell("sell_through", 40, "2026-01-10", counterparty_id=self.shop.id)
        brand = self.env["product.category"].create({"name": "Brand B"})
        bulb = self.env["product.product"].create(
            {"name": "Bulb", "categ_id": brand.id}
        )
        self._sell("sell_in", 11, "2026-01-11", product=bulb)
        everything = {"subject": "company", "user_id": False}
        targets = [
            (411, self._create_target()),
            (70, self._create_target(user_id=other.id)),
            (481, self._create_target(subject="member", member_id=self.distributor.id)),
            (
                411,
                self._create_target(subject="territory", territory_id=self.region.id),
            ),
            (11, self._create_target(categ_id=brand.id, **everything)),
            (40, self._create_target(flow="sell_through", **everything)),
        ]
        for expected, target in targets:
            target.action_activate()
            self.assertEqual(target.actual, expected, target.name)
        months = targets[1][1].line_ids.filtered("actual")
        self.assertEqual(months.date_from, date(2026, 1, 1))

    def test_volume_and_counts(self):
        """Quantities, new outlets, delivered orders, lines per order."""
        self._post("opening", 100)
        for _time in range(2):
            order = self._create_secondary(4, user=self.rep)
            order.action_send()
            order = order.sudo()
            order.action_confirm()
            order.action_deliver()
        year = {"date_from": self.today.replace(day=1, month=1)}
        year["date_to"] = year["date_from"].replace(month=12, day=31)
        for measure, expected in (
            ("volume", 8),
            ("outlets", 1),
            ("orders", 2),
            ("lines", 1),
        ):
            target = self._create_target(measure=measure, flow="sell_through", **year)
            target.action_activate()
            self.assertEqual(target.actual, expected, measure)

    def test_pace_and_rank(self):
        """Half of the working days are gone with a quarter of the target."""
        other = self._create_other_rep()
        with freeze_time("2026-06-15 12:00:00"):
            period = {"date_from": "2026-06-01", "date_to": "2026-06-30"}
            target = self._create_target(amount=1100, **period)
            rival = self._create_target(amount=1100, user_id=other.id, **period)
            self._sell("sell_in", 275, "2026-06-02")
            self._sell("sell_in", 300, "2026-06-02", rep_id=other.id)
            (target | rival).action_activate()
            # June 2026 has 22 weekdays, 11 of them until the 15th
            self.assertEqual(target.days_left, 11)
            self.assertEqual((target.percent, target.run_rate), (25, 550))
            self.assertEqual((target.gap, target.gap_per_day), (825, 75))
            self.assertEqual((rival.rank, target.rank), (1, 2))

    def test_queries_do_not_grow(self):
        targets = self.env["distribution.target"]
        for index in range(12):
            targets |= self._create_target(amount=100 + index)

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records._get_actual()
            return self.cr.sql_log_count - before

        count(targets)
        self.assertEqual(count(targets[:1]), count(targets))

    def test_rights(self):
        target = self._create_target()
        self.assertTrue(target.with_user(self.rep).name)
        with self.assertRaises(AccessError):
            target.with_user(self.rep).amount = 1
        stranger = self._create_other_rep()
        found = self.env["distribution.target"].with_user(stranger).search([])
        self.assertNotIn(target, found)
        target.action_activate()
        with self.assertRaises(UserError):
            target.amount = 1
        with self.assertRaises(UserError):
            target.line_ids[0].amount = 1

    def test_cron(self):
        today = self.today
        target = self._create_target(
            date_from=today.replace(day=1), date_to=today + timedelta(days=40)
        )
        target.action_activate()
        self._sell("sell_in", 60, today)
        self.env["distribution.target"]._cron_refresh()
        self.assertEqual(target.actual, 60)

    def test_xlsx_and_back(self):
        """Exported, changed in a spreadsheet, imported: the months are the new ones."""
        target = self._create_target(amount=1200)
        content, _kind = self.env["ir.actions.report"]._render_xlsx(
            "distribution.target_xlsx", target.ids, {}
        )
        book = load_workbook(io.BytesIO(content))
        sheet = book.active
        self.assertEqual(sheet.cell(2, 1).value, target.id)
        sheet.cell(2, 3).value = 500
        wizard = self._import(book)
        wizard.action_apply()
        self.assertEqual(target.line_ids[0].amount, 500)
        self.assertEqual((target.amount, target.phasing), (1600, "manual"))
        sheet.cell(2, 4).value = "a lot"
        wizard = self._import(book)
        wizard.action_apply()
        self.assertIn("“a lot” is no amount", wizard.problems)
        target.action_activate()
        wizard = self._import(book)
        wizard.action_apply()
        self.assertIn("no draft target", wizard.problems)
        wizard.file = base64.b64encode(b"nonsense")
        with self.assertRaisesRegex(UserError, "no table of targets"):
            wizard.action_apply()

    def _import(self, book):
        buffer = io.BytesIO()
        book.save(buffer)
        return self.env["distribution.target.import"].create(
            {"file": base64.b64encode(buffer.getvalue())}
        )

    def test_paid_sales(self):
        """Where only paid sales count, an unpaid delivery does not."""
        self._add_stock(10)
        order = self._create_order(
            partner_id=self.distributor.partner_id.id, user_id=self.rep.id
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.quantity = 2
        picking.move_ids.picked = True
        picking.button_validate()
        year = self.today.year
        target = self._create_target(
            date_from=date(year, 1, 1), date_to=date(year, 12, 31)
        )
        target.action_activate()
        self.assertEqual(target.actual, order.amount_untaxed)
        self.company.distribution_paid_sales = True
        target.action_refresh()
        self.assertEqual(target.actual, 0)

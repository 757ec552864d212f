# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..churn import History
from ..rfm import get_score, get_segment
from .common import CustomerCommon


@tagged("post_install", "-at_install")
class TestCustomerScores(CustomerCommon):
    """CP-2, CP-3: scores and risk, beside an independent computation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chance = random.Random(4)
        cls.days = {}
        orders = cls.env["sale.order"]
        template = cls._quote(cls.customer)
        for number in range(70):
            customer = cls._new_customer(f"C{number}")
            days = sorted(
                {
                    int(chance.expovariate(1 / 160))
                    for _n in range(chance.choice([1, 2, 5]))
                }
            )
            cls.days[customer] = [(day, chance.randint(1, 9) * 10.0) for day in days]
            for _day in days:
                orders |= template.copy({"partner_id": customer.id})
        template.unlink()
        orders.action_confirm()
        facts = [fact for facts in cls.days.values() for fact in facts]
        cls.env.flush_all()
        for order, (day, amount) in zip(orders, facts, strict=True):
            cls.env.cr.execute(
                "UPDATE sale_order SET amount_untaxed = %s,"
                " date_order = now() AT TIME ZONE 'UTC' - %s * interval '1 day'"
                " WHERE id = %s",
                [amount, day, order.id],
            )
        cls.env.invalidate_all()
        cls.Snapshot._refresh(companies=cls.company)
        cls.rows = {
            row.partner_id: row
            for row in cls.Snapshot.search([("company_id", "=", cls.company.id)])
        }

    def _get_expected_scores(self):
        """Fifths by counting, without anything that the addon uses."""
        window = {
            customer: [fact for fact in facts if fact[0] < 365]
            for customer, facts in self.days.items()
        }
        figures = {
            customer: (
                min(day for day, _amount in facts),
                len(facts),
                sum(amount for _day, amount in facts),
            )
            for customer, facts in window.items()
            if facts
        }
        count = len(figures)
        cuts = []
        for place in range(3):
            values = sorted(figure[place] for figure in figures.values())
            cuts.append([values[-(-count * k // 5) - 1] for k in range(1, 5)])
        scores = {}
        for customer in self.days:
            if customer not in figures:
                scores[customer] = (1, 1, 1)
                continue
            recency, frequency, money = figures[customer]
            scores[customer] = (
                5 - sum(recency > cut for cut in cuts[0]),
                1 + sum(frequency > cut for cut in cuts[1]),
                1 + sum(money > cut for cut in cuts[2]),
            )
        return scores

    def test_rfm(self):
        for customer, scores in self._get_expected_scores().items():
            row = self.rows[customer]
            self.assertEqual((row.rfm_r, row.rfm_f, row.rfm_m), scores)
            self.assertEqual(row.rfm_score, "".join(map(str, scores)))
            self.assertEqual(row.rfm_segment, get_segment(*scores))
        self.assertGreater(len(set(self._get_expected_scores().values())), 10)

    def test_fixed_cuts(self):
        """Fixed cut-offs of a company count, and apply to one customer alone, too."""
        self.company.write(
            {
                "rfm_method": "fixed",
                "rfm_recency_cuts": "10, 20, 30, 40",
                "rfm_frequency_cuts": "1, 2, 3, 4",
                "rfm_money_cuts": "50;100;150;200.5",
            }
        )
        self.Snapshot._refresh(companies=self.company)
        customer = self._new_customer("Late")
        self._buy(customer, [15, 25], 60)
        self.Snapshot._refresh(customer, self.company)
        row = self._snapshot(customer, refresh=False)
        self.assertEqual((row.rfm_r, row.rfm_f, row.rfm_m), (4, 2, 3))
        for other in list(self.rows.values())[:20]:
            if other.days_since_last < 365:
                self.assertEqual(
                    other.rfm_r,
                    get_score(other.days_since_last, [10, 20, 30, 40], True),
                )

    def test_few_customers(self):
        """Fewer than fifty customers have fixed cut-offs, without being asked."""
        other = self.env["res.company"].create({"name": "Small Ltd"})
        self.Snapshot._refresh(companies=other)
        self.assertTrue(other.rfm_cuts["fixed"])
        self.assertFalse(self.company.rfm_cuts["fixed"])

    def test_bad_cuts(self):
        for text in ("1, 2, 3", "4, 3, 2, 1", "a, b, c, d", False):
            with self.assertRaisesRegex(ValidationError, "four numbers"):
                self.company.rfm_recency_cuts = text

    def test_settings(self):
        with Form(self.env["res.config.settings"]) as form:
            form.rfm_window_days = 200
        form.save().execute()
        self.assertEqual(self.company.rfm_window_days, 200)

    def test_model(self):
        """The SQL says of everybody what the plain Python model says."""
        model = self.env["customer.churn.model"]._get_latest(self.company)
        self.assertTrue(model.is_fitted)
        fitted = model._get_model()
        for customer, facts in self.days.items():
            days = [day for day, _amount in facts]
            history = History(len(days) - 1, max(days) - min(days), max(days))
            row = self.rows[customer]
            self.assertAlmostEqual(
                row.alive_probability, fitted.probability_back(history), 4
            )
            if history.repeats:
                expected = fitted.expected_purchases(history, 365)
                value = expected * row.average_order
                # times are rounded to the model's grain there
                self.assertAlmostEqual(
                    row.lifetime_value_12m, value, delta=max(1, value * 0.05)
                )

    def test_model_once_a_month(self):
        models = self.env["customer.churn.model"]
        domain = [("company_id", "=", self.company.id)]
        self.Snapshot._refresh(companies=self.company)
        self.assertEqual(models.search_count(domain), 1)
        models.search(domain).fitted_at -= timedelta(days=28)
        self.Snapshot._refresh(companies=self.company)
        self.assertEqual(models.search_count(domain), 2)

    def test_bands(self):
        """The silent are worse than the regular, and what is at risk is their value."""
        regular, silent = self._new_customer("Regular"), self._new_customer("Silent")
        self._buy(regular, range(0, 300, 20))
        self._buy(silent, range(150, 450, 20))
        self.Snapshot._refresh(companies=self.company)
        good = self._snapshot(regular, refresh=False)
        bad = self._snapshot(silent, refresh=False)
        self.assertEqual(good.churn_band, "low")
        self.assertIn(bad.churn_band, ("high", "lost"))
        self.assertLess(bad.alive_probability, good.alive_probability)
        self.assertAlmostEqual(
            bad.value_at_risk, bad.revenue_12m * (1 - bad.alive_probability), 0
        )
        self.assertFalse(good.churn_reason)
        self.assertIn("every 20 days, silent for 150", bad.churn_words)

    def test_words_in_other_languages(self):
        """Reasons are codes and figures: words are made for who reads."""
        row = next(iter(self.rows.values()))
        self.env.cr.execute(
            "UPDATE customer_snapshot SET churn_reason = %s WHERE id = %s",
            [
                '[{"code": "silent", "interval": 24, "days": 71},'
                ' {"code": "unknown"}, {"code": "overdue", "amount": 5}]',
                row.id,
            ],
        )
        row.invalidate_recordset()
        texts = row._get_churn_reason_texts()
        self.assertEqual(texts[0], "Usually buys every 24 days, silent for 71")
        self.assertEqual(len(texts), 2)

    def test_without_model(self):
        """Too few customers for a model: their own rhythm decides."""
        other = self.env["res.company"].create({"name": "Small Ltd"})
        self.company = other
        self.env.user.company_ids |= other
        customer = self._new_customer("Late")
        orders = self._quote(customer, 4, company_id=other.id)
        orders.action_confirm()
        for order, days in zip(orders, (130, 110, 90, 70), strict=True):
            order.date_order -= timedelta(days=days)
        self.Snapshot._refresh(companies=other)
        row = self.Snapshot.search(
            [("partner_id", "=", customer.id), ("company_id", "=", other.id)]
        )
        self.assertEqual((row.interval_days, row.days_since_last), (20, 70))
        self.assertEqual((row.churn_band, row.alive_probability), ("high", 0.4))
        self.assertAlmostEqual(row.value_at_risk, row.revenue_12m * 0.6, 2)


@tagged("post_install", "-at_install")
class TestCustomerPlaybook(CustomerCommon):
    """CP-3: something is done, and measured against those left alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("cp_book_seller")
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"P{n}", "user_id": cls.seller.id} for n in range(40)]
        )
        cls.unowned = cls._new_customer("Nobody's")
        orders = cls.env["sale.order"]
        template = cls._quote(cls.customer)
        for customer in cls.customers | cls.unowned:
            orders |= template.copy({"partner_id": customer.id})
        template.unlink()
        orders.action_confirm()
        orders.date_order = orders[0].date_order - timedelta(days=100)
        cls.Snapshot._refresh(companies=cls.company)
        cls.env.cr.execute(
            "UPDATE customer_snapshot SET churn_band = 'high', value_at_risk = id"
            " WHERE company_id = %s",
            [cls.company.id],
        )
        cls.env.invalidate_all()
        cls.moment = cls.Snapshot._get_moment(cls.company)
        cls.book = cls.env["customer.playbook"].create(
            {
                "name": "Call them",
                "company_id": cls.company.id,
                "churn_band": "high",
                "holdout_percent": 30,
                "summary": "Ask why",
            }
        )

    def test_run(self):
        """Activities for most, nothing for those left alone, nobody twice."""
        left_alone = self.customers[5:17]
        with patch.object(
            type(self.book), "_is_left_alone", lambda _book, one: one in left_alone
        ):
            entries = self.book._run(self.moment)
        self.assertEqual(entries.partner_id, self.customers)
        acted = entries.filtered(lambda entry: entry.arm == "acted")
        held = entries - acted
        self.assertEqual(held.partner_id, left_alone)
        self.assertEqual(acted.partner_id.activity_ids.user_id, self.seller)
        self.assertEqual(len(acted.partner_id.activity_ids), len(acted))
        self.assertFalse(held.partner_id.activity_ids)
        self.assertFalse(self.book._run(self.moment))
        activity = acted[0].partner_id.activity_ids
        self.assertTrue(activity.summary.startswith("Ask why"))
        self.assertEqual(activity.date_deadline, self.today + timedelta(days=2))

    def test_in_the_language_of_who_gets_it(self):
        """The night runs in English; the call is for somebody who reads Vietnamese."""
        self.env["res.lang"]._activate_lang("vi_VN")
        self.seller.lang = "vi_VN"
        self.book.with_context(lang="vi_VN").summary = "Hỏi lý do"
        self.env.cr.execute(
            "UPDATE customer_snapshot SET churn_reason = %s WHERE company_id = %s",
            ['[{"code": "once", "days": 100}]', self.company.id],
        )
        self.env.invalidate_all()
        entry = self.book._run(self.moment).filtered(lambda row: row.arm == "acted")[0]
        summary = entry.partner_id.activity_ids.summary
        self.assertTrue(summary.startswith("Hỏi lý do: "), summary)
        self.assertEqual(entry.reason, "Bought once, 100 days ago")

    def test_same_chance(self):
        """Chance decides alike for one customer every time."""
        first = {c: self.book._is_left_alone(c) for c in self.customers}
        self.assertEqual(
            first, {c: self.book._is_left_alone(c) for c in self.customers}
        )
        # of so many it is three tenths, whatever the ids are; nothing of them is read
        many = self.customers.browse(range(1, 4001))
        left_alone = sum(self.book._is_left_alone(one) for one in many)
        self.assertTrue(1000 <= left_alone <= 1400, left_alone)

    def test_no_pause(self):
        """A customer may enter again tomorrow, not in the next run of today."""
        self.book.pause_days = 0
        self.assertTrue(self.book._run(self.moment))
        self.assertFalse(self.book._run(self.moment))
        tomorrow = self.moment._replace(today=self.moment.today + timedelta(days=1))
        self.assertEqual(self.book._run(tomorrow).partner_id, self.customers)

    def test_most_valuable_first(self):
        self.book.max_per_day = 3
        entries = self.book._run(self.moment)
        values = self.Snapshot.search(
            [("partner_id", "in", self.customers.ids)], order="value_at_risk"
        )
        self.assertEqual(entries.partner_id, values[-3:].partner_id)
        self.assertFalse(self.book._run(self.moment), "as many as a day may have")
        self.book.max_per_day = 5
        again = self.book._run(self.moment)
        self.assertEqual(again.partner_id, values[-5:-3].partner_id)

    def test_fallback_person(self):
        """Customers of nobody go to the person that is named."""
        self.book.user_id = self.env.user
        entries = self.book._run(self.moment)
        entry = entries.filtered(lambda e: e.partner_id == self.unowned)
        self.assertEqual(entry.user_id, self.env.user)

    def test_measure(self):
        """Who bought in time is saved; rates are those of decided ones."""
        self.book.holdout_percent = 50
        entries = self.book._run(self.moment)
        entries.write(
            {
                "entered_on": self.today - timedelta(days=50),
                "horizon_on": self.today + timedelta(days=1),
            }
        )
        acted = entries.filtered(lambda entry: entry.arm == "acted")
        held = entries - acted
        self._buy(acted[0].partner_id, 10, 70)
        late = held[0]
        late.horizon_on = self.today - timedelta(days=20)
        self._buy(late.partner_id, 10, 70)
        self.Snapshot._refresh(companies=self.company)
        self.env["customer.playbook.entry"]._measure(self.moment)
        self.assertRecordValues(
            acted[0] | late,
            [
                {"state": "saved", "saved": 1.0, "revenue_after": 70},
                {"state": "lost", "saved": 0.0, "revenue_after": 0},
            ],
        )
        self.assertEqual(set((acted[1:] | held[1:]).mapped("state")), {"open"})
        self.assertEqual((self.book.acted_rate, self.book.held_rate), (1.0, 0.0))
        self.assertEqual(self.book.lift, 1.0)

    def test_conditions(self):
        vals = {"name": "B", "company_id": self.company.id}
        books = self.env["customer.playbook"]
        with self.assertRaisesRegex(ValidationError, "risk or a segment"):
            books.create(vals)
        with self.assertRaisesRegex(ValidationError, "person"):
            books.create({**vals, "churn_band": "high", "assign_to": "user"})

    def test_nightly(self):
        """The cron does everything in one go."""
        # the other companies' customers would take it as long as there are of them
        nights = self.env["customer.snapshot.night"]
        nights.search([]).unlink()
        nights.create({"company_id": self.company.id, "begun_at": self.moment.now})
        with self.enter_registry_test_mode():
            self.env.ref("crm_plus.ir_cron_refresh_all").method_direct_trigger()
        month = self.today.replace(day=1)
        self.assertTrue(
            self.env["customer.segment.history"].search_count(
                [("company_id", "=", self.company.id), ("month", "=", month)]
            )
        )

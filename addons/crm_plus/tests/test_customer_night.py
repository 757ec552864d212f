# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import time
from contextlib import contextmanager, suppress
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged

from ..models import customer_snapshot_night
from .common import CustomerCommon


@tagged("post_install", "-at_install")
class TestCustomerNight(CustomerCommon):
    """The night comes in steps; one that was stopped goes on where it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Night = cls.env["customer.snapshot.night"]
        cls.Night.search([]).unlink()
        cls._begin(cls.company)
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"N{number}"} for number in range(5)]
        )
        for customer in cls.customers:
            cls._buy(customer, 3)
        # leads of no company are everybody's
        cls.env.cr.execute("UPDATE crm_lead SET partner_id = NULL")
        cls.startClassPatcher(patch.object(customer_snapshot_night, "BATCH", 2))

    @classmethod
    def _begin(cls, company):
        return cls.Night.create(
            {"company_id": company.id, "begun_at": fields.Datetime.now()}
        )

    @contextmanager
    def _night(self, limit=None, fails_at=None):
        """The cron with a cursor of its own, which it commits.

        :param limit: seconds that the scheduler has left after each step
        :param fails_at: number of the batch of customers that breaks
        :return: the model, and the spans that are computed
        """
        spans = []
        snapshots = self.env.registry["customer.snapshot"]
        crons = self.env.registry["ir.cron"]
        refresh, commit = snapshots._refresh_span, crons._commit_progress

        def _refresh_span(model, company, after, until):
            refresh(model, company, after, until)
            if len(spans) + 1 == fails_at:
                raise ValueError("the server is gone")
            spans.append((after, until))

        def _commit_progress(cron, *args, **kwargs):
            left = commit(cron, *args, **kwargs)
            return left if limit is None else limit

        with (
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
            patch.object(snapshots, "_refresh_span", _refresh_span),
            patch.object(crons, "_commit_progress", _commit_progress),
        ):
            yield self.env(cr=cr)["customer.snapshot"], spans

    def _get_rows(self):
        return self.Snapshot.search([("company_id", "=", self.company.id)])

    def test_night_that_breaks(self):
        """What was kept is not computed again, what was not is."""
        with self._night(fails_at=2) as (snapshots, first):
            with suppress(ValueError):
                snapshots._cron_refresh_all()
            snapshots.env.cr.rollback()
        night = self.Night.search([])
        self.assertEqual((night.company_id, night.step), (self.company, "rows"))
        self.assertEqual(self._get_rows().partner_id, self.customers[:2])
        with self._night() as (snapshots, second):
            snapshots._cron_refresh_all()
        bounds = self.customers[1].id, self.customers[3].id
        self.assertEqual(first, [(0, bounds[0])])
        self.assertEqual(second, [bounds, (bounds[1], None)])
        self.assertEqual(night.step, "done")
        rows = self._get_rows()
        self.assertEqual(rows.partner_id, self.customers)
        self.assertEqual(set(rows.mapped("order_count")), {1})
        self.assertEqual(set(rows.mapped("rfm_r")), {5})

    def test_night_without_time(self):
        """A step a call where time is up; the next night begins all over again."""
        other = self.env["res.company"].create({"name": "Night Too"})
        self._begin(other)
        segments = self.env["customer.segment"].search_count([("kind", "!=", "static")])
        steps = 2 * (1 + max(segments, 1) + 1) + 3 + 1
        companies = self.env["res.company"].search_count([("active", "=", True)])
        with self._night(limit=0.0) as (snapshots, spans):
            nights = snapshots.env["customer.snapshot.night"].search([])
            for _call in range(steps):
                self.assertNotEqual(set(nights.mapped("step")), {"done"})
                snapshots._cron_refresh_all()
            self.assertEqual(nights.mapped("step"), ["done", "done"])
            self.assertEqual(nights._count_steps(), 0)
            self.assertEqual(len(spans), 3 + 1)
            snapshots._cron_refresh_all()
            again = nights.search([])
            self.assertEqual(len(again), companies)
            begun = again.filtered(lambda night: night.step != "begin")
            self.assertEqual(begun.mapped("step"), ["rows"])
            late = snapshots.with_context(cron_end_time=time.monotonic() - 1)
            late._cron_refresh_all()
            self.assertEqual(again.filtered(lambda x: x.step != "begin"), begun)

    def test_another_cron_holds_the_rows(self):
        """The step is not taken, and nothing is lost: it is tried again."""
        night = self.Night._get_open()
        held = patch.object(
            self.env.registry["customer.snapshot"], "_hold_rows", return_value=False
        )
        with held, self.assertRaises(ConcurrencyError):
            night._take_step()
        self.assertEqual(night.step, "begin")

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import math
import time

from odoo import api, models
from odoo.service.model import retrying
from odoo.tools import SQL

#: customers that one run of the cron computes in one transaction
_BATCH = 5_000
_KEY = "crm_plus.dirty_partners"


class CustomerSnapshot(models.Model):
    """Which rows are behind, and when they are computed."""

    _inherit = "customer.snapshot"

    @api.model
    def _mark_dirty(self, partners, companies=None):
        """Have these customers computed again within minutes.

        Costs one INSERT a transaction, however many orders it writes.

        :param partners: customers or contacts of theirs
        :param companies: the current one where not given
        """
        companies = companies or self.env.company
        precommit = self.env.cr.precommit
        waiting = precommit.data.setdefault(_KEY, set())
        if not waiting:
            precommit.add(self.env["customer.snapshot"]._write_dirty)
        waiting.update(
            (partner, company) for partner in partners.ids for company in companies.ids
        )

    def _write_dirty(self):
        waiting = self.env.cr.precommit.data.pop(_KEY, set())
        if not waiting:
            return
        partners, companies = zip(*sorted(waiting), strict=True)
        # who was deleted meanwhile has nothing to compute
        self.env.cr.execute(
            SQL(
                "INSERT INTO customer_snapshot_dirty (partner_id, company_id)"
                " SELECT t.* FROM unnest(%s, %s) t(partner_id, company_id)"
                " JOIN res_partner p ON p.id = t.partner_id",
                list(partners),
                list(companies),
            )
        )

    @api.model
    def _cron_refresh_dirty(self):
        """Compute what has changed, a batch of one company at a time."""
        dirty = self.env["customer.snapshot.dirty"].sudo()
        while rows := dirty.search([], limit=_BATCH, order="company_id, id"):
            if not self._hold_rows():
                # a night is at work: it would fail where rows change under it
                break
            company = rows[0].company_id
            rows = rows.filtered(lambda row: row.company_id == company)  # noqa: B023
            self._refresh(rows.partner_id, company)
            rows.unlink()
            left = dirty.search_count([])
            if not self.env["ir.cron"]._commit_progress(len(rows), remaining=left):
                break

    @api.model
    def _hold_rows(self):
        """Keep other crons from these rows up to the end of the transaction.

        :return: whether nobody else holds them
        """
        (held,) = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext('crm_plus.snapshot'))")
        )
        return held[0]

    @api.model
    def _cron_refresh_all(self):
        """Every night: everything, in steps of seconds that are kept one by one.

        What does not fit into the scheduler's time comes with its next round: Odoo's
        default limits of time are enough, however many customers there are. A night
        that was stopped goes on behind the last step that was kept.
        """
        nights = self.env["customer.snapshot.night"].sudo()._get_open()
        progress = self.env["ir.cron"]._commit_progress
        if time.monotonic() >= self.env.context.get("cron_end_time", math.inf):
            # the scheduler calls ten times in a row, whatever the time
            progress(remaining=nights._count_steps())
            return
        while nights:
            # who changes the same rows at the same time makes it try again
            retrying(nights[0]._take_step, self.env)
            nights = nights.filtered(lambda night: night.step != "done")
            if not progress(1, remaining=nights._count_steps()):
                break

    def _after_refresh_all(self, company):
        """Hook: what builds on the fresh rows of a company, in a transaction."""

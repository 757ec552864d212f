# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: customers that one run of the cron computes in one transaction
_BATCH = 5_000
_KEY = "crm_plus.dirty_partners"
#: a night that is interrupted goes on for so long; the next one begins anew
_NIGHT = timedelta(hours=6)


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
        """Every night: everything, one company at a time.

        A night that runs out of time is called again by the scheduler and goes on with
        the companies that are left.
        """
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        waiting = companies.filtered(lambda company: not _is_done(company))
        for number, company in enumerate(waiting, 1):
            self._hold_rows()
            self._refresh(companies=company)
            self._after_refresh_all(company)
            left = len(waiting) - number
            # who comes after the last one begins anew
            _note_night(company if left else companies, done=bool(left))
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break

    def _after_refresh_all(self, company):
        """Hook: what builds on the fresh rows of a company, in the same transaction."""


def _is_done(company):
    """Whether a night that is not over has computed this company already."""
    done_at = fields.Datetime.to_datetime((company.rfm_cuts or {}).get("night"))
    return bool(done_at) and fields.Datetime.now() - done_at < _NIGHT


def _note_night(companies, done):
    done_at = done and fields.Datetime.to_string(fields.Datetime.now())
    for company in companies:
        cuts = company.rfm_cuts or {}
        if cuts.get("night", False) != done_at:
            company.rfm_cuts = {**cuts, "night": done_at}

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

#: customers whose rows are computed in one transaction
BATCH = 25_000
#: a night that is interrupted goes on for so long; the next one begins anew
_NIGHT = timedelta(hours=20)


class CustomerSnapshotNight(models.Model):
    """How far the night's computation of a company has come.

    A step and the note that it is done are one transaction: what was stopped at any
    moment goes on where it was, and computes nothing twice.
    """

    _name = "customer.snapshot.night"
    _description = "Night of Computing Customers"
    _order = "company_id"
    _rec_name = "company_id"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    begun_at = fields.Datetime(required=True)
    step = fields.Selection(
        [
            ("begin", "Cut-Offs and Model"),
            ("rows", "Customers"),
            ("segments", "Segments"),
            ("end", "Months and Play-Books"),
            ("done", "Done"),
        ],
        default="begin",
        required=True,
    )
    bounds = fields.Json(help="The customers that batches end with.")
    position = fields.Integer(help="Batches done; of segments the last one that is.")

    _company_uniq = models.Constraint("UNIQUE (company_id)")

    @api.model
    def _get_open(self):
        """The nights that are not over; where there is none, a new one of everybody."""
        companies = self.env["res.company"].search([("active", "=", True)])
        now = fields.Datetime.now()
        nights = self.search([("company_id", "in", companies.ids)])
        open_nights = nights.filtered(
            lambda night: night.step != "done" and now - night.begun_at < _NIGHT
        )
        if open_nights:
            return open_nights
        nights.unlink()
        return self.create(
            [{"company_id": company.id, "begun_at": now} for company in companies]
        )

    def _count_steps(self):
        """About how many steps are left; what is not begun knows no batches yet."""
        names = list(dict(self._fields["step"].selection))
        left = 0
        for night in self:
            left += len(names) - 1 - names.index(night.step)
            if night.step == "rows":
                left += len(night.bounds or []) - night.position
        return left

    def _take_step(self):
        """The next step of a company, in the current transaction.

        :raises ConcurrencyError: another cron computes rows just now
        """
        self.ensure_one()
        if not self.env["customer.snapshot"]._hold_rows():
            raise ConcurrencyError("rows of customers are being computed")
        getattr(self, f"_step_{self.step}")()
        self.env.flush_all()

    def _step_begin(self):
        bounds = self.env["customer.snapshot"]._begin_night(self.company_id, BATCH)
        self.write({"step": "rows", "bounds": bounds, "position": 0})

    def _step_rows(self):
        """One batch; the last one takes in whoever came since the beginning."""
        bounds, place = self.bounds or [], self.position
        after = bounds[place - 1] if place else 0
        until = bounds[place] if place < len(bounds) else None
        self.env["customer.snapshot"]._refresh_span(self.company_id, after, until)
        if place < len(bounds):
            self.position = place + 1
        else:
            self.write({"step": "segments", "position": 0})

    def _step_segments(self):
        segments = self.env["customer.segment"].search(
            [("kind", "!=", "static"), ("id", ">", self.position)], order="id", limit=2
        )
        segments[:1]._refresh(self.company_id)
        if len(segments) > 1:
            self.position = segments[0].id
        else:
            self.step = "end"

    def _step_end(self):
        self.env["customer.snapshot"]._after_refresh_all(self.company_id)
        self.step = "done"

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from itertools import chain, repeat

from odoo import api, fields, models
from odoo.tools import SQL

from ..churn import BgNbd, History, fit

#: customers' worth of what shops are like as a rule: see `churn.fit`
PRIOR = 20.0
DAYS_BETWEEN_FITS = 28
#: times are rounded so that no more than these different ages occur
_LEVELS = 200


class CustomerChurnModel(models.Model):
    """What a company's customers are like, as fitted on one day."""

    _name = "customer.churn.model"
    _description = "Churn Model"
    _order = "fitted_at DESC, id DESC"
    _rec_name = "fitted_at"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    fitted_at = fields.Datetime(required=True)
    customers = fields.Integer(help="Customers who bought at all.")
    repeaters = fields.Integer(help="Customers who bought on two days or more.")
    is_fitted = fields.Boolean(
        "Usable", help="Too few customers came back for a model where this is not set."
    )
    r = fields.Float(digits=0)
    alpha = fields.Float(digits=0, help="In days.")
    a = fields.Float(digits=0)
    b = fields.Float(digits=0)
    log_likelihood = fields.Float(digits=0)
    grain = fields.Integer(default=1, help="Days that times are rounded to.")
    usual_interval = fields.Float(
        digits=(8, 1),
        help="Median of the usual intervals of customers who have one, in days: what is"
        " expected of those who have none yet.",
    )

    @api.model
    def _is_due(self, moment):
        latest = self._get_latest(moment.company)
        age = timedelta(days=DAYS_BETWEEN_FITS)
        # a company that just began gets its first model as soon as there can be one
        return not latest.is_fitted or latest.fitted_at <= moment.now - age

    @api.model
    def _get_latest(self, company):
        return self.sudo().search([("company_id", "=", company.id)], limit=1)

    @api.model
    def _fit(self, moment):
        """Fit on the temporary table of `customer.snapshot._refresh`.

        :return: the new row; that of an attempt without a result replaces the last such
        """
        ((usual, longest, customers, repeaters),) = self.env.execute_query(
            SQL(
                "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY interval_days),"
                " MAX(%s - first_order_date), COUNT(*),"
                " COUNT(*) FILTER (WHERE churn_repeats > 0) FROM customer_rhythm",
                moment.today,
            )
        )
        grain = max(1, (longest or 0) // _LEVELS)
        model = fit(self._get_histories(moment, grain), PRIOR)
        vals = {
            "company_id": moment.company.id,
            "fitted_at": moment.now,
            "customers": customers,
            "repeaters": repeaters,
            "is_fitted": bool(model),
            "grain": grain,
            "usual_interval": usual or 0.0,
        }
        if model:
            vals.update(r=model.r, alpha=model.alpha, a=model.a, b=model.b)
            vals["log_likelihood"] = model.log_likelihood
        self.search(
            [("company_id", "=", moment.company.id), ("is_fitted", "=", False)]
        ).unlink()
        record = self.create(vals)
        self.env.flush_all()
        return record

    def _get_histories(self, moment, grain):
        """The histories of all customers, times rounded to the grain."""
        rows = self.env.execute_query(
            SQL(
                "SELECT churn_repeats,"
                " (last_order_date - first_order_date) / %(grain)s,"
                " GREATEST(%(today)s - first_order_date, 0) / %(grain)s, COUNT(*)"
                " FROM customer_rhythm GROUP BY 1, 2, 3",
                grain=grain,
                today=moment.today,
            )
        )
        return chain.from_iterable(
            repeat(History(repeats, recency * grain, age * grain), count)
            for repeats, recency, age, count in rows
        )

    def _get_model(self):
        self.ensure_one()
        return BgNbd(self.r, self.alpha, self.a, self.b, self.log_likelihood)

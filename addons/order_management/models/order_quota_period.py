# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OrderQuota(models.Model):
    """The period of a quota, and the larger quota that it is a part of."""

    _inherit = "order.quota"

    #: length of a period by its type; a season is as long as its dates say
    _PERIODS = {
        "day": relativedelta(days=1),
        "week": relativedelta(weeks=1),
        "month": relativedelta(months=1),
        "quarter": relativedelta(months=3),
        "year": relativedelta(years=1),
    }

    period_type = fields.Selection(
        [
            ("day", "Day"),
            ("week", "Week"),
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("year", "Year"),
            ("season", "Season"),
        ],
        "Period",
        required=True,
        default="month",
        help="A season lasts as long as its dates say; the other periods have their "
        "own length.",
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(
        "To",
        required=True,
        compute="_compute_date_to",
        store=True,
        readonly=False,
        precompute=True,
        help="Last day of the period, in the company's time zone.",
    )
    parent_id = fields.Many2one(
        "order.quota",
        "Part of",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    child_ids = fields.One2many("order.quota", "parent_id", "Parts")

    _dates_check = models.Constraint(
        "CHECK (date_from <= date_to)", "A quota cannot end before it begins."
    )

    @api.model
    def _default_date_from(self):
        return fields.Date.context_today(self).replace(day=1)

    @api.depends("period_type", "date_from")
    def _compute_date_to(self):
        for quota in self:
            quota.date_to = quota._get_period_end() or quota.date_to

    @api.constrains("parent_id")
    def _check_parent_cycle(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A quota cannot be a part of itself. Choose another one.")
            )

    @api.constrains(
        "parent_id", "company_id", "date_from", "date_to", "measure", "uom_id"
    )
    def _check_inside_parent(self):
        for quota in self.filtered("parent_id") | self.child_ids:
            parent = quota.parent_id
            if (
                quota.company_id != parent.company_id
                or quota.date_from < parent.date_from
                or quota.date_to > parent.date_to
                or quota.measure != parent.measure
                or quota.uom_id != parent.uom_id
                or quota.currency_id != parent.currency_id
            ):
                raise ValidationError(
                    self.env._(
                        "“%(quota)s” is a part of “%(parent)s”: it must be of the "
                        "same company, counted in the same unit, and lie inside "
                        "%(date_from)s to %(date_to)s.",
                        quota=quota.name,
                        parent=parent.name,
                        date_from=parent.date_from,
                        date_to=parent.date_to,
                    )
                )

    @api.constrains("period_type", "date_from", "date_to")
    def _check_period_length(self):
        for quota in self:
            end = quota._get_period_end()
            if end and quota.date_to != end:
                raise ValidationError(
                    self.env._(
                        "A %(period)s from %(date_from)s ends on %(end)s. Take that "
                        "date, or the period “Season” for free dates.",
                        period=quota._get_period_label(),
                        date_from=quota.date_from,
                        end=end,
                    )
                )

    def _get_period_label(self):
        selection = self._fields["period_type"]._description_selection(self.env)
        return dict(selection)[self.period_type].lower()

    def _get_period_end(self):
        """Last day of the period that begins at ``date_from``; False for a season."""
        length = self._PERIODS.get(self.period_type)
        if not length or not self.date_from:
            return False
        return self.date_from + length - relativedelta(days=1)

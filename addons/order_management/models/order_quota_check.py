# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import ValidationError


class OrderQuota(models.Model):
    """What must hold between a quota, its period and the quota it is a part of."""

    _inherit = "order.quota"

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

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from pytz import UTC

from odoo import models


class ResourceCalendar(models.Model):
    """Working hours as the clock of a first response needs them."""

    _inherit = "resource.calendar"

    def _get_intervals_around(self, moment, resources):
        """:return: {resource id (False: nobody's): working time in that minute}."""
        start = UTC.localize(moment)
        return self._work_intervals_batch(
            start, start + timedelta(minutes=1), resources=resources
        )

    def _add_hours(self, moment, hours):
        """:return: ``moment`` (UTC) plus working hours; without a calendar plain."""
        if not self or not hours:
            return moment + timedelta(hours=hours)
        end = self.plan_hours(hours, UTC.localize(moment), compute_leaves=True)
        if not end:
            return moment + timedelta(hours=hours)
        return end.astimezone(UTC).replace(tzinfo=None)

    def _count_hours(self, start, end):
        """:return: working hours between two UTC times."""
        if end <= start:
            return 0.0
        if not self:
            return (end - start).total_seconds() / 3600
        return self.get_work_hours_count(UTC.localize(start), UTC.localize(end))

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from pytz import UTC, timezone

from odoo import models

from ..working_time import WorkClock


class ResourceCalendar(models.Model):
    """Working hours; here: as a clock that deadlines of many orders are read from."""

    _inherit = "resource.calendar"

    def _get_work_clock(self, zone):
        """The clock of this calendar, leave of everybody taken out; of none a clock
        that never stops.

        It costs a query for every four weeks that are looked at, not one a moment.

        :param zone: the time zone (pytz) of a clock without a calendar
        """
        if not self:
            return WorkClock(None, zone)
        self.ensure_one()
        return WorkClock(self._load_intervals, timezone(self.tz or "UTC"))

    def _load_intervals(self, start, end):
        """``[(start, end)]`` of working time between two moments, all naive UTC."""
        found = self._work_intervals_batch(UTC.localize(start), UTC.localize(end))
        return sorted(
            tuple(
                moment.astimezone(UTC).replace(tzinfo=None) for moment in interval[:2]
            )
            for interval in found[False]
        )

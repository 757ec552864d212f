# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import UTC

from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _get_service_intervals(self, start, stop):
        """Working intervals between two UTC moments, without breaks and holidays.

        Without a calendar the day has 24 hours.
        """
        if not self:
            return [(start, stop)]
        found = self._work_intervals_batch(
            start.replace(tzinfo=UTC), stop.replace(tzinfo=UTC)
        )[False]
        return [
            tuple(at.astimezone(UTC).replace(tzinfo=None) for at in (begin, end))
            for begin, end, _meta in found
        ]

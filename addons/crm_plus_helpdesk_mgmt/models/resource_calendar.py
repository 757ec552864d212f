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
        leaves = [("time_type", "=", "leave")]
        if self.company_id:
            # deadlines are computed with all rights: no rule leaves out the holidays
            # of other companies, which have no calendar either
            leaves.append(("company_id", "in", (False, self.company_id.id)))
        found = self._work_intervals_batch(
            start.replace(tzinfo=UTC), stop.replace(tzinfo=UTC), domain=leaves
        )[False]
        return [
            tuple(at.astimezone(UTC).replace(tzinfo=None) for at in (begin, end))
            for begin, end, _meta in found
        ]

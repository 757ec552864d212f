# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Plain Python; nothing here knows of Odoo."""

from .deadline import Outcome, Segment, replay
from .work_clock import WorkClock

__all__ = ["Outcome", "Segment", "WorkClock", "replay"]

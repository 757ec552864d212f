# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How likely customers are to buy again, from when they bought: plain Python.

Nothing here knows of Odoo; it can be imported and tested alone.
"""

from .bgnbd import BgNbd, History, fit
from .rhythm import Rhythm, describe

__all__ = ["BgNbd", "History", "Rhythm", "describe", "fit"]

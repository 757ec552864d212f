# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Plain Python; nothing here knows of Odoo."""

from .text import fold, plain, slug, storable, words
from .throttle import Throttle

__all__ = ["Throttle", "fold", "plain", "slug", "storable", "words"]

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What each shop may show of what there is, in plain typed Python without Odoo."""

from .rules import LEVELS, Offer, Pool, Published, Rule, Step, publish
from .similar import Catalogue

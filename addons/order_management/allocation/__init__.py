# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""How scarce goods are shared: plain figures, no database."""

from .fair_share import Claim, Share, share

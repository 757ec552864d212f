# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Marketplaces' and shops' protocols in plain typed Python: nothing here knows Odoo."""

from . import errors, types
from .adapter import Adapter, adapters, register
from .transport import Transport
from . import vendure
from . import practice
from . import medusa
from . import generic
from . import shopee, woocommerce

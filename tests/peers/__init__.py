"""Real shops from npm, and the adapters that speak to them."""

import sys

from .. import harness

# packages inside addons, which only Odoo could import as parts of these
sys.path[:0] = [
    str(harness.SOURCE / "addons" / "stock_sync"),
    str(harness.SOURCE / "addons" / "order_management"),
]

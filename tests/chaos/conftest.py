"""The simulated channels need the plain packages of the addons."""

import sys
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"
# the plain packages of the addons are importable alone
for addon in ("order_management", "stock_sync"):
    sys.path.insert(0, str(ADDONS / addon))

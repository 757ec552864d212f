# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Kept for its importers: these live with the neutral order now."""

from ..neutral.payload import (  # noqa: F401
    canonical_hash,
    in_reading_order,
    without_personal_data,
)

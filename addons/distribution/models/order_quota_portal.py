# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class OrderQuota(models.Model):
    """A quota; here: as a dealer reads it."""

    _inherit = "order.quota"

    def _prepare_portal_row(self):
        """What the owner of a quota may know of it: figures, never whose else it is."""
        self.ensure_one()
        return {
            "name": self.product_name,
            "period": self.period_label,
            "policy": self.policy,
            "unit": self.unit_name,
            "limit": self.limit_qty,
            "used": self.held_qty + self.consumed_qty,
            "left": self.remaining_qty,
            "is_shared": self.scope_type not in ("customer", "member"),
        }

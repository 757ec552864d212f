# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

#: what other carriers would have cost, and what this one did
_INTERNAL = frozenset({"billed_cost", "carrier_choice"})


class StockPicking(models.Model):
    """A transfer; here: what its receiver does not read, who may read the transfer."""

    _inherit = "stock.picking"

    @api.model
    def _has_field_access(self, field, operation):
        """Override of ``base``: what portal users may read comes by RPC as well."""
        if field.name in _INTERNAL and not (
            self.env.su or self.env.user._is_internal()
        ):
            return False
        return super()._has_field_access(field, operation)

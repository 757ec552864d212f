# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

#: costs and places that are told to ourselves
_INTERNAL = frozenset(
    {
        "carrier_choice",
        "sourcing_story",
        "sourcing_summary",
        "sourcing_trace",
    }
)


class SaleOrder(models.Model):
    """An order; here: what its customer does not read, who may read the order."""

    _inherit = "sale.order"

    @api.model
    def _has_field_access(self, field, operation):
        """Override of ``base``: what portal users may read comes by RPC as well."""
        if field.name in _INTERNAL and not (
            self.env.su or self.env.user._is_internal()
        ):
            return False
        return super()._has_field_access(field, operation)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

#: what the hub's screens of parcels ask for, and nobody else does
_OF_HUB = frozenset(
    ("cod_amount", "cod_state", "is_late_delivery", "is_unscanned", "tracking_state")
)


class StockPicking(models.Model):
    """A parcel; here: groups of years of parcels are added up once."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "order.group.mixin"]

    @api.model
    def _is_for_many(self, domain, aggregates):
        """Override: only screens of the hub; transfers are grouped as Odoo does."""
        asked = {spec.partition(":")[0] for spec in aggregates}
        asked.update(
            condition.field_expr for condition in Domain(domain).iter_conditions()
        )
        return not asked.isdisjoint(_OF_HUB)

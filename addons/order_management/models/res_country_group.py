# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools


class ResCountryGroup(models.Model):
    """A group of countries; here: those between which no customs are."""

    _name = "res.country.group"
    _inherit = ["res.country.group", "order.cached.mixin"]

    is_customs_union = fields.Boolean(
        "Customs Union", help="Goods move between these countries without customs."
    )

    @api.model
    @tools.ormcache()
    def _get_customs_unions(self):
        """The ids of the countries of each customs union."""
        unions = self.sudo().search([("is_customs_union", "=", True)])
        return tuple(frozenset(union.country_ids.ids) for union in unions)

    @api.model
    def _has_customs_between(self, country, other):
        """Whether goods from one country to another go through customs."""
        if not country or not other or country == other:
            return False
        return not any(
            {country.id, other.id} <= union for union in self._get_customs_unions()
        )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

#: markers sent at once; above that, people filter
MAX_MARKERS = 5000
_TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
_CREDIT = "© OpenStreetMap contributors"
_MARKER = (
    "name",
    "code",
    "latitude",
    "longitude",
    "state",
    "level_id",
    "class_id",
    "territory_id",
    "street",
    "city",
    "phone",
)


class DistributionMember(models.Model):
    """A member; here: what the map shows of it."""

    _inherit = "distribution.member"

    @api.model
    def get_map_settings(self):
        """Where the map's pictures come from, and what its filters offer."""
        # who looks at the map may not read the parameters of the system
        get_param = self.env["ir.config_parameter"].sudo().get_param
        tiles = get_param("distribution.tile_url") or _TILES
        own_tiles = tiles != _TILES
        credit = get_param("distribution.tile_credit")
        return {
            "tile_url": "" if tiles.strip().lower() == "none" else tiles,
            "tile_credit": credit or ("" if own_tiles else _CREDIT),
            "levels": self._get_choices("distribution.level"),
            "classes": self._get_choices("distribution.outlet.class"),
            "territories": self._get_choices("distribution.territory"),
            "states": self._fields["state"]._description_selection(self.env),
        }

    @api.model
    def _get_choices(self, model):
        return [
            (record.id, record.display_name) for record in self.env[model].search([])
        ]

    @api.model
    def get_map_members(self, level_id=None, territory_id=None, state=None):
        """Members to be shown, those of the user's rights.

        :param territory_id: with the territories below it
        :return: ``{"members": [...], "total": how many match, "unplaced": how many of
            these have no position}``; at most ``MAX_MARKERS`` members
        """
        domain = Domain.TRUE
        if level_id:
            domain &= Domain("level_id", "=", level_id)
        if territory_id:
            domain &= Domain("territory_id", "child_of", territory_id)
        if state:
            domain &= Domain("state", "=", state)
        else:
            domain &= Domain("state", "!=", "closed")
        placed = Domain("has_position", "=", True)
        total = self.search_count(domain & placed)
        return {
            "members": self.search_read(domain & placed, _MARKER, limit=MAX_MARKERS),
            "total": total,
            "unplaced": self.search_count(domain) - total,
        }

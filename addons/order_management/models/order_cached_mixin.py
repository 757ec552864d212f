# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class OrderCachedMixin(models.AbstractModel):
    """Short lists that every order asks for: methods with ``tools.ormcache`` keep what
    they say in memory, and any change of the list empties it, in every worker."""

    _name = "order.cached.mixin"
    _description = "List Kept in Memory"

    @api.model_create_multi
    def create(self, vals_list):
        """Override: what is kept is read anew."""
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        """Override: what is kept is read anew, if these values are part of it."""
        result = super().write(vals)
        if self._is_kept(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        """Override: what is kept is read anew."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def _is_kept(self, vals):
        """Whether any of these values is part of what is kept in memory."""
        return True

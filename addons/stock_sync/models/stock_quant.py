# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

_COUNTED = frozenset(("quantity", "reserved_quantity", "location_id", "owner_id"))


class StockQuant(models.Model):
    """What lies somewhere; here: shops hear of every change."""

    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to note the products."""
        quants = super().create(vals_list)
        quants._note_for_shops()
        return quants

    def write(self, vals):
        """Override to note the products."""
        if not _COUNTED.isdisjoint(vals):
            self._note_for_shops()
        return super().write(vals)

    def unlink(self):
        """Override to note the products."""
        self._note_for_shops()
        return super().unlink()

    @api.model
    def _add_reserved(self, taken):
        """Override of ``order_management``, which writes past the ORM."""
        result = super()._add_reserved(taken)
        self.concat(*taken)._note_for_shops()
        return result

    def _note_for_shops(self):
        self.env["channel.stock.dirty"]._collect_products(
            {quant.product_id.id for quant in self}, "stock"
        )

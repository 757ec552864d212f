# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .sale_order_bulk import ORIGIN_NOTE, Bulk


class StockPicking(models.Model):
    """A transfer; here: its note "created from" is written with those of the batch."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    def message_post_with_source(self, source_ref, *, render_values=None, **kwargs):
        """Override: see `Bulk.log_origins`."""
        bulk = Bulk.of(self)
        if not bulk or source_ref != ORIGIN_NOTE or len(self) != 1:
            return super().message_post_with_source(
                source_ref, render_values=render_values, **kwargs
            )
        bulk.origins.append((self, render_values["origin"]))
        return self.env["mail.message"]

    @api.model
    def _create_numbered(self, vals_list):
        """Create transfers whose numbers are drawn in one query for each type."""
        unit = self._get_default_weight_uom()
        by_type = {}
        for vals in vals_list:
            vals.setdefault(
                "weight_uom_name", unit
            )  # its default is searched each time
            if vals.get("name", "/") == "/":
                by_type.setdefault(vals["picking_type_id"], []).append(vals)
        for type_id, group in by_type.items():
            sequence = self.env["stock.picking.type"].browse(type_id).sudo().sequence_id
            for vals, name in zip(group, sequence._draw(len(group)), strict=True):
                if name:
                    vals["name"] = name
        return self.create(vals_list)

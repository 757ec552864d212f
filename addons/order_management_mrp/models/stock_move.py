# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError


class StockMove(models.Model):
    """A move of goods, which may be a component of a kit that was ordered."""

    _inherit = "stock.move"

    # copied: a backorder, a return or the next step is part of the same composition
    kit_version = fields.Integer(
        string="Kit Composition",
        readonly=True,
        help="Which of the order line's kit compositions the goods are part of, from "
        "1. Kept only under approval control.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        # whoever makes a transfer need not be allowed to see or change the order
        moves.sudo().filtered(
            lambda move: (
                move.bom_line_id
                and not move.kit_version
                and move.sale_line_id
                and move.sale_line_id._is_under_ceiling()
            )
        )._set_kit_version()
        return moves

    def write(self, vals):
        if "kit_version" in vals and not self.env.su:
            raise AccessError(
                self.env._(
                    "Which kit a move is part of is kept by Order Hub itself; nobody "
                    "sets it by hand."
                )
            )
        return super().write(vals)

    def _set_kit_version(self):
        """Remember what the kits of these new moves' order lines are made of."""
        components = self.sale_line_id._get_kit_components()
        for line, moves in self.grouped("sale_line_id").items():
            if components.get(line):
                moves.kit_version = line._add_kit_version(components[line])

    def _prepare_phantom_move_values(self, bom_line, product_qty, quantity_done):
        """Override: the components belong to the same return."""
        vals = super()._prepare_phantom_move_values(
            bom_line, product_qty, quantity_done
        )
        vals["channel_return_line_id"] = self.channel_return_line_id.id
        return vals

    def _prepare_merge_moves_distinct_fields(self):
        """Components of kits of different composition are never one move."""
        return [*super()._prepare_merge_moves_distinct_fields(), "kit_version"]

    def _prepare_merge_negative_moves_excluded_distinct_fields(self):
        # less demand is taken from whatever is still to leave
        return [
            *super()._prepare_merge_negative_moves_excluded_distinct_fields(),
            "kit_version",
        ]

    def _filter_unasked(self):
        """Components of the kit that the order line sells are asked for."""
        unasked = super()._filter_unasked()
        if not unasked:
            return unasked
        today = unasked._get_ceiling_lines()._get_kit_components()
        return unasked.filtered(lambda move: not move._is_component_sold(today))

    def _is_component_sold(self, today):
        """Whether the move is a part of the kit that its order line sells.

        :param today: what the kits of the order lines are made of today
        """
        self.ensure_one()
        line = self._get_ceiling_lines()
        made_of = line._get_kit_version(self.kit_version) or today.get(line, {})
        return self.product_id.id in made_of

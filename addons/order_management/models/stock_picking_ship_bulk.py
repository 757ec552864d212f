# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """A transfer; here: validated together with others, without a question.

    Odoo's own button takes any number of transfers; what costs a query for each of
    them is answered once before (see `Bulk`).
    """

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    def _has_quantity(self):
        self.ensure_one()
        return any(move.quantity for move in self.move_ids)

    def _is_all_reserved(self):
        """Whether everything that is asked for is there, or picked."""
        self.ensure_one()
        return all(
            move.product_uom.compare(move.quantity, move.product_uom_qty) >= 0
            for move in self.move_ids
            if move.state not in ("done", "cancel")
        )

    def _needs_carrier(self):
        """Whether validating it asks a carrier outside for a label."""
        self.ensure_one()
        carrier = self.carrier_id
        return (
            carrier.integration_level == "rate_and_ship"
            and not self.carrier_tracking_ref
            and self.picking_type_id.print_label
        )

    def _ship_all(self):
        """Validate these transfers as one batch; what is missing becomes a backorder.

        :raises UserError: one of them cannot be validated
        """
        if not self:
            return
        self._pick_reserved()
        self.with_context(skip_backorder=True).button_validate()
        # a question instead of an answer: expired lots, a first text message, ...
        asked = self.filtered(lambda picking: picking.state != "done")
        if asked:
            raise UserError(
                self.env._(
                    "%(names)s: Odoo asks a question before it is validated. Open and "
                    "validate it by hand.",
                    names=", ".join(asked.mapped("name")),
                )
            )

    def _pick_reserved(self):
        """Say of transfers that nobody began to pick that all is picked, in one write;
        Odoo would do it transfer by transfer."""
        untouched = self.filtered(
            lambda picking: (
                not any(
                    move.picked and move.location_dest_usage != "inventory"
                    for move in picking.move_ids
                )
            )
        )
        untouched.move_ids.picked = True

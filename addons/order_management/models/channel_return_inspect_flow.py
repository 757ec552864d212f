# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError


class ChannelReturnLine(models.Model):
    """A line of a return; here: what of it is here, and was looked at."""

    _inherit = "channel.return.line"

    def _get_arrived_moves(self):
        """Done moves that brought the goods of these lines, as superuser."""
        return self.sudo().move_ids.filtered(
            lambda move: move.state == "done" and move.is_customer_return
        )

    def _get_parts(self, quantity):
        """What a quantity of this line is physically.

        :return: ``{product: quantity in its own unit}``
        """
        self.ensure_one()
        sold = self.sale_line_id
        if not sold:
            unit = self.product_id.uom_id
            return {self.product_id: self.uom_id._compute_quantity(quantity, unit)}
        return sold._get_return_parts(
            self.uom_id._compute_quantity(quantity, sold.product_uom_id, round=False)
        )

    def _get_parts_inspected(self, without):
        """What earlier inspections were about.

        :return: ``{(product, lot): quantity in the product's unit}``
        """
        self.ensure_one()
        result = {}
        for record in (self.inspection_ids - without).sorted("id"):
            for product, quantity in self._get_parts(record.quantity).items():
                lots = [(record.lot_id, quantity)]
                if not record.lot_id and product.tracking != "none":
                    lots = [
                        (part.lot_id, part.quantity_product_uom)
                        for part in record.move_ids.move_line_ids
                        if part.product_id == product
                    ]
                for lot, part in lots:
                    key = product, lot
                    result[key] = result.get(key, 0.0) + part
        return result

    def _get_disposition(self):
        """Where goods go unless somebody says otherwise."""
        self.ensure_one()
        if self.disposition:
            return self.disposition
        bad = self.condition in ("used", "damaged", "defective")
        return "quarantine" if bad else "restock"


class ChannelReturn(models.Model):
    """A return; here: its goods are looked at."""

    _inherit = "channel.return"

    def action_accept_all(self):
        """Accept what is here and not inspected yet, as new, back to stock.

        :raises AccessError: for others than the warehouse and clerks
        :raises UserError: nothing is to be inspected
        """
        self._check_warehouse_allowed()
        if not any(self.mapped("to_inspect_qty")):
            raise UserError(self.env._("Nothing is waiting to be inspected."))
        self.sudo()._accept_all()
        return True

    def _accept_all(self):
        """Inspections of the rest, in one go."""
        vals_list = [
            {
                "line_id": line.id,
                "quantity": line.to_inspect_qty,
                "condition": line.condition or "new",
                "disposition": line._get_disposition(),
            }
            for line in self.line_ids
            if line.uom_id.compare(line.to_inspect_qty, 0.0) > 0
        ]
        if vals_list:
            self.env["channel.return.inspection"].create(vals_list)

    def _after_inspection(self):
        """All that arrived was looked at: settle, and close where nothing is left."""
        for record in self:
            waiting = any(
                line.uom_id.compare(line.to_inspect_qty, 0.0) > 0
                for line in record.line_ids
            )
            if record.state == "received" and not waiting:
                record._transition("inspected")

    def _after_inspected(self):
        """Inspected: what was agreed is settled now."""
        self._settle_when("inspection")
        for record in self.sudo():
            if record.settled_at and record.state == "inspected":
                record._transition("closed")

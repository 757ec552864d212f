# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.channel_return_line import CONDITIONS, DISPOSITIONS


class ChannelReturnInspect(models.TransientModel):
    """Look at what arrived: for each part what it is like and where it goes."""

    _name = "channel.return.inspect"
    _description = "Inspect Returned Goods"

    return_id = fields.Many2one("channel.return", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="return_id.company_id")
    line_ids = fields.One2many("channel.return.inspect.line", "wizard_id", "Goods")

    @api.model
    def default_get(self, fields):
        """What waits to be inspected, one line each."""
        values = super().default_get(fields)
        record = self.env["channel.return"].browse(
            values.get("return_id") or self.env.context.get("active_id")
        )
        if "line_ids" in fields and record:
            values["return_id"] = record.id
            values["line_ids"] = [
                Command.create(
                    {
                        "line_id": line.id,
                        "quantity": line.to_inspect_qty,
                        "condition": line.condition or "new",
                        "disposition": line._get_disposition(),
                    }
                )
                for line in record.line_ids
                if line.uom_id.compare(line.to_inspect_qty, 0.0) > 0
            ]
        return values

    def action_inspect(self):
        """Enter what was found; the goods are moved.

        :raises UserError: nothing is entered, or more than is here
        """
        self.ensure_one()
        lines = self.line_ids.filtered("quantity")
        if not lines:
            raise UserError(
                self.env._("Enter how much of what you looked at, or discard.")
            )
        self.env["channel.return.inspection"].create(
            [line._prepare_inspection() for line in lines]
        )
        return {"type": "ir.actions.act_window_close"}


class ChannelReturnInspectLine(models.TransientModel):
    """A part of what arrived that is alike."""

    _name = "channel.return.inspect.line"
    _description = "Inspected Goods"

    wizard_id = fields.Many2one(
        "channel.return.inspect", required=True, ondelete="cascade"
    )
    return_id = fields.Many2one(related="wizard_id.return_id")
    company_id = fields.Many2one(related="wizard_id.company_id")
    line_id = fields.Many2one(
        "channel.return.line",
        "Goods",
        required=True,
        ondelete="cascade",
        domain="[('return_id', '=', return_id)]",
    )
    product_id = fields.Many2one(related="line_id.product_id")
    tracking = fields.Selection(related="product_id.tracking")
    to_inspect_qty = fields.Float(related="line_id.to_inspect_qty")
    quantity = fields.Float(digits="Product Unit")
    is_accepted = fields.Boolean("Accepted", default=True)
    condition = fields.Selection(CONDITIONS, required=True, default="new")
    disposition = fields.Selection(DISPOSITIONS, required=True, default="restock")
    lot_id = fields.Many2one(
        "stock.lot", "Lot/Serial Number", domain="[('product_id', '=', product_id)]"
    )
    note = fields.Char()
    photo_ids = fields.Many2many("ir.attachment", string="Photos")

    @api.onchange("disposition")
    def _onchange_disposition(self):
        if self.disposition == "customer":
            self.is_accepted = False

    def _prepare_inspection(self):
        self.ensure_one()
        return {
            "line_id": self.line_id.id,
            "quantity": self.quantity,
            "is_accepted": self.is_accepted,
            "condition": self.condition,
            "disposition": self.disposition,
            "lot_id": self.lot_id.id,
            "note": self.note,
            "photo_ids": [Command.set(self.photo_ids.ids)],
        }

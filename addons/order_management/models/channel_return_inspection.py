# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.photos import keep_photos
from .channel_return_line import CONDITIONS, DISPOSITIONS


class ChannelReturnInspection(models.Model):
    """What the warehouse found in a part of the goods that came back.

    One line of a return may have several: two lamps as new, one broken. Creating one
    moves the goods; it stays as history.
    """

    _name = "channel.return.inspection"
    _description = "Inspection of Returned Goods"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "product_id"
    _check_company_auto = True

    line_id = fields.Many2one(
        "channel.return.line",
        "Return Line",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
    )
    return_id = fields.Many2one(
        related="line_id.return_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="line_id.company_id", store=True, precompute=True, index=True
    )
    order_id = fields.Many2one(related="line_id.order_id", store=True, precompute=True)
    partner_id = fields.Many2one(
        related="return_id.partner_id", store=True, precompute=True
    )
    product_id = fields.Many2one(
        related="line_id.product_id", store=True, precompute=True, index=True
    )
    tracking = fields.Selection(related="product_id.tracking")
    reason_id = fields.Many2one(
        related="line_id.reason_id", store=True, precompute=True
    )
    uom_id = fields.Many2one(related="line_id.uom_id")
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    is_accepted = fields.Boolean(
        "Accepted",
        default=True,
        help="The customer gets what was agreed for it. Off: not, say why in the note.",
    )
    condition = fields.Selection(CONDITIONS, required=True, default="new")
    disposition = fields.Selection(DISPOSITIONS, required=True, default="restock")
    responsible_party = fields.Selection(
        [
            ("customer", "Customer"),
            ("warehouse", "Warehouse"),
            ("carrier", "Carrier"),
            ("vendor", "Vendor"),
            ("channel", "Channel"),
        ],
        help="At whose door the cause lies, as the goods show it.",
    )
    lot_id = fields.Many2one(
        "stock.lot",
        "Lot/Serial Number",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
        index="btree_not_null",
        ondelete="restrict",
    )
    note = fields.Text()
    photo_ids = fields.Many2many(
        "ir.attachment",
        "channel_return_inspection_photo_rel",
        "inspection_id",
        "attachment_id",
        "Photos",
    )
    inspected_at = fields.Datetime(
        default=fields.Datetime.now, required=True, readonly=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Inspected By",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    move_ids = fields.Many2many(
        "stock.move",
        "channel_return_inspection_move_rel",
        "inspection_id",
        "move_id",
        "Moves",
        readonly=True,
        groups="stock.group_stock_user,order_management.group_warehouse",
    )
    repair_ref = fields.Char("Repair Order", readonly=True)

    _quantity_check = models.Constraint(
        "CHECK (quantity > 0)", "An inspection is about more than nothing."
    )

    @api.constrains("lot_id", "line_id")
    def _check_lot(self):
        for record in self.filtered("lot_id"):
            moves = record.sudo().line_id._get_arrived_moves()
            if record.lot_id not in moves.move_line_ids.lot_id:
                raise ValidationError(
                    self.env._(
                        "Lot %(lot)s did not come back with return %(name)s.",
                        lot=record.lot_id.display_name,
                        name=record.return_id.name,
                    )
                )

    @api.constrains("is_accepted", "disposition")
    def _check_outcome(self):
        for record in self:
            refunded = record.return_id.return_type in ("return_refund", "exchange")
            if record.disposition == "customer" and record.is_accepted and refunded:
                raise ValidationError(
                    self.env._(
                        "What is sent back to the customer is not accepted: take "
                        "“Accepted” off, or choose where else the goods go."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Enter what was found, and move the goods accordingly.

        :raises AccessError: for others than the warehouse and clerks
        :raises UserError: more than was received and is not inspected yet
        """
        records = super().create(vals_list)
        records.return_id._check_warehouse_allowed()
        keep_photos(records)
        # sudo: the right was asked above; the moves need rights on stock and orders
        records_sudo = records.sudo()
        records_sudo._take_from_received()
        for record in records_sudo:
            record.with_company(record.company_id)._move_goods()
        records_sudo.return_id._after_inspection()
        return records

    def write(self, vals):
        """Notes and photos may be added; what was found and done stays.

        :raises UserError: anything else
        """
        fixed = {"line_id", "quantity", "is_accepted", "disposition", "lot_id"}
        if not self.env.su and not fixed.isdisjoint(vals):
            raise UserError(
                self.env._(
                    "The goods were moved already: what the inspection found stays. "
                    "Add a note, or move the goods by a transfer."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(
            self.env._("Inspections stay as history: the goods were moved by them.")
        )

    def _take_from_received(self):
        """Count what is inspected and what of it is accepted, on the return's lines.

        :raises UserError: more than was received and is not inspected yet
        """
        for line, records in self.grouped("line_id").items():
            if line.state not in ("to_receive", "received", "inspected"):
                raise UserError(
                    self.env._(
                        "%(product)s of return %(name)s is not here yet, or closed "
                        "already.",
                        product=line.product_id.display_name,
                        name=line.return_id.name,
                    )
                )
            total = sum(records.mapped("quantity"))
            if line.uom_id.compare(total, line.to_inspect_qty) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s of return %(name)s: %(left)g are here to be "
                        "inspected, not %(quantity)g.",
                        product=line.product_id.display_name,
                        name=line.return_id.name,
                        left=line.to_inspect_qty,
                        quantity=total,
                    )
                )
            good = sum(records.filtered("is_accepted").mapped("quantity"))
            line.write(
                {
                    "inspected_qty": line.inspected_qty + total,
                    "accepted_qty": line.accepted_qty + good,
                    "condition": records[-1:].condition,
                    "disposition": records[-1:].disposition,
                }
            )
            # now: the row is what a second inspection at the same time fails on
            line.flush_recordset(["inspected_qty", "accepted_qty"])

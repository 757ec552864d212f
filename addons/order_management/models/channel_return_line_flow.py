# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: the goods are here, or nothing is to come any more
ARRIVED = ("received", "inspected", "closed")
#: what the warehouse enters, which has no other right on returns
_RECEIVING_FIELDS = frozenset({"arriving_qty"})
_BOOKING_FIELDS = frozenset({"sale_line_id", "approved_qty", "received_qty", "uom_id"})


class ChannelReturnLine(models.Model):
    """One product that comes back; here: its way through the warehouse."""

    _inherit = "channel.return.line"

    partner_id = fields.Many2one(related="return_id.partner_id")
    return_type = fields.Selection(related="return_id.return_type")
    move_ids = fields.One2many(
        "stock.move",
        "channel_return_line_id",
        "Moves",
        readonly=True,
        groups="stock.group_stock_user,order_management.group_clerk,"
        "order_management.group_warehouse,order_management.group_accountant",
    )
    inspection_ids = fields.One2many(
        "channel.return.inspection", "line_id", "Inspections", readonly=True
    )
    inspected_qty = fields.Float(
        "Inspected", digits="Product Unit", readonly=True, copy=False, default=0.0
    )
    to_inspect_qty = fields.Float(
        "To Inspect", digits="Product Unit", compute="_compute_to_inspect_qty"
    )
    arriving_qty = fields.Float(
        "Arrived",
        digits="Product Unit",
        copy=False,
        help="What is in the parcel that is being received. Empty: all that is "
        "expected.",
    )
    expected_qty = fields.Float(
        "Expected", digits="Product Unit", compute="_compute_expected_qty"
    )
    returnable_qty = fields.Float(
        "Can Come Back",
        digits="Product Unit",
        compute="_compute_returnable_qty",
        help="Shipped, less what came back or is to come back by any other return or "
        "transfer.",
    )
    exchange_product_id = fields.Many2one(
        "product.product",
        "In Exchange",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('sale_ok', '=', True)]",
    )
    exchange_qty = fields.Float(
        "Exchange Quantity",
        digits="Product Unit",
        help="Empty: as much as is accepted.",
    )

    _inspected_check = models.Constraint(
        "CHECK (COALESCE(inspected_qty, 0) <= received_qty + 0.000001)",
        "No more can be inspected than was received.",
    )
    _exchange_check = models.Constraint(
        "CHECK (COALESCE(exchange_qty, 0) >= 0)", "No quantity is below zero."
    )
    _arriving_check = models.Constraint(
        "CHECK (COALESCE(arriving_qty, 0) >= 0)", "No quantity is below zero."
    )

    @api.depends("received_qty", "inspected_qty")
    def _compute_to_inspect_qty(self):
        for line in self:
            line.to_inspect_qty = max(line.received_qty - line.inspected_qty, 0.0)

    @api.depends("approved_qty", "received_qty", "state")
    def _compute_expected_qty(self):
        for line in self:
            is_open = line.state in ("approved", "to_receive")
            left = max(line.approved_qty - line.received_qty, 0.0)
            line.expected_qty = left if is_open else 0.0

    @api.depends("sale_line_id", "uom_id", "return_id")
    def _compute_returnable_qty(self):
        for record, lines in self.grouped("return_id").items():
            room = lines.sale_line_id._get_returnable_qty(without=record._origin)
            for line in lines:
                sold = line.sale_line_id
                line.returnable_qty = (
                    sold.product_uom_id._compute_quantity(room[sold], line.uom_id)
                    if sold
                    else 0.0
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Override: what is asked for is counted at every door."""
        lines = super().create(vals_list)
        lines.sale_line_id._book_returns(check=False)
        return lines

    def write(self, vals):
        """Override: see :meth:`create`.

        :raises AccessError: the warehouse enters what arrived, and nothing else
        """
        if not self.env.su and not _RECEIVING_FIELDS.issuperset(vals):
            self.return_id.check_access("write")
        if _BOOKING_FIELDS.isdisjoint(vals):
            return super().write(vals)
        before = self.sale_line_id
        result = super().write(vals)
        (before | self.sale_line_id)._book_returns(check=False)
        return result

    def unlink(self):
        """Override: nobody asks for it any more."""
        sold = self.sale_line_id
        result = super().unlink()
        sold._book_returns(check=False)
        return result

    def _get_booked_qty(self):
        """What of the order line nobody else can give back, in this line's unit."""
        self.ensure_one()
        record = self.return_id
        if self.state in ("refused", "cancelled"):
            return 0.0
        if not record.goods_back or not self.sale_line_id._has_left():
            # refunded as it is, or known as history only: that stays so
            return self.approved_qty
        if self.state in ARRIVED:
            return 0.0  # what came back has not left any more
        return max(self.approved_qty - self.received_qty, 0.0)

    # ------------------------------------------------------------ transfers

    def _plan_transfers(self):
        """What of which delivery is to come back for this approved line.

        :return: list of (done move, quantity in its unit); less than approved where
            less can come back
        """
        self.ensure_one()
        sold = self.sale_line_id
        quantity = self.uom_id._compute_quantity(
            self.approved_qty, sold.product_uom_id, round=False
        )
        plan = []
        moves = sold.move_ids.filtered(
            lambda move: (
                move.state == "done" and move.location_dest_id._is_customer_side()
            )
        ).sorted("id", reverse=True)
        for product, wanted in sold._get_return_parts(quantity).items():
            for move in moves.filtered(lambda m, p=product: m.product_id == p):
                unit = move.product_uom
                left = unit._compute_quantity(
                    move._get_unreturned_qty(), product.uom_id, round=False
                )
                taken = min(left, wanted)
                if product.uom_id.compare(taken, 0.0) > 0:
                    part = product.uom_id._compute_quantity(taken, unit)
                    plan.append((move, part))
                    wanted -= taken
        return plan

    def _prepare_wizard_line(self, move, quantity):
        refunded = self.return_type in ("return_refund", "exchange")
        return {
            "product_id": move.product_id.id,
            "move_id": move.id,
            "quantity": quantity,
            "to_refund": refunded,
            "channel_return_line_id": self.id,
        }

    def _count_received(self):
        """Received is what done moves brought, in whole kits where it is one."""
        for line in self:
            quantity = line._get_arrived_qty()
            if line.uom_id.compare(quantity, line.received_qty):
                line.write({"received_qty": quantity, "arriving_qty": 0.0})

    def _get_arrived_qty(self):
        self.ensure_one()
        parts = {}
        for move in self._get_arrived_moves():
            quantity = move.product_uom._compute_quantity(
                move.quantity, move.product_id.uom_id, round=False
            )
            parts[move.product_id] = parts.get(move.product_id, 0.0) + quantity
        sold = self.sale_line_id
        if sold:
            return sold.product_uom_id._compute_quantity(
                sold._count_pieces(parts), self.uom_id
            )
        return self.product_id.uom_id._compute_quantity(
            parts.get(self.product_id, 0.0), self.uom_id
        )

    def action_receive(self):
        """Receive what arrived of these lines: the quantity that was entered, or all
        that is expected where none was.

        :raises AccessError: for others than the warehouse and clerks
        :raises UserError: nothing of a line is expected
        """
        self.return_id._check_warehouse_allowed()
        for line in self:
            if not line._get_open_moves():
                raise UserError(
                    self.env._(
                        "%(product)s of return %(name)s is not expected: it was not "
                        "approved, or is here already.",
                        product=line.product_id.display_name,
                        name=line.return_id.name,
                    )
                )
        # sudo: the right to receive returns was asked above
        lines_sudo = self.sudo()
        for picking in lines_sudo._get_open_moves().picking_id:
            lines_sudo._receive_picking(picking.with_company(picking.company_id))
        return True

    def _get_open_moves(self):
        return self.sudo().move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel") and move.is_customer_return
            )
        )

    def _receive_picking(self, picking):
        """Take in what of a transfer belongs to these lines; the rest stays open."""
        picking.move_ids.picked = False
        moves = self._get_open_moves().filtered(lambda m: m.picking_id == picking)
        for line, own in moves.grouped("channel_return_line_id").items():
            arrived = line.arriving_qty
            for move in own:
                # all that is expected, also the rest of a kit that came in parts
                part = move.product_uom_qty
                if arrived:
                    part = line._get_part_of(move, arrived)
                move._set_returned_qty(part)
        # no question may keep goods out that are here: neither about a rest that comes
        # later nor about lots that are past their date, which inspection looks at
        picking.with_context(
            skip_backorder=True, cancel_backorder=False, skip_expired=True
        ).button_validate()

    def _get_part_of(self, move, quantity):
        """What of a move's product a quantity of this line is, in the move's unit."""
        self.ensure_one()
        sold = self.sale_line_id
        if not sold:
            return self.uom_id._compute_quantity(quantity, move.product_uom)
        in_sold = self.uom_id._compute_quantity(
            quantity, sold.product_uom_id, round=False
        )
        part = sold._get_return_parts(in_sold).get(move.product_id, 0.0)
        wanted = move.product_id.uom_id._compute_quantity(part, move.product_uom)
        alike = self._get_open_moves().filtered(
            lambda m: m.product_id == move.product_id
        )
        if len(alike) == 1:
            return wanted
        # several deliveries brought them: each gets back its own first
        for other in alike:
            if other == move:
                last = other == alike[-1]
                return wanted if last else min(wanted, move.product_uom_qty)
            wanted = max(wanted - other.product_uom_qty, 0.0)
        return wanted

    def _prepare_blind_move(self, picking):
        """A move of goods whose delivery is not known here."""
        self.ensure_one()
        return Command.create(
            {
                "product_id": self.product_id.id,
                "product_uom_qty": self.approved_qty,
                "product_uom": self.uom_id.id,
                "location_id": picking["location_id"],
                "location_dest_id": picking["location_dest_id"],
                "company_id": self.company_id.id,
                "channel_return_line_id": self.id,
            }
        )


class StockMove(models.Model):
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _set_returned_qty(self, quantity):
        """Enter what of this move arrived; lots stay those that were shipped.

        :param quantity: in the move's unit
        """
        self.ensure_one()
        if self.product_uom.is_zero(quantity):
            self.picked = False
            return
        if self.product_uom.compare(self.quantity, quantity):
            left = quantity
            for part in self.move_line_ids:
                unit = part.product_uom_id
                own = unit._compute_quantity(part.quantity, self.product_uom)
                taken = min(own, left)
                if self.product_uom.compare(taken, own):
                    part.quantity = self.product_uom._compute_quantity(taken, unit)
                left -= taken
            if self.product_uom.compare(left, 0.0) > 0:
                self.quantity = quantity
        self.picked = True

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..tools.columns import create_column_with_default

#: types whose goods usually come back
GOODS_BACK = ("return_refund", "exchange", "repair")


class ChannelReturn(models.Model):
    """A return; here: the way of its goods, from approval to inspection."""

    _inherit = "channel.return"

    goods_back = fields.Boolean(
        "Goods Come Back",
        compute="_compute_goods_back",
        store=True,
        readonly=False,
        precompute=True,
        help="Off: the customer keeps the goods, or never got them.",
    )
    picking_ids = fields.One2many(
        "stock.picking",
        "channel_return_id",
        "Transfers",
        readonly=True,
        groups="stock.group_stock_user,order_management.group_clerk,"
        "order_management.group_warehouse,order_management.group_accountant",
    )
    picking_count = fields.Integer(compute="_compute_picking_count")
    inspection_count = fields.Integer(compute="_compute_picking_count")
    to_inspect_qty = fields.Float(
        "To Inspect", digits="Product Unit", compute="_compute_to_inspect_qty"
    )
    instructions = fields.Html(
        "How to Send It Back",
        copy=False,
        help="What the customer is told when the return is approved: address, label, "
        "what to put into the parcel. Empty: the text of the policy.",
    )
    return_tracking = fields.Char(
        "Tracking of the Parcel Back", copy=False, index="btree_not_null"
    )
    return_carrier = fields.Char("Carrier of the Parcel Back", copy=False)
    return_label = fields.Binary(attachment=True, copy=False)
    return_label_name = fields.Char(copy=False)
    received_at = fields.Datetime(readonly=True, copy=False)

    def _auto_init(self):
        """Make the column before the ORM does."""
        create_column_with_default(self.env.cr, self, "goods_back", None)
        result = super()._auto_init()
        self.env.cr.execute(
            "UPDATE channel_return SET goods_back = return_type = ANY(%s)"
            " WHERE goods_back IS NULL",
            [list(GOODS_BACK)],
        )
        return result

    @api.depends("return_type")
    def _compute_goods_back(self):
        for record in self:
            record.goods_back = record.return_type in GOODS_BACK

    def unlink(self):
        """Override: nobody asks for it any more."""
        # the database takes the lines along, their own unlink is not called
        sold = self.line_ids.sale_line_id
        result = super().unlink()
        sold._book_returns(check=False)
        return result

    def _compute_picking_count(self):
        for record in self:
            # who may see a return may know how many there are
            record.picking_count = len(record.sudo().picking_ids)
            record.inspection_count = len(record.sudo().line_ids.inspection_ids)

    @api.depends("line_ids.to_inspect_qty")
    def _compute_to_inspect_qty(self):
        for record in self:
            record.to_inspect_qty = sum(record.line_ids.mapped("to_inspect_qty"))

    # ------------------------------------------------------------ decision

    def action_approve(self):
        """Override: what is approved has been shipped, and comes back only once.

        :raises UserError: more than can come back, or a reason that is missing
        """
        self._check_decision_allowed()
        requested = self.filtered(lambda record: record.state == "requested")
        requested._check_goods()
        requested._check_reasons()
        return super().action_approve()

    def _check_goods(self):
        """:raises UserError: what was not shipped, or not to this customer"""
        for record in self:
            wished = record.line_ids.filtered("exchange_product_id")
            if record.return_type == "exchange" and not wished:
                raise UserError(
                    self.env._(
                        "Return %(name)s is an exchange: choose on its lines what is "
                        "sent instead.",
                        name=record.name,
                    )
                )
            for line in record.line_ids.filtered("approved_qty"):
                sold = line.sale_line_id
                record._check_customer(line.order_id)
                if (
                    record.goods_back
                    and sold
                    # a fee that is given back with the goods never left
                    and sold.product_id.type == "consu"
                    and not line.order_id.is_channel_history
                    and not sold._has_left()
                ):
                    raise UserError(
                        self.env._(
                            "%(product)s of order %(order)s was never shipped: nothing "
                            "can come back. Cancel it in the order, or choose “Refund "
                            "only”.",
                            product=line.product_id.display_name,
                            order=line.order_id.name,
                        )
                    )
        self.line_ids.sale_line_id._book_returns()

    def _check_customer(self, order):
        """:raises UserError: the order is another customer's"""
        self.ensure_one()
        if not order:
            return
        mine = self.partner_id.commercial_partner_id
        if any(x._is_walkin(order) for x in (self.partner_id, order.partner_id)):
            return
        if (
            mine
            not in (
                order.partner_id | order.partner_invoice_id | order.partner_shipping_id
            ).commercial_partner_id
        ):
            raise UserError(
                self.env._(
                    "Order %(order)s is of %(other)s, and this return of %(customer)s. "
                    "Choose an order of the same customer.",
                    order=order.name,
                    other=order.partner_id.display_name,
                    customer=self.partner_id.display_name,
                )
            )

    def _after_transition(self, target):
        """Override: whatever was decided, what is to come back is counted again."""
        self.line_ids.sale_line_id._book_returns(check=False)
        return super()._after_transition(target)

    def _after_approved(self):
        """Approved: make the transfers, settle what needs no goods, tell everybody."""
        for record in self.sudo():
            record = record.with_company(record.company_id)
            record._fill_instructions()
            if record.goods_back:
                record._try_transfers()
        self._after_decision("approved")
        self._settle_when("approval")

    def _after_refused(self):
        """Refused: tell everybody why."""
        self._after_decision("refused")

    def _after_cancelled(self):
        """Cancelled: nothing is to arrive any more."""
        open_moves = self.line_ids._get_open_moves()
        open_moves._action_cancel()

    def _get_possible_states(self):
        """Override: what is here in part, or was settled without goods, cannot be
        cancelled any more."""
        states = super()._get_possible_states()
        settled = self.settled_at and not self.goods_back
        if settled or any(line.received_qty for line in self.line_ids):
            return tuple(state for state in states if state != "cancelled")
        return states

    # ------------------------------------------------------------ transfers

    def _try_transfers(self):
        """Make the transfers; what a channel decides is no error of whoever reads it.

        :raises UserError: a person is deciding, and less can come back
        """
        self.ensure_one()
        source = self.env.context.get("order_management_source")
        try:
            with self.env.cr.savepoint():
                self._make_transfers()
        except UserError as error:
            if source not in ("channel", "system"):
                raise
            self.message_post(
                body=self.env._("No transfer was made: %(problem)s", problem=error)
            )

    def _make_transfers(self):
        """Prepare the transfers back, by Odoo's own wizard, for each delivery one."""
        self.ensure_one()
        plans, blind = {}, self.env["channel.return.line"]
        for line in self.line_ids.filtered("approved_qty"):
            if not line.sale_line_id or line.order_id.is_channel_history:
                if line.product_id.type == "consu":
                    blind |= line
                continue
            for move, quantity in line._plan_transfers():
                key = move.picking_id or move
                plans.setdefault(key, []).append(
                    line._prepare_wizard_line(move, quantity)
                )
        for source, values in plans.items():
            if source._name == "stock.picking":
                self._make_transfer(source, values)
        if blind:
            self._make_blind_transfer(blind)
        if self.line_ids._get_open_moves():
            self._transition("to_receive")

    def _make_transfer(self, picking, values):
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": picking.id, "channel_return_id": self.id}
        )
        wizard.product_return_moves = [
            Command.clear(),
            *(Command.create(line) for line in values),
        ]
        transfer = wizard._create_return()
        transfer.origin = self.env._(
            "%(name)s, return of %(picking)s", name=self.name, picking=picking.name
        )
        return transfer

    def _make_blind_transfer(self, lines):
        """A transfer of goods that were sold before this system, or by nobody knows."""
        warehouse = self._get_warehouse()
        vals = {
            "picking_type_id": warehouse.in_type_id.id,
            "partner_id": self.partner_id.id,
            "location_id": self.partner_id.property_stock_customer.id,
            "location_dest_id": warehouse._get_arrival_location().id,
            "origin": self.name,
            "company_id": self.company_id.id,
        }
        vals["move_ids"] = [line._prepare_blind_move(vals) for line in lines]
        transfer = self.env["stock.picking"].create(vals)
        transfer.action_confirm()
        transfer.action_assign()
        return transfer

    def _get_warehouse(self, picking=None):
        """Where the goods come back to: whence they left, else the order's store."""
        self.ensure_one()
        warehouse = picking.picking_type_id.warehouse_id if picking else None
        return (
            warehouse
            or self.order_ids.warehouse_id[:1]
            or self.env["stock.warehouse"].search(
                [("company_id", "=", self.company_id.id)], limit=1
            )
        )

    def _after_moves(self):
        """Transfers of these returns are done or given up."""
        for record in self:
            if record.state not in ("approved", "to_receive"):
                continue
            lines = record.line_ids
            if not any(lines.mapped("received_qty")) or lines._get_open_moves():
                continue
            if record.state == "approved":
                record._transition("to_receive")
            record._transition("received")

    def _after_received(self):
        """Everything that is expected is here: inspect it, or take it as it is."""
        self.sudo().received_at = fields.Datetime.now()
        self._tell("return_received")
        self._note_for_channel("received")
        self._settle_when("receipt")
        for record in self.sudo():
            if not record._needs_inspection():
                record._accept_all()
            elif any(record.line_ids.mapped("inspected_qty")):
                record._after_inspection()

    def _needs_inspection(self):
        """Whether somebody looks at the goods before they are for sale again."""
        self.ensure_one()
        places = self.line_ids._get_arrived_moves().location_dest_id
        stores = self.env["stock.warehouse"].search(
            [("return_location_id", "in", places.ids)]
        )
        return bool(stores) or not places

    # ------------------------------------------------------------ buttons

    def action_receive(self):
        """Receive all that is expected of these returns.

        :raises AccessError: for others than the warehouse and clerks
        :raises UserError: nothing is expected
        """
        self._check_warehouse_allowed()
        # sudo: the right to receive returns was asked above
        for record in self.sudo():
            # a channel approved it before the goods had left; they have by now
            waits = record.state == "to_receive" and record.goods_back
            if waits and not record.picking_ids:
                record.with_company(record.company_id)._make_transfers()
        lines = self.line_ids.filtered(lambda line: line._get_open_moves())
        if not lines:
            raise UserError(
                self.env._(
                    "Nothing is expected: approve the return first, or it is here "
                    "already."
                )
            )
        return lines.action_receive()

    def action_close(self):
        """End these returns: nothing more is to be done.

        :raises UserError: goods are still to be inspected
        """
        self.check_access("write")
        waiting = self.filtered(lambda record: record.state == "received")
        if waiting:
            raise UserError(
                self.env._(
                    "Inspect the goods of return %(name)s first.", name=waiting[0].name
                )
            )
        self._transition("closed")
        return True

    def action_view_pickings(self):
        """Open the transfers of these returns."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock.action_picking_tree_all"
        )
        ids = self.sudo().picking_ids.ids
        return {**action, "domain": [("id", "in", ids)], "context": {}}

    def action_view_inspections(self):
        """Open what was found in the goods of these returns."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_return_inspection_action"
        )
        domain = [("return_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    def _check_warehouse_allowed(self):
        """:raises AccessError: neither of the warehouse nor a clerk"""
        self.check_access("read")
        allowed = (
            "order_management.group_warehouse",
            "order_management.group_clerk",
            "stock.group_stock_user",
        )
        if not self.env.su and not any(map(self.env.user.has_group, allowed)):
            raise AccessError(
                self.env._("Only the warehouse and clerks receive and inspect returns.")
            )

    # ------------------------------------------------------------ who is told

    def _tell(self, event):
        """Tell the customers, once a return and event."""
        for record in self:
            record.order_ids._tell_customer(event, key=record.name)

    def _after_decision(self, decision):
        """Approved or refused: the customer and the channel are to know."""
        self._tell(f"return_{decision}")
        self._note_for_channel(decision)

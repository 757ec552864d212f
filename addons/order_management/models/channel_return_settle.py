# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

#: types that money is given back for
REFUNDED = ("return_refund", "refund_only", "exchange")
#: types that something else is sent for
RESENT = ("exchange", "replacement")
_MOMENTS = ("approval", "receipt", "inspection")


class ChannelReturn(models.Model):
    """A return; here: what the customer gets for it, once.

    Settling says how much of which line is given back, and what it is worth. The
    credit note itself is made by the machinery that credits everything else (decision
    16): what is still to be credited is the quantity to invoice below zero, so that no
    door credits it twice.
    """

    _inherit = "channel.return"

    settled_at = fields.Datetime("Settled", readonly=True, copy=False, tracking=True)
    settle_problem = fields.Text("Not Credited Yet", readonly=True, copy=False)
    fee_amount = fields.Monetary(
        "Kept Back",
        readonly=True,
        copy=False,
        help="Restocking fee and freight that the customer bears.",
    )
    new_order_ids = fields.One2many(
        "sale.order", "channel_return_id", "New Orders", readonly=True
    )
    new_order_count = fields.Integer(compute="_compute_new_orders")
    exchange_difference = fields.Monetary(
        compute="_compute_new_orders",
        help="New order less refund. Above zero: the customer pays it with the invoice "
        "of the new order. Below zero: the customer gets it back.",
    )
    cost_amount = fields.Monetary(
        "Cost",
        compute="_compute_cost_amount",
        store=True,
        help="What was given back, for the reports.",
    )

    @api.depends("new_order_ids.amount_total", "refund_amount")
    def _compute_new_orders(self):
        for record in self:
            # who may see a return may know what it led to
            orders_sudo = record.sudo().new_order_ids
            record.new_order_count = len(orders_sudo)
            record.exchange_difference = (
                sum(orders_sudo.mapped("amount_total")) - record.refund_amount
                if orders_sudo
                else 0.0
            )

    @api.depends("line_ids.refund_amount", "settled_at")
    def _compute_cost_amount(self):
        for record in self:
            amounts = record.line_ids.mapped("refund_amount")
            record.cost_amount = sum(amounts) if record.settled_at else 0.0

    def action_settle(self):
        """Give the customer what these returns are worth now.

        :raises AccessError: neither a reviewer nor an accountant
        :raises UserError: not decided yet, settled already, or nothing is accepted
        """
        self._check_settle_allowed()
        for record in self:
            if record.settled_at or record.state not in (
                "approved",
                "to_receive",
                "received",
                "inspected",
                "closed",
            ):
                raise UserError(
                    self.env._(
                        "Return %(name)s is settled already, or not approved yet.",
                        name=record.name,
                    )
                )
        self.sudo()._settle()
        return True

    def action_view_new_orders(self):
        """Open the orders that were made in exchange or as a replacement."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale.action_orders")
        ids = self.sudo().new_order_ids.ids
        return {**action, "domain": [("id", "in", ids)], "context": {}}

    def _settle_when(self, moment):
        """Settle those of these returns whose policy says: at this moment.

        :param moment: ``approval``, ``receipt`` or ``inspection``
        """
        for record in self.sudo():
            if record.settled_at or record._get_settle_moment() != moment:
                continue
            try:
                with self.env.cr.savepoint():
                    record._settle()
            except UserError as error:
                # the goods are here whatever the money says
                record.settle_problem = str(error)

    def _get_settle_moment(self):
        """When the return is settled by itself; empty: by hand."""
        self.ensure_one()
        wanted = [line._get_policy().refund_at for line in self.line_ids]
        wanted = [moment for moment in wanted if moment] or ["inspection"]
        if "manual" in wanted:
            return ""
        if not self.goods_back:
            return "approval"
        # the strictest of its lines
        return max(wanted, key=_MOMENTS.index)

    def _settle(self):
        """Settle these returns; see the class.

        The write of the moment is what a second transaction fails on.

        :raises UserError: more would be given back than was paid
        """
        for record in self:
            record = record.with_company(record.company_id)
            record.settled_at = fields.Datetime.now()
            record.flush_recordset(["settled_at"])
            record.order_ids.order_line._book_returns(check=False)
            if record.return_type in REFUNDED:
                record._set_credit()
                record._credit()
            if record.return_type in RESENT:
                record._make_new_order()
            if record.return_type in REFUNDED and record.refund_amount:
                text = formatLang(
                    self.env, record.refund_amount, currency_obj=record.currency_id
                )
                record._log_event("refund", None, text, record.name)
                record._tell("refunded")
                record._note_for_channel("refunded")

    def _set_credit(self):
        """How much of each line is given back, and for how much."""
        self.ensure_one()
        self._add_shipping_line()
        for line in self.line_ids:
            line.credit_qty = line._get_agreed_qty()
            if line.credit_qty and not line.refund_amount:
                line.refund_amount = line._get_worth()
            elif not line.credit_qty:
                line.refund_amount = 0.0
            line._check_refund()
        self._take_fees()

    def _take_fees(self):
        """Restocking fee and freight off the refund, never below zero.

        An amount that a channel named is what it repaid: nothing is taken off that.
        """
        self.ensure_one()
        if self.external_id:
            return
        kept = 0.0
        for line in self.line_ids.filtered("refund_amount"):
            fee = line._get_fee()
            line.refund_amount -= fee
            kept += fee
        freight = max(
            (line._get_freight_charge() for line in self.line_ids if line.credit_qty),
            default=0.0,
        )
        for line in self.line_ids.sorted("refund_amount", reverse=True):
            part = min(freight, line.refund_amount)
            line.refund_amount -= part
            freight -= part
            kept += part
        for line in self.line_ids:
            if not line.refund_amount:
                line.credit_qty = 0.0
        self.fee_amount = kept

    def _add_shipping_line(self):
        """The shipping fee comes back with the whole order, if the policy says so."""
        for order in self.order_ids:
            fees = order.order_line.filtered("is_delivery")
            own = self.line_ids.filtered(lambda x, o=order: x.order_id == o)
            wanted = all(line._get_policy().is_shipping_refunded for line in own)
            if not fees or not wanted or fees.channel_return_line_ids:
                continue
            if not order._is_returned_whole():
                continue
            self.line_ids = [
                fields.Command.create(
                    {
                        "order_id": order.id,
                        "sale_line_id": fee.id,
                        "requested_qty": fee.product_uom_qty,
                        "reason_id": own[:1].reason_id.id,
                    }
                )
                for fee in fees
                if fee.price_total > 0
            ]

    def _credit(self, by_hand=False):
        """Have what is settled credited: by the job where the channel does so, else as
        a draft, where there is an invoice.

        :param by_hand: also where the channel leaves it to a person, who is asking now
        """
        self.ensure_one()
        orders = self.order_ids.filtered(lambda order: order.state == "sale")
        managed = orders.filtered("channel_invoice_policy")
        manual = managed.filtered(
            lambda order: order.sale_channel_id.credit_policy == "manual"
        )
        (managed - manual)._mark_credit_due()
        problems = []
        for order in orders - managed + (manual if by_hand else manual.browse()):
            try:
                with self.env.cr.savepoint():
                    order._credit_returns({})
            except UserError as error:
                problems.append(str(error))
            own = self.line_ids.filtered(lambda line, o=order: line.order_id == o)
            refund = min(sum(own.mapped("refund_amount")), order._get_amount_received())
            if refund > 0 and not order.invoice_ids:
                # paid, and never invoiced: there is nothing to credit, only to repay
                order._tell_refund(
                    refund,
                    order.invoice_ids.browse(),
                    self.env._("Return %(name)s", name=self.name),
                )
        self.settle_problem = "\n".join(problems) or False

    def action_credit_again(self):
        """Credit what is settled and not credited yet.

        :raises AccessError: neither a reviewer nor an accountant
        """
        self._check_settle_allowed()
        for record in self.sudo().filtered("settled_at"):
            record.with_company(record.company_id)._credit(by_hand=True)
        return True

    def _check_settle_allowed(self):
        """:raises AccessError: neither a reviewer nor an accountant"""
        self.check_access("read")
        groups = (
            "order_management.group_reviewer",
            "order_management.group_accountant",
        )
        if not self.env.su and not any(map(self.env.user.has_group, groups)):
            raise AccessError(
                self.env._("Only reviewers and accountants settle returns.")
            )

    # ------------------------------------------------------------ new goods

    def _make_new_order(self):
        """The order of what is sent in exchange, or once more for nothing."""
        self.ensure_one()
        lines = [
            fields.Command.create(vals)
            for line in self.line_ids
            if (vals := line._prepare_new_line())
        ]
        if not lines or not self.order_ids:
            return
        order = self.env["sale.order"].create(self._prepare_new_order(lines))
        order.message_post(
            body=self.env._(
                "Made for return %(name)s of %(orders)s.",
                name=self.name,
                orders=", ".join(self.order_ids.mapped("name")),
            )
        )
        try:
            with self.env.cr.savepoint():
                order._confirm_for_return()
        except UserError as error:
            self.settle_problem = str(error)

    def _prepare_new_order(self, lines):
        first = self.order_ids[0]
        return {
            "company_id": self.company_id.id,
            "partner_id": first.partner_id.id,
            "partner_invoice_id": first.partner_invoice_id.id,
            "partner_shipping_id": first.partner_shipping_id.id,
            "pricelist_id": first.pricelist_id.id,
            "warehouse_id": first.warehouse_id.id,
            "team_id": first.team_id.id,
            "user_id": first.user_id.id,
            "origin": self.name,
            "client_order_ref": first.client_order_ref,
            "channel_return_id": self.id,
            "order_line": lines,
        }

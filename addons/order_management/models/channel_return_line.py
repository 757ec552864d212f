# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

CONDITIONS = [
    ("new", "New"),
    ("opened", "Opened"),
    ("used", "Used"),
    ("damaged", "Damaged"),
    ("defective", "Defective"),
    ("wrong", "Wrong product"),
]
DISPOSITIONS = [
    ("restock", "Restock"),
    ("quarantine", "Quarantine"),
    ("scrap", "Scrap"),
    ("repair", "Repair"),
    ("customer", "Send back to customer"),
    ("vendor", "Send to vendor"),
]


class ChannelReturnLine(models.Model):
    """One product of one order that comes back."""

    _name = "channel.return.line"
    _description = "Return Line"
    _order = "return_id, sequence, id"
    _check_company_auto = True

    #: what the customer asked for and what was approved: fixed by the decision
    _REQUEST_FIELDS = frozenset(
        (
            "order_id",
            "sale_line_id",
            "product_id",
            "uom_id",
            "requested_qty",
            "approved_qty",
        )
    )
    #: what receiving, inspecting and settling count: nobody writes it by hand
    _COUNTED_FIELDS = frozenset(
        ("received_qty", "inspected_qty", "accepted_qty", "credit_qty")
    )

    return_id = fields.Many2one(
        "channel.return", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="return_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="return_id.currency_id")
    partner_id = fields.Many2one(related="return_id.partner_id")
    state = fields.Selection(related="return_id.state")
    sequence = fields.Integer(default=10)
    order_id = fields.Many2one(
        "sale.order", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        "Order Line",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('order_id', '=', order_id), ('display_type', '=', False)]",
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        required=True,
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    reason_id = fields.Many2one(
        "channel.return.reason", index="btree_not_null", ondelete="restrict"
    )
    requested_qty = fields.Float(
        "Requested", digits="Product Unit", required=True, default=1.0
    )
    approved_qty = fields.Float(
        "Approved",
        digits="Product Unit",
        required=True,
        compute="_compute_approved_qty",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="What may come back: as much as requested, unless a reviewer cuts it.",
    )
    received_qty = fields.Float(
        "Received",
        digits="Product Unit",
        required=True,
        default=0.0,
        readonly=True,
        copy=False,
    )
    accepted_qty = fields.Float(
        "Accepted Quantity",
        digits="Product Unit",
        required=True,
        default=0.0,
        readonly=True,
        copy=False,
    )
    condition = fields.Selection(
        CONDITIONS,
        help="As the customer tells it, later as the warehouse finds it.",
    )
    disposition = fields.Selection(
        DISPOSITIONS,
        copy=False,
        help="Where the goods go after inspection.",
    )
    refund_amount = fields.Monetary("Refund", copy=False)

    _quantities_check = models.Constraint(
        "CHECK (requested_qty > 0 AND approved_qty >= 0 AND received_qty >= 0"
        " AND accepted_qty >= 0)",
        "A return line needs a requested quantity above zero; no quantity is below "
        "zero.",
    )
    _approved_check = models.Constraint(
        "CHECK (approved_qty <= requested_qty)",
        "No more can be approved than the customer asked to return.",
    )
    _accepted_check = models.Constraint(
        "CHECK (accepted_qty <= received_qty)",
        "No more can be accepted than was received.",
    )
    _refund_check = models.Constraint(
        "CHECK (refund_amount >= 0)", "A refund is never below zero."
    )

    @api.depends("sale_line_id")
    def _compute_product_id(self):
        for line in self:
            line.product_id = line.sale_line_id.product_id or line.product_id

    @api.depends("sale_line_id", "product_id")
    def _compute_uom_id(self):
        for line in self:
            line.uom_id = line.sale_line_id.product_uom_id or line.product_id.uom_id

    @api.depends("requested_qty")
    def _compute_approved_qty(self):
        for line in self:
            line.approved_qty = line.requested_qty

    @api.depends("product_id", "requested_qty")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                f"{line.requested_qty:g} × {line.product_id.display_name or ''}"
            )

    @api.constrains("sale_line_id", "order_id", "product_id")
    def _check_sale_line(self):
        for line in self.filtered("sale_line_id"):
            sold = line.sale_line_id
            if sold.order_id != line.order_id or sold.product_id != line.product_id:
                raise ValidationError(
                    self.env._(
                        "“%(sold)s” is a line of another order or product. Choose "
                        "the line that the goods were sold with.",
                        sold=sold.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Add lines to returns that are not decided yet."""
        lines = super().create(vals_list)
        lines._check_return_open()
        if any(vals.get(name) for vals in vals_list for name in self._COUNTED_FIELDS):
            lines._refuse_by_hand()
        return lines

    def write(self, vals):
        """Change lines; what was asked for is fixed by the decision.

        :raises UserError: when ``vals`` changes the request of a decided return, or
            what is counted
        """
        if self._REQUEST_FIELDS.intersection(vals):
            self._check_return_open()
        if self._COUNTED_FIELDS.intersection(vals):
            self._refuse_by_hand()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self.filtered(lambda line: line.state != "cancelled")._check_return_open()

    def _check_return_open(self):
        self.return_id.filtered(
            lambda record: record.state != "requested"
        )._refuse_by_hand()

    def _refuse_by_hand(self):
        self.return_id._refuse_by_hand()

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.order_management.tools.figures import plain_figure

from .distribution_ledger_post import MAX_QUANTITY


class DistributionOrderLine(models.Model):
    """A product of a secondary order: ordered, confirmed, delivered, returned."""

    _name = "distribution.order.line"
    _description = "Secondary Order Line"
    _order = "order_id, sequence, id"
    _rec_name = "product_id"
    _check_company_auto = True

    order_id = fields.Many2one(
        "distribution.order", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    buyer_id = fields.Many2one(related="order_id.buyer_id", store=True, index=True)
    supplier_id = fields.Many2one(
        related="order_id.supplier_id", store=True, index=True
    )
    state = fields.Selection(related="order_id.state", store=True)
    date_order = fields.Datetime(related="order_id.date_order", store=True)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('sale_ok', '=', True), ('type', '=', 'consu')]",
    )
    product_uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        domain="[('id', 'in', allowed_uom_ids)]",
    )
    allowed_uom_ids = fields.Many2many("uom.uom", compute="_compute_allowed_uom_ids")
    product_qty = fields.Float(
        "Ordered", digits="Product Unit", required=True, default=1
    )
    confirmed_qty = fields.Float("Confirmed", digits="Product Unit", copy=False)
    cut_reason = fields.Char(copy=False, help="Why less is confirmed than ordered.")
    is_cut = fields.Boolean(compute="_compute_is_cut")
    delivered_qty = fields.Float(
        "Delivered", digits="Product Unit", readonly=True, copy=False
    )
    returned_qty = fields.Float(
        "Returned", digits="Product Unit", readonly=True, copy=False
    )
    is_closed = fields.Boolean(readonly=True, copy=False)
    remaining_qty = fields.Float(
        "To Deliver", digits="Product Unit", compute="_compute_remaining_qty"
    )
    deliver_qty = fields.Float(
        "Deliver Now",
        digits="Product Unit",
        compute="_compute_deliver_qty",
        store=True,
        readonly=False,
        copy=False,
    )
    posting_count = fields.Integer(readonly=True, copy=False)
    price_unit = fields.Float(
        "Unit Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        min_display_digits="Product Price",
        aggregator="avg",
    )
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
    )
    currency_id = fields.Many2one(related="order_id.currency_id", store=True)
    price_subtotal = fields.Monetary(
        "Without Taxes", compute="_compute_amounts", store=True
    )
    price_total = fields.Monetary("Total", compute="_compute_amounts", store=True)

    _quantity_check = models.Constraint(
        f"CHECK (product_qty > 0 AND product_qty < {MAX_QUANTITY:.0f})",
        "Order more than zero of a product; delete the line if nothing is wanted.",
    )
    _counters_check = models.Constraint(
        "CHECK (confirmed_qty >= 0 AND delivered_qty >= 0 AND returned_qty >= 0"
        " AND returned_qty <= delivered_qty + 0.000001)",
        "Confirmed, delivered and returned quantities are never below zero, and no "
        "more comes back than was delivered.",
    )
    _price_check = models.Constraint(
        "CHECK (price_unit >= 0)", "A price is zero or more."
    )

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            if line.product_uom_id not in line.allowed_uom_ids:
                line.product_uom_id = line.product_id.uom_id

    @api.depends("product_id", "product_id.uom_id", "product_id.uom_ids")
    def _compute_allowed_uom_ids(self):
        for line in self:
            line.allowed_uom_ids = line.product_id.uom_id | line.product_id.uom_ids

    @api.depends("product_qty", "confirmed_qty")
    def _compute_is_cut(self):
        for line in self:
            line.is_cut = (
                line.product_uom_id.compare(line.confirmed_qty, line.product_qty) < 0
            )

    @api.depends("confirmed_qty", "delivered_qty", "is_closed")
    def _compute_remaining_qty(self):
        for line in self:
            rest = line.confirmed_qty - line.delivered_qty
            line.remaining_qty = 0 if line.is_closed else max(round(rest, 9), 0)

    @api.depends("confirmed_qty", "delivered_qty")
    def _compute_deliver_qty(self):
        for line in self:
            line.deliver_qty = line.confirmed_qty - line.delivered_qty

    @api.depends("product_id", "product_qty", "product_uom_id", "order_id.pricelist_id")
    def _compute_price_unit(self):
        groups = defaultdict(self.browse)
        for line in self.filtered("product_id"):
            if line.state not in (False, "draft"):
                line.price_unit = line.price_unit
                continue
            key = line.order_id.pricelist_id, line.product_qty, line.product_uom_id
            groups[key] |= line
        # one question a list, quantity and unit, not one a line
        for (pricelist, quantity, uom), lines in groups.items():
            prices = pricelist._compute_price_rule(
                lines.product_id,
                quantity or 1.0,
                uom=uom,
                currency=lines.order_id[:1].currency_id or self.env.company.currency_id,
            )
            for line in lines:
                line.price_unit = prices[line.product_id._origin.id][0]

    @api.depends("product_id", "company_id")
    def _compute_tax_ids(self):
        for line in self:
            taxes = line.product_id.sudo().taxes_id
            line.tax_ids = taxes._filter_taxes_by_company(line.company_id)

    @api.depends("product_qty", "price_unit", "tax_ids", "currency_id")
    def _compute_amounts(self):
        for line in self:
            totals = line.tax_ids.sudo().compute_all(
                line.price_unit,
                currency=line.currency_id,
                quantity=line.product_qty,
                product=line.product_id,
                partner=line.buyer_id.sudo().partner_id,
            )
            line.price_subtotal = totals["total_excluded"]
            line.price_total = totals["total_included"]

    def write(self, vals):
        """Change lines while their orders are drafts; later only the answers.

        :raises UserError: another change
        """
        fixed = {"product_id", "product_uom_id", "product_qty", "order_id"}
        if fixed & vals.keys() and any(line.state != "draft" for line in self):
            raise UserError(
                self.env._(
                    "Only drafts can be changed. Take the order back to draft first."
                )
            )
        if not self.env.su and {
            "delivered_qty",
            "returned_qty",
            "is_closed",
            "posting_count",
        } & set(vals):
            raise UserError(
                self.env._("Use the buttons to deliver and return: they post stock.")
            )
        if "confirmed_qty" in vals and not self.env.su:
            if any(line.state not in ("draft", "sent") for line in self):
                raise UserError(
                    self.env._(
                        "The order has been answered; it cannot change any more."
                    )
                )
            if sent := self.filtered(lambda line: line.state == "sent"):
                sent.order_id._check_may_answer()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(line.state not in (False, "draft", "cancelled") for line in self):
            raise UserError(
                self.env._(
                    "Only drafts can be changed. Confirm nothing of a line instead."
                )
            )

    def _to_product_uom(self, quantity):
        """A quantity of this line's unit in the product's unit, unrounded."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            quantity, self.product_id.uom_id, round=False
        )

    def _get_asked(self, quantities):
        """``{line: quantity}`` of what a caller gave by line ids.

        :raises UserError: a line of another order, no number, below zero
        """
        asked = {}
        by_id = {line.id: line for line in self}
        for line_id, quantity in quantities.items():
            line = by_id.get(int(line_id) if str(line_id).isdecimal() else 0)
            if line is None:
                raise UserError(
                    self.env._("Line %(line)s is not of this order.", line=line_id)
                )
            try:
                value = float(quantity)
            except (TypeError, ValueError) as error:
                raise UserError(line._get_figure_message(quantity)) from error
            if not 0 <= value < MAX_QUANTITY:
                raise UserError(line._get_figure_message(quantity))
            # what the lines count and what is posted must be the same figure
            asked[line] = line.product_uom_id.round(value)
        return asked

    def _get_figure_message(self, quantity):
        return self.env._(
            "%(product)s: “%(quantity)s” is no quantity. Type a number, zero or more.",
            product=self.product_id.display_name,
            quantity=quantity,
        )

    def _get_over_message(self, asked, limit):
        return self.env._(
            "%(product)s: %(asked)s %(unit)s are too many, %(limit)s at most.",
            product=self.product_id.display_name,
            asked=plain_figure(asked),
            unit=self.product_uom_id.name,
            limit=plain_figure(limit),
        )

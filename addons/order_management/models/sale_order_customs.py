# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..shipping.customs import Goods, clean_code, estimate

#: the incoterm with which the seller pays what customs ask
SELLER_PAYS = "DDP"


class SaleOrder(models.Model):
    """An order; here: what customs will ask when it leaves the country.

    An estimate for our own people. It changes no price: who wants the customer to pay
    for it adds it as a line.
    """

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    is_international = fields.Boolean(
        "Crosses a Customs Border", compute="_compute_is_international"
    )
    customs_line_ids = fields.Many2many(
        "sale.order.line", "Goods for Customs", compute="_compute_customs"
    )
    customs_duty = fields.Monetary("Duty", compute="_compute_customs")
    customs_tax = fields.Monetary("Import Tax", compute="_compute_customs")
    customs_total = fields.Monetary("Customs Will Ask", compute="_compute_customs")
    customs_payer = fields.Selection(
        [("buyer", "The buyer, at the door"), ("seller", "We do (DDP)")],
        "Paid By",
        compute="_compute_customs_payer",
    )
    customs_problem = fields.Text("Still Missing", compute="_compute_customs")

    @api.depends("partner_shipping_id.country_id", "warehouse_id", "company_id")
    def _compute_is_international(self):
        groups = self.env["res.country.group"]
        for order in self:
            order.is_international = groups._has_customs_between(
                order._get_origin_country(), order.partner_shipping_id.country_id
            )

    def _get_origin_country(self):
        """Where its goods leave from."""
        self.ensure_one()
        # who reads the order need not read the warehouse
        warehouse = self.warehouse_id.sudo()
        return warehouse.partner_id.country_id or self.company_id.country_id

    @api.depends("incoterm", "company_id.incoterm_id")
    def _compute_customs_payer(self):
        for order in self:
            term = order.incoterm or order.company_id.incoterm_id
            is_seller = term.code == SELLER_PAYS
            order.customs_payer = "seller" if is_seller else "buyer"

    @api.depends(
        "is_international",
        "order_line.price_subtotal",
        "order_line.product_id",
        "currency_id",
        "date_order",
    )
    def _compute_customs(self):
        for order in self:
            charges = order._estimate_customs() if order.is_international else {}
            order.customs_line_ids = [Command.set([line.id for line in charges])]
            order.customs_duty = sum(float(c.duty) for c in charges.values())
            order.customs_tax = sum(float(c.tax) for c in charges.values())
            order.customs_total = order.customs_duty + order.customs_tax
            problems = [line._get_customs_problem(charges[line]) for line in charges]
            # a product on two lines is said once
            problems = filter(None, dict.fromkeys(problems))
            order.customs_problem = "\n".join(problems) or False

    def _estimate_customs(self):
        """{line with goods: ``shipping.customs.Charge``}, in the order's currency."""
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: line._is_parcel_goods())
        if not lines:
            return {}
        country = self.partner_shipping_id.country_id
        date = fields.Date.to_date(self.date_order) or fields.Date.today()
        tariffs = self.env["customs.tariff"]._get_plain_for(
            self.company_id, country, date, self.currency_id
        )
        goods = [
            Goods(
                ref=line.id,
                hs_code=clean_code(line.product_id.hs_code),
                origin_id=line.product_id.country_of_origin.id or 0,
                value=Decimal(str(line.price_subtotal)),
            )
            for line in lines
        ]
        freight = sum(
            self.order_line.filtered("is_delivery").mapped("price_subtotal"), 0.0
        )
        unit = Decimal(1).scaleb(-self.currency_id.decimal_places)
        charges = estimate(goods, tariffs, Decimal(str(freight)), unit)
        return dict(zip(lines, charges, strict=True))

    def action_add_customs_line(self):
        """Have the customer pay the estimate: one line, renewed when asked again.

        :raises UserError: it crosses no border, something is missing, or the line is on
            an invoice already
        """
        self.ensure_one()
        self.check_access("write")
        self._check_can_add_customs()
        product = self.env.ref("order_management.product_product_customs")
        line = self.order_line.filtered(lambda line: line.product_id == product)[:1]
        if line and line.qty_invoiced:
            raise UserError(
                self.env._("Duty and tax are on an invoice already; correct that one.")
            )
        if line:
            line.price_unit = self.customs_total
            return True
        name = self.env._(
            "Import duty and tax, estimated (%(country)s)",
            country=self.partner_shipping_id.country_id.name,
        )
        vals = {
            "order_id": self.id,
            "product_id": product.id,
            "name": name,
            "product_uom_qty": 1.0,
            "price_unit": self.customs_total,
            "tax_ids": [Command.clear()],
            "sequence": max(self.order_line.mapped("sequence"), default=0) + 1,
        }
        self.env["sale.order.line"].create(vals)
        return True

    def _check_can_add_customs(self):
        if not self.is_international:
            raise UserError(self.env._("This order crosses no customs border."))
        if self.customs_problem:
            raise UserError(
                self.env._(
                    "The estimate is not complete:\n%(missing)s",
                    missing=self.customs_problem,
                )
            )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    customs_duty = fields.Monetary("Duty", compute="_compute_customs")
    customs_tax = fields.Monetary("Import Tax", compute="_compute_customs")
    customs_tariff_id = fields.Many2one(
        "customs.tariff", "Tariff", compute="_compute_customs"
    )
    customs_hs_code = fields.Char(related="product_id.hs_code", string="HS Code")
    customs_origin_id = fields.Many2one(
        related="product_id.country_of_origin", string="Made In"
    )

    @api.depends("price_subtotal", "product_id", "order_id.partner_shipping_id")
    def _compute_customs(self):
        for order, lines in self.grouped("order_id").items():
            charges = order._estimate_customs() if order.is_international else {}
            for line in lines:
                charge = charges.get(line)
                line.customs_duty = float(charge.duty) if charge else 0.0
                line.customs_tax = float(charge.tax) if charge else 0.0
                tariff = charge.tariff if charge else None
                line.customs_tariff_id = tariff.id if tariff else False

    def _get_customs_problem(self, charge):
        """What is missing for customs; empty when nothing is."""
        self.ensure_one()
        missing = self.product_id._get_customs_gaps()
        country = self.order_id.partner_shipping_id.country_id.name
        if not charge.tariff and self.product_id.hs_code:
            missing.append(
                self.env._("a tariff of %(country)s for its HS code", country=country)
            )
        if not missing:
            return ""
        return f"{self.product_id.display_name}: {', '.join(missing)}"

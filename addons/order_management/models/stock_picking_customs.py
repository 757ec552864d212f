# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..shipping.customs import clean_code
from ..tools.columns import create_column_with_default

# Looked up transfer by transfer, for the few that are open: PostgreSQL would go through
# all addresses, and the goods of all years, first.


def _to_sql_has_country(model, alias, query):
    return SQL(
        "(SELECT country_id IS NOT NULL FROM res_partner WHERE id = %s)",
        model._field_to_sql(alias, "partner_id", query),
    )


def _to_sql_has_bad_address(model, alias, query):
    return SQL(
        "(SELECT COALESCE(street, '') = '' OR COALESCE(city, '') = ''"
        " OR COALESCE(phone, '') = '' AND COALESCE(email, '') = ''"
        " FROM res_partner WHERE id = %s)",
        model._field_to_sql(alias, "partner_id", query),
    )


def _to_sql_has_bad_goods(_model, alias, _query):
    return SQL(
        """
        EXISTS (
            SELECT FROM stock_move move
            JOIN product_product product ON product.id = move.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            WHERE move.picking_id = %s
            AND move.state NOT IN ('cancel', 'done') AND template.type = 'consu'
            AND (template.country_of_origin IS NULL
                OR COALESCE(product.weight, 0) = 0
                OR length(regexp_replace(
                    COALESCE(template.hs_code, ''), '\\D', '', 'g')) < 6))
        """,
        SQL.identifier(alias, "id"),
    )


class StockPicking(models.Model):
    """A transfer; here: one that goes through customs, and its papers."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    is_international = fields.Boolean(
        "Crosses a Customs Border", compute="_compute_customs"
    )
    customs_problem = fields.Text("Missing for Customs", compute="_compute_customs")
    is_customs_incomplete = fields.Boolean(
        "Customs Data Incomplete",
        compute="_compute_customs",
        search="_search_is_customs_incomplete",
    )
    export_reason = fields.Selection(
        [
            ("sale", "Sale"),
            ("sample", "Sample"),
            ("gift", "Gift"),
            ("return", "Return"),
            ("repair", "Repair"),
            ("personal", "Personal effects"),
        ],
        "Reason for Export",
        default="sale",
    )

    def _auto_init(self):
        """Make the column before the ORM does, which would fill it row by row."""
        create_column_with_default(self.env.cr, self, "export_reason", "sale")
        return super()._auto_init()

    @api.depends(
        "move_ids.product_id.country_of_origin",
        "move_ids.product_id.hs_code",
        "move_ids.product_id.weight",
        "partner_id.city",
        "partner_id.country_id",
        "partner_id.email",
        "partner_id.phone",
        "partner_id.street",
        "picking_type_id",
    )
    def _compute_customs(self):
        groups, codes = self.env["res.country.group"], self._get_shipment_codes()
        for picking in self:
            picking.is_international = (
                picking.picking_type_id.code in codes
                and groups._has_customs_between(
                    picking._get_origin_country(), picking.partner_id.country_id
                )
            )
            gaps = picking._get_customs_gaps() if picking.is_international else []
            picking.customs_problem = "\n".join(gaps) or False
            picking.is_customs_incomplete = bool(gaps)

    def _get_origin_country(self):
        self.ensure_one()
        warehouse = self.picking_type_id.warehouse_id.sudo()
        return warehouse.partner_id.country_id or self.company_id.country_id

    def _get_customs_gaps(self):
        """What is missing for the papers: of the goods, the addresses, the terms."""
        self.ensure_one()
        result = []
        moves = self.move_ids.filtered(lambda move: move.state != "cancel")
        for product in moves.product_id.filtered(lambda p: p.type == "consu"):
            if gaps := product._get_customs_gaps():
                result.append(f"{product.display_name}: {', '.join(gaps)}")
        partner = self.partner_id
        if not (partner.street and partner.city):
            result.append(
                self.env._("%(name)s: street and city", name=partner.display_name)
            )
        if not (partner.phone or partner.email):
            result.append(
                self.env._(
                    "%(name)s: phone number or e-mail", name=partner.display_name
                )
            )
        return result

    def _search_is_customs_incomplete(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["product.template"].flush_model(["country_of_origin", "hs_code"])
        self.env["product.product"].flush_model(["weight"])
        self.env["stock.move"].flush_model(["picking_id", "product_id", "state"])
        self.env["res.partner"].flush_model(
            ["city", "country_id", "email", "phone", "street"]
        )
        domain = (
            Domain("picking_type_id.code", "in", self._get_shipment_codes())
            & Domain("state", "in", ("draft", "waiting", "confirmed", "assigned"))
            & Domain.custom(to_sql=_to_sql_has_country)
            & (
                Domain.custom(to_sql=_to_sql_has_bad_address)
                | Domain.custom(to_sql=_to_sql_has_bad_goods)
            )
        )
        # what crosses a border is known country by country
        groups = self._read_group(
            domain, ["picking_type_id", "partner_id"], ["id:array_agg"]
        )
        has_customs = self.env["res.country.group"]._has_customs_between
        ids = [
            picking_id
            for kind, partner, picking_ids in groups
            if has_customs(
                kind.warehouse_id.sudo().partner_id.country_id
                or kind.company_id.country_id,
                partner.country_id,
            )
            for picking_id in picking_ids
        ]
        return [("id", "in", ids)]

    # commercial invoice ---------------------------------------------------------

    def action_print_commercial_invoice(self):
        """Print the papers that go with the goods.

        :raises UserError: these cross no border, or something is missing
        """
        for picking in self:
            if not picking.is_international:
                raise UserError(
                    self.env._(
                        "%(name)s crosses no customs border and needs no commercial "
                        "invoice.",
                        name=picking.name,
                    )
                )
            if picking.customs_problem:
                raise UserError(
                    self.env._(
                        "%(name)s: customs would stop it. Complete this first:\n"
                        "%(missing)s",
                        name=picking.name,
                        missing=picking.customs_problem,
                    )
                )
        report = self.env.ref("order_management.commercial_invoice_report")
        return report.report_action(self, config=False)

    def _get_commercial_invoice(self):
        """Figures of the commercial invoice: in the order's currency, without taxes.

        :return: dict with ``lines`` (product, name, hs_code, origin, quantity, uom,
            price, amount, weight), ``amount``, ``freight``, ``total``,
            ``currency``, ``net_weight``, ``gross_weight``, ``parcels``
        """
        self.ensure_one()
        order = self.sale_id.sudo()
        currency = order.currency_id or self.company_id.currency_id
        lines = [
            move._prepare_commercial_line(currency)
            for move in self.move_ids
            if move.state != "cancel" and move._get_shipped_quantity()
        ]
        amount = currency.round(sum(line["amount"] for line in lines))
        freight = self._get_commercial_freight(order, currency)
        net_weight = sum(line["weight"] for line in lines)
        return {
            "lines": lines,
            "amount": amount,
            "freight": freight,
            "total": currency.round(amount + freight),
            "currency": currency,
            "net_weight": net_weight,
            "gross_weight": max(self.shipping_weight, net_weight),
            "parcels": len(self.move_line_ids.result_package_id) or 1,
        }

    def _get_commercial_freight(self, order, currency):
        """The order's freight is on the papers of its first parcel only."""
        codes = self._get_shipment_codes()
        first = order.picking_ids.filtered(
            lambda p: p.state != "cancel" and p.picking_type_id.code in codes
        ).sorted("id")[:1]
        if first != self.sudo():
            return 0.0
        lines = order.order_line.filtered("is_delivery")
        return currency.round(sum(lines.mapped("price_subtotal")))

    def _get_commercial_words(self):
        """{key: words of the printed invoice}: in English, which every customs office
        reads, and in the customer's language beside it."""
        self.ensure_one()
        english = self.with_context(lang="en_US")._get_commercial_texts()
        lang = self.partner_id.lang
        if not lang or lang.startswith("en"):
            return english
        own = self.with_context(lang=lang)._get_commercial_texts()
        return {
            key: text if own[key] == text else f"{text} / {own[key]}"
            for key, text in english.items()
        }

    def _get_commercial_texts(self):
        reasons = dict(self._fields["export_reason"]._description_selection(self.env))
        return {
            "title": self.env._("Commercial Invoice"),
            "exporter": self.env._("Exporter"),
            "consignee": self.env._("Consignee"),
            "number": self.env._("Number"),
            "date": self.env._("Date"),
            "order": self.env._("Order"),
            "tracking": self.env._("Tracking number"),
            "carrier": self.env._("Carrier"),
            "incoterm": self.env._("Terms of delivery"),
            "reason": self.env._("Reason for export"),
            "reason_value": reasons.get(self.export_reason or "sale"),
            "goods": self.env._("Description of goods"),
            "hs": self.env._("HS code"),
            "origin": self.env._("Origin"),
            "quantity": self.env._("Quantity"),
            "price": self.env._("Unit value"),
            "amount": self.env._("Value"),
            "weight": self.env._("Net weight"),
            "gross": self.env._("Gross weight"),
            "parcels": self.env._("Parcels"),
            "subtotal": self.env._("Value of goods"),
            "freight": self.env._("Freight"),
            "total": self.env._("Total value"),
            "tax_id": self.env._("Tax ID"),
            "declaration": self.env._(
                "We declare that the information on this invoice is true and correct "
                "and that the goods are of the origin shown."
            ),
            "signature": self.env._("Place, date, signature"),
        }


class StockMove(models.Model):
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _get_shipped_quantity(self):
        """What is on the papers, in the product's unit: what left, or what shall."""
        self.ensure_one()
        quantity = self.quantity if self.state == "done" else 0.0
        quantity = quantity or self.product_uom_qty
        return self.product_uom._compute_quantity(quantity, self.product_id.uom_id)

    def _prepare_commercial_line(self, currency):
        self.ensure_one()
        product, quantity = self.product_id, self._get_shipped_quantity()
        line = self.sale_line_id.sudo()
        if line and line.product_qty and line.product_id == product:
            amount = line.price_subtotal * quantity / line.product_qty
        else:
            # parts of kits, and goods that were not sold: their list price
            amount = product.currency_id._convert(
                product.lst_price * quantity,
                currency,
                self.company_id,
                fields.Date.today(),
            )
        amount = currency.round(amount)
        return {
            "product": product,
            "name": product.with_context(lang="en_US").display_name,
            "hs_code": clean_code(product.hs_code),
            "origin": product.country_of_origin,
            "quantity": quantity,
            "uom": product.uom_id,
            "price": currency.round(amount / quantity),
            "amount": amount,
            "weight": product.weight * quantity,
        }

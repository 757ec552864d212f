# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """An order; here: the facts that approval rules ask about, set by set."""

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _get_approval_facts(self, names):
        """Figures of these orders that rules decide by.

        :param names: those wanted, each a method ``_get_fact_<name>``
        :return: ``{order id: {name: fact}}``
        """
        facts = {order.id: {} for order in self}
        for name in names:
            values = getattr(self, f"_get_fact_{name}")()
            for order in self:
                facts[order.id][name] = values.get(order.id)
        return facts

    def _get_fact_amount(self):
        """``{order id: total with taxes, company currency}``; what was approved beyond
        what is ordered counts as ordered."""
        extra = self._sum_lines(
            SQL(
                "CASE WHEN line.approval_mode = 'explicit' AND line.product_uom_qty > 0"
                " THEN GREATEST(line.approved_qty - line.product_uom_qty, 0)"
                " * line.price_total / line.product_uom_qty ELSE 0 END"
            )
        )
        return {
            order.id: (order.amount_total + float(extra.get(order.id) or 0))
            / (order.currency_rate or 1.0)
            for order in self
        }

    def _get_fact_discount(self):
        """``{order id: percent}``, the more of: the highest of a line, the whole's.

        A price typed below the one of the price list is a discount, and so is a line
        of a negative amount.
        """
        self.env["sale.order.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT order_id, GREATEST(
                    MAX(100 - 100 * paid / NULLIF(list, 0)),
                    100 - 100 * SUM(paid) / NULLIF(SUM(list), 0), 0)
                FROM (
                    SELECT order_id, quantity * price_unit * (1 - discount / 100) paid,
                        CASE WHEN quantity * price_unit < 0 THEN 0 ELSE
                        quantity * GREATEST(price_unit, technical) END list
                    FROM (
                        SELECT order_id, product_uom_qty AS quantity, price_unit,
                            COALESCE(discount, 0) AS discount,
                            COALESCE(technical_price_unit, 0) AS technical
                        FROM sale_order_line
                        WHERE order_id = ANY(%s) AND display_type IS NULL
                          AND is_downpayment IS NOT TRUE AND product_uom_qty > 0
                    ) line
                ) priced GROUP BY order_id
                """,
                list(self.ids),
            )
        )
        return {order.id: 0.0 for order in self} | {
            order_id: float(percent or 0) for order_id, percent in rows
        }

    def _get_fact_margin(self):
        """``{order id: percent, None where nothing is sold for money}``"""
        self.env["sale.order.line"].flush_model()
        margins = {}
        for company, orders in self.grouped("company_id").items():
            products = self.env["product.product"].with_company(company)
            products.flush_model(["standard_price"])
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT o.id, SUM(line.price_subtotal / COALESCE(
                            NULLIF(o.currency_rate, 0), 1)) AS sold,
                        SUM(line.product_uom_qty * line_uom.factor / uom.factor
                            * COALESCE(%(cost)s, 0)) AS cost
                    FROM sale_order o
                    JOIN sale_order_line line ON line.order_id = o.id
                    JOIN product_product product ON product.id = line.product_id
                    JOIN product_template template
                      ON template.id = product.product_tmpl_id
                    JOIN uom_uom uom ON uom.id = template.uom_id
                    JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
                    WHERE o.id = ANY(%(ids)s) AND line.is_downpayment IS NOT TRUE
                    GROUP BY o.id
                    """,
                    cost=products._field_to_sql("product", "standard_price"),
                    ids=list(orders.ids),
                    to_flush=self._fields["currency_rate"],
                )
            )
            for order_id, sold, cost in rows:
                sold, cost = float(sold or 0), float(cost or 0)
                margins[order_id] = 100 * (sold - cost) / sold if sold else None
        return margins

    def _get_fact_over_quota(self):
        return {order.id: True for order in self._is_over_quota()}

    def _get_fact_new_customer(self):
        """``{order id: True}`` of customers whose first order this is; contacts of one
        company are one customer."""
        self.flush_model(["company_id", "date_order", "partner_id", "state"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT o.id FROM sale_order o
                JOIN res_partner partner ON partner.id = o.partner_id
                WHERE o.id = ANY(%s) AND NOT EXISTS (
                    SELECT FROM res_partner contact
                    JOIN sale_order earlier ON earlier.partner_id = contact.id
                    WHERE contact.commercial_partner_id = partner.commercial_partner_id
                      AND earlier.state = 'sale' AND earlier.id <> o.id
                      AND earlier.company_id = o.company_id
                      AND (o.state <> 'sale' OR earlier.date_order < o.date_order))
                """,
                list(self.ids),
            )
        )
        return {order_id: True for [order_id] in rows}

    def _get_fact_over_credit(self):
        """``{order id: (exposure, limit)}`` of orders over their customer's limit, in
        the company's currency; the exposure is Odoo's own: receivable, confirmed and
        not invoiced yet, and this order."""
        facts = {}
        for company, orders in self.grouped("company_id").items():
            if not company.account_use_credit_limit:
                continue
            orders = orders.with_company(company)
            limits = {
                partner.id: partner.credit_limit
                for partner in orders.partner_id.commercial_partner_id
                if partner.credit_limit
            }
            used = self._get_credit_used(company, list(limits)) if limits else {}
            for order in orders:
                partner_id = order.partner_id.commercial_partner_id.id
                if partner_id not in limits:
                    continue
                exposure = used.get(partner_id, 0.0)
                if order.state != "sale":
                    exposure += order.amount_total / (order.currency_rate or 1.0)
                limit = limits[partner_id]
                if company.currency_id.compare_amounts(exposure, limit) > 0:
                    facts[order.id] = (exposure, limit)
        return facts

    def _get_credit_used(self, company, partner_ids):
        """``{commercial partner id: amount}``, in one query."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, SUM(amount) FROM (
                    SELECT line.partner_id, line.amount_residual AS amount
                    FROM account_move_line line
                    JOIN account_account account ON account.id = line.account_id
                    JOIN res_company owner ON owner.id = line.company_id
                    WHERE line.partner_id = ANY(%(partners)s)
                      AND account.account_type = 'asset_receivable'
                      AND line.parent_state = 'posted'
                      AND line.reconciled IS NOT TRUE
                      AND split_part(owner.parent_path, '/', 1) = %(root)s
                    UNION ALL
                    SELECT partner.commercial_partner_id, line.untaxed_amount_to_invoice
                        * COALESCE(line.price_total / NULLIF(line.price_subtotal, 0), 1)
                        / COALESCE(NULLIF(o.currency_rate, 0), 1)
                    FROM res_partner partner
                    JOIN sale_order o ON o.partner_invoice_id = partner.id
                    JOIN sale_order_line line ON line.order_id = o.id
                    WHERE partner.commercial_partner_id = ANY(%(partners)s)
                      AND o.company_id = %(company)s AND o.state = 'sale'
                      AND line.untaxed_amount_to_invoice > 0
                ) exposure GROUP BY partner_id
                """,
                partners=partner_ids,
                root=str(company.root_id.id),
                company=company.id,
            )
        )
        return {partner_id: float(amount) for partner_id, amount in rows}

    def _sum_lines(self, expression):
        """``{order id: sum of an SQL expression over the order's lines}``"""
        self.env["sale.order.line"].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT order_id, SUM(%s) FROM sale_order_line line"
                    " WHERE order_id = ANY(%s) AND display_type IS NULL"
                    " GROUP BY order_id",
                    expression,
                    list(self.ids),
                )
            )
        )

    def _is_over_quota(self):
        """Hook: those of these orders that are over a quota which asks for approval."""
        return self.browse()

    def _get_team_leader(self):
        """The manager of the order's salesperson: who leads the sales team."""
        self.ensure_one()
        return (self.team_id or self.user_id.sale_team_id).user_id

    def _get_approval_owners(self):
        """Whose own order this is: they made, submitted or sell it."""
        self.ensure_one()
        return self.create_uid | self.submitted_by_id | self.user_id

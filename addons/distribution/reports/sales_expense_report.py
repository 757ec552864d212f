# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class SalesExpenseReport(models.Model):
    """What selling cost beside what was sold: by dealer, product, centre and month."""

    _name = "sales.expense.report"
    _description = "Cost of Selling"
    _auto = False
    _order = "date desc, id"
    _depends = {
        "account.move": ["move_type"],
        "account.move.line": [
            "balance",
            "company_id",
            "date",
            "display_type",
            "move_id",
            "parent_state",
            "partner_id",
            "product_id",
            "product_uom_id",
            "quantity",
            "sales_expense_id",
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "uom_id"],
        "res.company": ["currency_id"],
        "res.partner": ["commercial_partner_id"],
        "sales.expense.actual": [
            "amount",
            "centre_id",
            "company_id",
            "date",
            "expense_id",
            "partner_id",
            "product_id",
            "type_id",
        ],
        "uom.uom": ["factor"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(readonly=True)
    partner_id = fields.Many2one("res.partner", "Dealer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    centre_id = fields.Many2one(
        "account.analytic.account", "Responsibility Centre", readonly=True
    )
    type_id = fields.Many2one("sales.expense.type", readonly=True)
    expense_id = fields.Many2one("sales.expense", readonly=True)
    cost_amount = fields.Monetary("Cost", readonly=True)
    sales_amount = fields.Monetary(
        "Sales", readonly=True, help="Invoiced, without tax."
    )
    sold_qty = fields.Float("Units Sold", digits="Product Unit", readonly=True)
    cost_percent = fields.Float(
        "Cost in % of Sales", readonly=True, aggregator="avg", digits=(16, 2)
    )
    unit_cost = fields.Float(
        "Cost per Unit Sold", readonly=True, aggregator="avg", digits=(16, 2)
    )

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._select_costs(), self._select_sales())

    def _select_costs(self):
        return SQL(
            """
            SELECT actual.id * 2 AS id, actual.company_id, company.currency_id,
                actual.date, partner.commercial_partner_id AS partner_id,
                actual.product_id, template.categ_id, actual.centre_id,
                actual.type_id, actual.expense_id, actual.amount AS cost_amount,
                0::numeric AS sales_amount, 0::numeric AS sold_qty,
                NULL::numeric AS cost_percent, NULL::numeric AS unit_cost
            FROM sales_expense_actual actual
            JOIN res_company company ON company.id = actual.company_id
            LEFT JOIN res_partner partner ON partner.id = actual.partner_id
            LEFT JOIN product_product product ON product.id = actual.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            """
        )

    def _select_sales(self):
        """Invoiced lines; in full for the company, for a centre see its scorecard."""
        return SQL(
            """
            SELECT line.id * 2 + 1 AS id, line.company_id, company.currency_id,
                line.date, partner.commercial_partner_id AS partner_id,
                line.product_id, template.categ_id, %(centre)s AS centre_id,
                NULL::int AS type_id, NULL::int AS expense_id,
                0::numeric AS cost_amount, -line.balance AS sales_amount,
                CASE WHEN line.balance <= 0 THEN 1 ELSE -1 END * ABS(line.quantity)
                    * COALESCE(unit.factor / NULLIF(base.factor, 0), 1) AS sold_qty,
                NULL::numeric AS cost_percent, NULL::numeric AS unit_cost
            FROM account_move_line line
            JOIN account_move move ON move.id = line.move_id
            JOIN res_company company ON company.id = line.company_id
            LEFT JOIN res_partner partner ON partner.id = line.partner_id
            JOIN product_product product ON product.id = line.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN uom_uom unit ON unit.id = line.product_uom_id
            LEFT JOIN uom_uom base ON base.id = template.uom_id
            WHERE move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                AND line.parent_state = 'posted' AND line.display_type = 'product'
                AND line.sales_expense_id IS NULL
            """,
            centre=self._get_sales_centre(),
        )

    def _get_sales_centre(self):
        """The centre of an invoiced line, where it has just one of the plan."""
        return SQL(
            """
            (SELECT CASE WHEN COUNT(*) = 1 THEN MAX(account.id) END
            FROM jsonb_object_keys(line.analytic_distribution) key
            CROSS JOIN LATERAL unnest(string_to_array(key, ',')) part
            JOIN account_analytic_account account ON account.id = part::int
            WHERE account.root_plan_id = company.budget_plan_id)
            """
        )

    def _read_group_select(self, aggregate_spec, query):
        """Override: ratios of groups are of their sums."""
        ratios = {
            "cost_percent:avg": ("cost_amount", "sales_amount", 100),
            "unit_cost:avg": ("cost_amount", "sold_qty", 1),
        }
        if aggregate_spec not in ratios:
            return super()._read_group_select(aggregate_spec, query)
        part, whole, factor = ratios[aggregate_spec]
        return SQL(
            "%s * SUM(%s) / NULLIF(SUM(%s), 0)",
            factor,
            self._field_to_sql(self._table, part, query),
            self._field_to_sql(self._table, whole, query),
        )

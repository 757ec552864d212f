# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from . import order_variance_facts

#: who sees what quantities are worth
_MONEY = "sales_team.group_sale_salesman,order_management.group_accountant"
#: percentages of groups are of their sums: {field: (part, whole)}
_RATES = {
    "cut_rate": ("cut_qty", "requested_qty"),
    "cancel_rate": ("cancelled_qty", "requested_qty"),
    "fill_rate": ("shipped_qty", "requested_qty"),
    "return_rate": ("returned_qty", "shipped_qty"),
}
#: quantities that have an amount beside them
_VALUED = (
    "requested",
    "approved",
    "cut",
    "short",
    "cancelled",
    "shipped",
    "returned",
    "net",
    "invoiced",
    "difference",
)


class OrderVarianceReport(models.Model):
    """One order line: what became of what was ordered first, and what the difference
    cost.

    Figures of years in a second: they are kept in a table of their own, added up anew
    for the orders that changed, by the query of ``order.quantity.report``. Quantities
    are in the product's unit, amounts untaxed in the company's currency.
    """

    _name = "order.variance.report"
    _inherit = ["order.average.mixin", "order.line.report.mixin"]
    _description = "Order Variance"
    _auto = False
    _order = "date_order desc, id desc"
    _rec_name = "order_id"

    cut_reason = fields.Char("Cut or Closed Because", readonly=True)
    cancel_reason = fields.Char("Cancelled Because", readonly=True)
    return_reason_id = fields.Many2one(
        "channel.return.reason", "Returned Because", readonly=True
    )
    requested_qty = fields.Float(
        "Requested",
        digits="Product Unit",
        readonly=True,
        help="As it was ordered first, before anybody changed it.",
    )
    ordered_qty = fields.Float("Ordered Now", digits="Product Unit", readonly=True)
    approved_qty = fields.Float("Approved", digits="Product Unit", readonly=True)
    cut_qty = fields.Float(
        "Cut", digits="Product Unit", readonly=True, help="Ordered and not approved."
    )
    short_qty = fields.Float(
        "Closed Short",
        digits="Product Unit",
        readonly=True,
        help="Approved, and given up before it left.",
    )
    cancelled_qty = fields.Float(
        "Cancelled",
        digits="Product Unit",
        readonly=True,
        help="Of cancelled orders what had not left; of others what is not ordered any "
        "more.",
    )
    shipped_qty = fields.Float("Shipped", digits="Product Unit", readonly=True)
    delivered_qty = fields.Float(
        "Delivered",
        digits="Product Unit",
        readonly=True,
        help="Shipped, and known to have arrived: the carrier says so, or it is signed "
        "for.",
    )
    returned_qty = fields.Float("Returned", digits="Product Unit", readonly=True)
    net_qty = fields.Float(
        "Net", digits="Product Unit", readonly=True, help="Shipped less returned."
    )
    invoiced_qty = fields.Float("Invoiced", digits="Product Unit", readonly=True)
    open_qty = fields.Float("To Ship", digits="Product Unit", readonly=True)
    difference_qty = fields.Float(
        "Difference",
        digits="Product Unit",
        readonly=True,
        help="Cut, closed short, cancelled and returned.",
    )
    cut_rate = fields.Float(readonly=True, aggregator="avg")
    cancel_rate = fields.Float(readonly=True, aggregator="avg")
    fill_rate = fields.Float(
        readonly=True, aggregator="avg", help="Shipped of what was requested."
    )
    return_rate = fields.Float(
        readonly=True, aggregator="avg", help="Returned of what was shipped."
    )
    requested_amount = fields.Monetary(readonly=True, groups=_MONEY)
    approved_amount = fields.Monetary(readonly=True, groups=_MONEY)
    cut_amount = fields.Monetary("Amount Cut", readonly=True, groups=_MONEY)
    short_amount = fields.Monetary("Amount Closed Short", readonly=True, groups=_MONEY)
    cancelled_amount = fields.Monetary("Amount Cancelled", readonly=True, groups=_MONEY)
    shipped_amount = fields.Monetary(readonly=True, groups=_MONEY)
    returned_amount = fields.Monetary("Amount Returned", readonly=True, groups=_MONEY)
    net_amount = fields.Monetary(readonly=True, groups=_MONEY)
    invoiced_amount = fields.Monetary(readonly=True, groups=_MONEY)
    difference_amount = fields.Monetary(
        "Cost of the Difference",
        readonly=True,
        groups=_MONEY,
        help="What was cut, closed short, cancelled and returned would have sold for.",
    )

    def init(self):
        """The tables now, the triggers when all columns they read are there."""
        result = super().init()
        order_variance_facts.create_tables(self.env.cr)
        self.pool.post_init(order_variance_facts.create_triggers, self.env.cr)
        return result

    @property
    def _table_query(self):
        # left joins on keys cost nothing where nobody asks for what they bring
        return SQL(
            """
            SELECT fact.*, %(amounts)s, %(rates)s
            FROM (
                SELECT fact.*, shipped_qty - returned_qty AS net_qty,
                    cut_qty + short_qty + cancelled_qty + returned_qty
                        AS difference_qty,
                    company.currency_id, template.categ_id,
                    template.uom_id AS product_uom_id
                FROM order_variance fact
                LEFT JOIN res_company company ON company.id = fact.company_id
                LEFT JOIN product_product product ON product.id = fact.product_id
                LEFT JOIN product_template template
                    ON template.id = product.product_tmpl_id
            ) fact
            """,
            amounts=SQL(", ").join(
                SQL(
                    "fact.%s * fact.unit_amount AS %s",
                    SQL.identifier(f"{name}_qty"),
                    SQL.identifier(f"{name}_amount"),
                )
                for name in _VALUED
            ),
            rates=SQL(", ").join(
                SQL(
                    "fact.%s / NULLIF(fact.%s, 0) AS %s",
                    SQL.identifier(part),
                    SQL.identifier(whole),
                    SQL.identifier(name),
                )
                for name, (part, whole) in _RATES.items()
            ),
        )

    @api.model
    def _sort_columns(self, groupby, aggregates):
        """Override of the mixin: a rate is made of two sums."""
        parts = []
        for spec in aggregates:
            name, _colon, function = spec.partition(":")
            if function == "avg" and name in _RATES:
                parts += [f"{column}:sum" for column in _RATES[name]]
            else:
                parts.append(spec)
        return super()._sort_columns(groupby, parts)

    def _read_group_select(self, aggregate_spec, query):
        """Override: percentages of groups are of their sums."""
        name, _colon, function = aggregate_spec.partition(":")
        if function != "avg" or name not in _RATES:
            return super()._read_group_select(aggregate_spec, query)
        part, whole = (
            self._field_to_sql(self._table, column, query) for column in _RATES[name]
        )
        return SQL("SUM(%s) / NULLIF(SUM(%s), 0)", part, whole)

    @api.model
    def action_open_report(self):
        """Open the report, up to date.

        :return: the action; with a message first, where so much changed at once that
            it is still being added up
        """
        self.check_access("read")
        left = self.sudo()._refresh()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_variance_report_action"
        )
        if not left:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "Many orders changed and are still being added up. Look again in "
                    "some minutes."
                ),
                "next": action,
            },
        }

    @api.model
    def _get_money_fields(self):
        """Names of the amounts that the user may see.

        None for companies of several currencies: their sums would say nothing.
        """
        if len(self.env.companies.currency_id) > 1:
            return []
        return [
            f"{name}_amount"
            for name in _VALUED
            if self._has_field_access(self._fields[f"{name}_amount"], "read")
        ]

    @api.model
    def _get_made_domain(self):
        """Lines that tell something: of orders that were asked for in earnest."""
        return Domain("state", "in", ("sale", "cancel")) | Domain(
            "approval_state", "!=", "none"
        )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class CustomerGroupReport(models.Model):
    """Customers by age, industry, region and source, with what they bought."""

    _name = "customer.group.report"
    _description = "Groups of Customers"
    _auto = False
    _order = "revenue_12m desc, id"
    _rec_name = "partner_id"

    snapshot_id = fields.Many2one("customer.snapshot", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    age_band = fields.Selection(
        # in the reader's language: a list that is borrowed has no translations
        selection=lambda self: (
            self.env["res.partner"]._fields["age_band"]._description_selection(self.env)
        ),
        string="Age",
        readonly=True,
    )
    is_company = fields.Boolean("Is a Company", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    state_id = fields.Many2one("res.country.state", "Region", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    first_order_date = fields.Date("First Purchase", readonly=True)
    customer_count = fields.Integer("Customers", readonly=True)
    order_count = fields.Integer("Purchases", readonly=True)
    revenue_12m = fields.Monetary("Revenue of 12 Months", readonly=True)
    revenue_total = fields.Monetary("Revenue", readonly=True)
    average_order = fields.Monetary("Average Purchase", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        partners = self.env["res.partner"]
        return SQL(
            """
            SELECT s.id, s.id AS snapshot_id, s.partner_id, s.company_id, s.user_id,
                s.team_id, %s AS age_band, p.is_company, p.industry_id, p.country_id,
                p.state_id, s.lead_source_id AS source_id, s.first_order_date,
                1 AS customer_count, s.order_count, s.revenue_12m, s.revenue_total,
                s.average_order
            FROM customer_snapshot s JOIN res_partner p ON p.id = s.partner_id
            WHERE COALESCE(s.active, TRUE)
            """,
            partners._sql_age_band(SQL.identifier("p", "birth_date")),
        )

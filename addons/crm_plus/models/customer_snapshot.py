# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .constants import CHURN_BANDS, RFM_SEGMENTS

#: who may see what is earned by a customer
MARGIN_GROUPS = "sales_team.group_sale_salesman_all_leads"


class CustomerSnapshot(models.Model):
    """What one company knows of one customer (a commercial partner), in figures.

    Rows are written by `_refresh` only, in SQL and for many customers at once.
    """

    _name = "customer.snapshot"
    _description = "Customer in Figures"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id"]
    _order = "revenue_12m DESC, id"
    _log_access = False

    active = fields.Boolean(default=True, help="Archived with the customer.")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Salesperson", index="btree_not_null")
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", ondelete="set null"
    )
    country_id = fields.Many2one(related="partner_id.country_id")
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    is_mine = fields.Boolean(
        "My Customers", compute="_compute_is_mine", search="_search_is_mine"
    )

    first_order_date = fields.Date("First Purchase")
    last_order_date = fields.Date("Last Purchase", index=True)
    order_count = fields.Integer("Purchases")
    repeat_rate = fields.Float(
        help="Share of customers who bought more than once.", aggregator="avg"
    )
    revenue_total = fields.Monetary(
        help="All purchases, untaxed, less what came back, in the company's currency."
    )
    revenue_12m = fields.Monetary(
        "Revenue of 12 Months",
        help="Purchases of the last 365 days, untaxed, less what came back.",
    )
    margin_total = fields.Monetary(
        groups=MARGIN_GROUPS,
        help="Purchases less their cost; where orders keep no cost, at today's cost.",
    )
    margin_12m = fields.Monetary("Margin of 12 Months", groups=MARGIN_GROUPS)
    average_order = fields.Monetary("Average Purchase", aggregator="avg")
    interval_days = fields.Float(
        "Usual Interval",
        digits=(8, 1),
        aggregator="avg",
        help="Median of the days between purchases, from three days with one on.",
    )
    days_since_last = fields.Integer("Days of Silence", aggregator="avg")
    expected_next_date = fields.Date("Expected Next Purchase")
    quote_count = fields.Integer("Open Quotations")
    quote_amount = fields.Monetary("Quoted")
    open_order_count = fields.Integer("Open Orders")
    open_order_amount = fields.Monetary("To Invoice")
    balance_due = fields.Monetary("Balance")
    overdue_due = fields.Monetary("Overdue")
    lead_count = fields.Integer("Open Leads")
    ticket_count = fields.Integer("Open Tickets")
    return_count = fields.Integer("Returns")

    rfm_r = fields.Integer("Recency", aggregator="avg")
    rfm_f = fields.Integer("Frequency", aggregator="avg")
    rfm_m = fields.Integer("Money", aggregator="avg")
    rfm_score = fields.Char("RFM", size=3)
    rfm_segment = fields.Selection(RFM_SEGMENTS, "RFM Segment", index=True)

    churn_repeats = fields.Integer(
        "Repeat Purchases", help="Days with a purchase after the first one."
    )
    alive_probability = fields.Float("Probably Active", digits=(5, 4), aggregator="avg")
    churn_band = fields.Selection(CHURN_BANDS, "Churn Risk", index=True)
    churn_reason = fields.Json("Reasons of the Risk")
    churn_words = fields.Char("Why", compute="_compute_churn_words")
    value_at_risk = fields.Monetary(
        help="Revenue of 12 months times the probability that the customer has left."
    )
    lifetime_value_12m = fields.Monetary(
        "Value of the Next 12 Months",
        help="Purchases that the model expects, times the average purchase.",
    )

    lead_source_id = fields.Many2one("utm.source", ondelete="set null")
    preferred_category_id = fields.Many2one("product.category", ondelete="set null")
    top_products = fields.Json()
    month_values = fields.Json("Value by Month")
    score_fit = fields.Integer(aggregator="avg")
    score_engagement = fields.Integer(aggregator="avg")
    score_grade = fields.Char(size=2)
    computed_at = fields.Datetime(readonly=True)

    # a constraint, not an index: merging customers looks for constraints only
    _customer_uniq = models.Constraint("UNIQUE (company_id, partner_id)")

    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.search([("id", "in", self.ids), ("is_mine", "=", True)])
        for snapshot in self:
            snapshot.is_mine = snapshot in mine

    def _search_is_mine(self, operator, value):
        """Customers a person answers for: by name, by nobody, by team, by document."""
        if operator != "in":
            return NotImplemented
        domain = self._get_own_domain("user_id", "team_id")
        return domain if True in value else ~domain

    @api.model
    def _get_own_domain(self, salesperson, team):
        """The customers a person answers for, for any model with a ``partner_id``.

        :param salesperson: the path to the customer's salesperson
        :param team: the path to that person's sales team
        """
        user = self.env.user
        members = SQL(
            "SELECT m.user_id FROM crm_team_member m JOIN crm_team t"
            " ON t.id = m.crm_team_id WHERE m.active AND t.user_id = %s",
            user.id,
        )
        documents = SQL(
            "SELECT p.commercial_partner_id FROM sale_order o JOIN res_partner p"
            " ON p.id = o.partner_id WHERE o.user_id = %(user)s"
            " UNION SELECT p.commercial_partner_id FROM crm_lead l JOIN res_partner p"
            " ON p.id = l.partner_id WHERE l.user_id = %(user)s",
            user=user.id,
        )
        return Domain.OR(
            [
                Domain(salesperson, "in", [user.id, False]),
                Domain(salesperson, "in", members),
                Domain(f"{team}.user_id", "=", user.id),
                Domain("partner_id", "in", documents),
            ]
        )

    def action_schedule_activity(self):
        """Plan an activity for each of these customers."""
        return self._get_activity_action(self.partner_id)

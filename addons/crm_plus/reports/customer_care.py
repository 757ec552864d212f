# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

# days between two contacts we want, by the customer's RFM money score (0: none)
_WANTED_DAYS = {5: 14, 4: 30, 3: 45, 2: 60, 1: 90, 0: 90}


class CustomerCare(models.Model):
    """One customer, how long nobody was in touch, and how much that matters.

    Importance = revenue of 12 months x (days without contact / days we want).
    """

    _name = "customer.care"
    _description = "Care of Customers"
    _auto = False
    _order = "importance desc, id"
    _rec_name = "partner_id"

    snapshot_id = fields.Many2one("customer.snapshot", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    rfm_segment = fields.Selection(related="snapshot_id.rfm_segment")
    churn_band = fields.Selection(related="snapshot_id.churn_band")
    revenue_12m = fields.Monetary("Revenue of 12 Months", readonly=True)
    last_order_date = fields.Date("Last Purchase", readonly=True)
    last_contact_at = fields.Datetime("Last Contact", readonly=True)
    days_since_contact = fields.Integer(
        "Silent Days",
        readonly=True,
        aggregator="avg",
        help="Since the last contact, or since the first purchase when there was none",
    )
    wanted_days = fields.Integer(readonly=True, aggregator="avg")
    contact_90d = fields.Integer("Contacts in 90 Days", readonly=True)
    next_meeting_at = fields.Datetime("Next Appointment", readonly=True)
    importance = fields.Float(readonly=True, digits=(16, 0))

    @property
    def _table_query(self):
        contacts = self.env["customer.contact.report"]._table_query
        return SQL(
            """
            WITH contact AS (
                SELECT partner_id, COALESCE(company_id, 0) AS company_id,
                    max(occurred_at) AS last_at,
                    count(*) FILTER (WHERE occurred_at
                        > now() AT TIME ZONE 'UTC' - interval '90 days') AS recent
                FROM (%(contacts)s) c WHERE contact_count > 0 GROUP BY 1, 2
            ), last AS (
                SELECT s.id, max(c.last_at) AS last_at, sum(c.recent) AS recent
                FROM customer_snapshot s JOIN contact c ON c.partner_id = s.partner_id
                    AND c.company_id IN (0, s.company_id) GROUP BY s.id
            ), next AS (
                SELECT p.commercial_partner_id AS partner_id, min(e.start) AS at
                FROM calendar_event e JOIN calendar_event_res_partner_rel r
                    ON r.calendar_event_id = e.id
                JOIN res_partner p ON p.id = r.res_partner_id
                WHERE e.active AND e.start > now() AT TIME ZONE 'UTC' GROUP BY 1
            ), care AS (
                SELECT s.id, s.id AS snapshot_id, s.partner_id, s.company_id,
                    s.user_id, s.team_id, s.revenue_12m, s.last_order_date,
                    l.last_at AS last_contact_at, COALESCE(l.recent, 0) AS contact_90d,
                    n.at AS next_meeting_at, %(wanted)s AS wanted_days,
                    greatest(0, (now() AT TIME ZONE 'UTC')::date - COALESCE(
                        l.last_at::date, s.first_order_date,
                        (now() AT TIME ZONE 'UTC')::date)) AS days_since_contact
                FROM customer_snapshot s
                LEFT JOIN last l ON l.id = s.id
                LEFT JOIN next n ON n.partner_id = s.partner_id
                WHERE COALESCE(s.active, TRUE)
            )
            SELECT care.*, greatest(0, COALESCE(revenue_12m, 0))
                * days_since_contact / wanted_days AS importance FROM care
            """,
            contacts=contacts,
            wanted=self._sql_wanted_days(),
        )

    @api.model
    def _sql_wanted_days(self):
        cases = SQL(" ").join(
            SQL("WHEN %s THEN %s", score, days)
            for score, days in self._get_wanted_days().items()
        )
        return SQL("CASE COALESCE(s.rfm_m, 0) %s ELSE 90 END", cases)

    @api.model
    def _get_wanted_days(self):
        """:return: {RFM money score: days between two contacts}; a hook."""
        return _WANTED_DAYS

    def action_open_partner(self):
        """The customer's form."""
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def action_propose_appointments(self):
        """Appointments with these customers, the most important first."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose Appointments"),
            "res_model": "customer.appointment.propose",
            "view_mode": "form",
            "target": "new",
            "context": {"active_ids": self.ids, "active_model": self._name},
        }

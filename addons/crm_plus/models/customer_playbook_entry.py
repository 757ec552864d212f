# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from ..listing import list_sentences
from .constants import CHURN_BANDS


class CustomerPlaybookEntry(models.Model):
    """A customer who entered a play-book, and whether a purchase followed."""

    _name = "customer.playbook.entry"
    _description = "Play-Book Result"
    _order = "entered_on DESC, id DESC"
    _rec_name = "partner_id"

    playbook_id = fields.Many2one(
        "customer.playbook", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="playbook_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", "Assigned To", index="btree_not_null")
    arm = fields.Selection(
        [("acted", "Done For"), ("held_out", "Left Alone")], required=True
    )
    entered_on = fields.Date(required=True)
    horizon_on = fields.Date("Decided On", required=True)
    churn_band = fields.Selection(CHURN_BANDS, "Churn Risk")
    churn_reason = fields.Json("Reasons of the Risk", help="As of the day of entering.")
    reason = fields.Char(compute="_compute_reason")
    value_at_risk = fields.Monetary()
    state = fields.Selection(
        [("open", "Open"), ("saved", "Saved"), ("lost", "Not Saved")],
        default="open",
        required=True,
        index=True,
    )
    saved = fields.Float(
        "Saved Rate", aggregator="avg", help="Of those that are decided."
    )
    bought_on = fields.Date()
    revenue_after = fields.Monetary(
        help="Net purchases from entering to the day it was decided."
    )

    @api.depends("churn_reason", "company_id")
    @api.depends_context("lang")
    def _compute_reason(self):
        """What was known on the day of entering, in the reader's language."""
        for entry in self:
            snapshot = self.env["customer.snapshot"].new(
                {
                    "company_id": entry.company_id.id,
                    "churn_reason": entry.churn_reason,
                }
            )
            reasons = snapshot._get_churn_reason_texts()
            entry.reason = list_sentences(self.env, reasons)

    @api.model
    def _measure(self, moment):
        """Decide entries by the purchases of their customers.

        Open ones have no rate, so that averages are those of decided ones. Revenue is
        counted on until the day of decision.
        """
        self.env.flush_all()
        undecided = SQL(
            "commercial_partner_id IN (SELECT partner_id FROM customer_playbook_entry"
            " WHERE company_id = %s AND (state = 'open' OR horizon_on >= %s))",
            moment.company.id,
            moment.today,
        )
        self.env["customer.snapshot"]._make_purchases(moment, undecided)
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_playbook_entry e SET
                    bought_on = p.bought_on, revenue_after = COALESCE(p.revenue, 0),
                    saved = CASE WHEN p.bought_on IS NOT NULL THEN 1
                        WHEN e.horizon_on < %(today)s THEN 0 END,
                    state = CASE WHEN p.bought_on IS NOT NULL THEN 'saved'
                        WHEN e.horizon_on < %(today)s THEN 'lost' ELSE 'open' END
                FROM (
                    SELECT x.id, MIN(c.day) FILTER (WHERE c.purchases > 0) AS bought_on,
                        SUM(c.amount) AS revenue
                    FROM customer_playbook_entry x
                    LEFT JOIN customer_purchase c ON c.partner_id = x.partner_id
                        AND c.day > x.entered_on AND c.day <= x.horizon_on
                    WHERE x.company_id = %(company)s
                        AND (x.state = 'open' OR x.horizon_on >= %(today)s)
                    GROUP BY x.id
                ) p
                WHERE p.id = e.id
                """,
                today=moment.today,
                company=moment.company.id,
            )
        )
        self.env.invalidate_all()

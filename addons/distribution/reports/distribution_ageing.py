# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class DistributionAgeing(models.Model):
    """Open receivables by how long they are due: a row an open journal item.

    Due days count to today in the company's time zone; what is not due yet stands in
    a column of its own. Receipts and credit notes that match nothing are negative.
    """

    _name = "distribution.ageing"
    _description = "Ageing of Dealer Debt"
    _auto = False
    _order = "days_overdue desc, id"
    _rec_name = "move_id"

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    member_id = fields.Many2one("distribution.member", readonly=True)
    level_id = fields.Many2one("distribution.level", readonly=True)
    user_id = fields.Many2one("res.users", "Sales Representative", readonly=True)
    territory_id = fields.Many2one("distribution.territory", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice or Entry", readonly=True)
    date = fields.Date(readonly=True)
    date_due = fields.Date("Due", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    bucket = fields.Selection(
        [
            ("0", "Not Due"),
            ("1", "1-30 Days"),
            ("2", "31-60 Days"),
            ("3", "61-90 Days"),
            ("4", "Over 90 Days"),
        ],
        readonly=True,
    )
    amount = fields.Monetary("Open", readonly=True)
    amount_not_due = fields.Monetary("Not Due", readonly=True)
    amount_30 = fields.Monetary("1-30 Days", readonly=True)
    amount_60 = fields.Monetary("31-60 Days", readonly=True)
    amount_90 = fields.Monetary("61-90 Days", readonly=True)
    amount_older = fields.Monetary("Over 90 Days", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT part.*,
                CASE WHEN days_overdue <= 0 THEN '0' WHEN days_overdue <= 30 THEN '1'
                    WHEN days_overdue <= 60 THEN '2' WHEN days_overdue <= 90 THEN '3'
                    ELSE '4' END AS bucket,
                CASE WHEN days_overdue <= 0 THEN amount ELSE 0 END AS amount_not_due,
                CASE WHEN days_overdue BETWEEN 1 AND 30 THEN amount ELSE 0 END
                    AS amount_30,
                CASE WHEN days_overdue BETWEEN 31 AND 60 THEN amount ELSE 0 END
                    AS amount_60,
                CASE WHEN days_overdue BETWEEN 61 AND 90 THEN amount ELSE 0 END
                    AS amount_90,
                CASE WHEN days_overdue > 90 THEN amount ELSE 0 END AS amount_older
            FROM (
                SELECT line.id, line.partner_id, member.id AS member_id,
                    member.level_id, member.user_id, member.territory_id,
                    line.company_id, line.company_currency_id AS currency_id,
                    line.move_id, line.date,
                    COALESCE(line.date_maturity, line.date) AS date_due,
                    (now() AT TIME ZONE COALESCE(home.tz, 'UTC'))::date
                        - COALESCE(line.date_maturity, line.date) AS days_overdue,
                    line.amount_residual AS amount
                FROM account_move_line line
                JOIN account_account account ON account.id = line.account_id
                 AND account.account_type = 'asset_receivable'
                JOIN res_company company ON company.id = line.company_id
                JOIN res_partner home ON home.id = company.partner_id
                LEFT JOIN distribution_member member
                  ON member.partner_id = line.partner_id
                 AND member.company_id = line.company_id
                WHERE line.parent_state = 'posted' AND line.reconciled IS NOT TRUE
                  AND line.partner_id IS NOT NULL AND line.amount_residual <> 0
            ) part
            """
        )

    def action_open_move(self):
        """Open the invoice or entry of this row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }

    def action_plan_collection(self):
        """Plan who of these customers is asked for money this week, a plan for each
        representative.

        :raises UserError: nothing of it is due
        """
        partners = self.filtered(lambda row: row.days_overdue > 0).partner_id
        plans = self.env["distribution.collection.plan"]
        for company in self.company_id:
            plans |= plans._plan(partners, company)
        if not plans:
            raise UserError(
                self.env._("Nothing of this is overdue: choose rows that are.")
            )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_collection_plan_action"
        )
        return {**action, "domain": [("id", "in", plans.ids)], "context": {}}

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

_NAMES = (
    "receivable",
    "unallocated",
    "uninvoiced",
    "unshipped",
    "waiting",
    "overdue_amount",
    "overdue_days",
    "late_amount",
)


class DistributionCredit(models.Model):
    """Credit limits; here: what customers owe, will owe and have paid ahead."""

    _inherit = "distribution.credit"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_exposure(self, partners, company):
        """What these customers owe one company, in its currency; one query.

        Every unit that is sold counts once:

        - ``receivable``: open posted receivables of the company and its branches,
          invoices less credit notes, but not payments;
        - ``unallocated``: receipts that match no invoice (or not wholly) yet;
        - ``uninvoiced``: with the customer (delivered) and not on a posted
          invoice, with taxes;
        - ``unshipped``: approved (where nobody approves: confirmed) and neither
          delivered nor on a posted invoice, less down payments that are invoiced;
          approved quotations count like confirmed orders;
        - ``waiting``: quotations that wait for approval, whole;
        - ``exposure``: all of these, receipts subtracted;
        - ``committed``: the exposure without what waits: what a limit is held to;
        - ``overdue_amount``, ``overdue_days``: past due today in the company's time
          zone, and the days of the oldest;
        - ``late_amount``: past due for longer than the days of grace, less receipts
          that match no invoice.

        Orders count for who pays them (invoice address), at the rate of the order.

        :param partners: any contacts; figures are of their commercial partners
        :return: ``{commercial partner id: figures}`` of all of them
        """
        ids = partners.commercial_partner_id._origin.ids
        if not ids:
            return {}
        self.env.flush_all()
        found = {
            row[0]: dict(zip(_NAMES, row[1:], strict=True))
            for row in self.env.execute_query(self._sql_exposure(ids, company))
        }
        return {
            partner_id: self._complete_figures(found.get(partner_id, {}))
            for partner_id in ids
        }

    @api.model
    def _complete_figures(self, row):
        figures = {name: float(row.get(name) or 0.0) for name in _NAMES}
        figures["overdue_days"] = max(int(figures["overdue_days"]), 0)
        figures["late_amount"] = max(
            figures["late_amount"] - figures["unallocated"], 0.0
        )
        figures["committed"] = (
            figures["receivable"]
            + figures["uninvoiced"]
            + figures["unshipped"]
            - figures["unallocated"]
        )
        figures["exposure"] = figures["committed"] + figures["waiting"]
        return figures

    @api.model
    def _sql_exposure(self, partner_ids, company):
        return SQL(
            """
            SELECT partner_id, SUM(receivable), SUM(unallocated), SUM(uninvoiced),
                SUM(unshipped), SUM(waiting), SUM(overdue), MAX(days), SUM(late)
            FROM (
                (%s) UNION ALL (%s) UNION ALL (%s)
            ) part GROUP BY partner_id
            """,
            self._sql_receivables(partner_ids, company),
            self._sql_committed_orders(partner_ids, company),
            self._sql_waiting_orders(partner_ids, company),
        )

    @api.model
    def _sql_receivables(self, partner_ids, company):
        return SQL(
            """
            SELECT line.partner_id,
                CASE WHEN line.is_receipt THEN 0 ELSE line.residual END AS receivable,
                CASE WHEN line.is_receipt THEN -line.residual ELSE 0 END
                    AS unallocated,
                0 AS uninvoiced, 0 AS unshipped, 0 AS waiting,
                CASE WHEN line.residual > 0 AND line.due < %(today)s
                    THEN line.residual ELSE 0 END AS overdue,
                CASE WHEN line.residual > 0 THEN %(today)s - line.due END AS days,
                CASE WHEN line.residual > 0 AND line.due
                    < %(today)s - COALESCE(credit.overdue_allowed_days, 0)
                    THEN line.residual ELSE 0 END AS late
            FROM (
                SELECT aml.partner_id, aml.amount_residual AS residual,
                    COALESCE(aml.date_maturity, aml.date) AS due,
                    aml.amount_residual < 0 AND move.move_type
                        NOT IN ('out_invoice', 'out_refund', 'out_receipt')
                        AS is_receipt
                FROM account_move_line aml
                JOIN account_move move ON move.id = aml.move_id
                JOIN account_account account ON account.id = aml.account_id
                JOIN res_company owner ON owner.id = aml.company_id
                WHERE aml.partner_id = ANY(%(partners)s)
                  AND account.account_type = 'asset_receivable'
                  AND aml.parent_state = 'posted'
                  AND aml.reconciled IS NOT TRUE
                  AND owner.parent_path LIKE %(path)s
            ) line
            LEFT JOIN distribution_credit credit
              ON credit.partner_id = line.partner_id
             AND credit.company_id = %(company)s
            """,
            today=self._get_today(company),
            partners=list(partner_ids),
            path=f"{company.parent_path}%",
            company=company.id,
        )

    @api.model
    def _sql_committed_orders(self, partner_ids, company):
        """Value of what was approved or delivered and is on no posted invoice."""
        return SQL(
            """
            SELECT partner_id, 0, 0, SUM(uninvoiced) / rate,
                CASE WHEN SUM(unshipped) > 0
                    THEN GREATEST(SUM(unshipped) - SUM(prepaid), 0)
                    ELSE SUM(unshipped) END / rate,
                0, 0, NULL::int, 0
            FROM (
                SELECT order_id, partner_id, rate, prepaid,
                    GREATEST(delivered - invoiced, 0) AS uninvoiced,
                    CASE WHEN wanted < 0 THEN LEAST(wanted - invoiced, 0)
                        ELSE GREATEST(wanted - GREATEST(delivered, invoiced), 0)
                        END AS unshipped
                FROM (%s) valued
            ) part GROUP BY order_id, partner_id, rate
            """,
            self._sql_order_lines(partner_ids, company),
        )

    @api.model
    def _sql_order_lines(self, partner_ids, company):
        """Lines of committed orders: value wanted, delivered and invoiced, taxes
        included, in the order's currency."""
        return SQL(
            """
            SELECT line.order_id, partner.commercial_partner_id AS partner_id,
                COALESCE(NULLIF(o.currency_rate, 0), 1) AS rate,
                CASE WHEN line.is_downpayment THEN line.untaxed_amount_invoiced
                    * COALESCE(o.amount_total / NULLIF(o.amount_untaxed, 0), 1)
                    ELSE 0 END AS prepaid,
                CASE WHEN line.is_downpayment THEN 0 ELSE unit.price
                    * CASE WHEN COALESCE(line.approval_mode, 'none') = 'none'
                        THEN line.product_uom_qty ELSE line.approved_qty END
                    END AS wanted,
                CASE WHEN line.is_downpayment THEN 0
                    ELSE unit.price * line.qty_delivered END AS delivered,
                CASE WHEN line.is_downpayment THEN 0
                    ELSE line.untaxed_amount_invoiced * COALESCE(
                        line.price_total / NULLIF(line.price_subtotal, 0), 1)
                    END AS invoiced
            FROM res_partner partner
            JOIN sale_order o ON o.partner_invoice_id = partner.id
            JOIN sale_order_line line ON line.order_id = o.id
            CROSS JOIN LATERAL (SELECT COALESCE(
                line.price_total / NULLIF(line.product_uom_qty, 0),
                line.price_unit * (1 - COALESCE(line.discount, 0) / 100)) AS price
            ) unit
            WHERE partner.commercial_partner_id = ANY(%(partners)s)
              AND o.company_id IN (
                  SELECT id FROM res_company WHERE parent_path LIKE %(path)s)
              AND line.display_type IS NULL
              AND (o.state = 'sale' OR o.state IN ('draft', 'sent')
                   AND o.approval_state = 'approved')
            """,
            partners=list(partner_ids),
            path=f"{company.parent_path}%",
        )

    @api.model
    def _sql_waiting_orders(self, partner_ids, company):
        return SQL(
            """
            SELECT partner.commercial_partner_id, 0, 0, 0, 0,
                o.amount_total / COALESCE(NULLIF(o.currency_rate, 0), 1), 0,
                NULL::int, 0
            FROM res_partner partner
            JOIN sale_order o ON o.partner_invoice_id = partner.id
            WHERE partner.commercial_partner_id = ANY(%(partners)s)
              AND o.company_id IN (
                  SELECT id FROM res_company WHERE parent_path LIKE %(path)s)
              AND o.state IN ('draft', 'sent') AND o.approval_state = 'to_approve'
            """,
            partners=list(partner_ids),
            path=f"{company.parent_path}%",
        )

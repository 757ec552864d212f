# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

_STATES = [("none", "Not Yet"), ("open", "Under Way"), ("done", "Done")]


class CrmLead(models.Model):
    """The way of a deal on one card: quote, appointment, contract, order, collection.

    Read by three queries for a whole page of cards, stored nowhere.
    """

    _inherit = "crm.lead"

    step_quote = fields.Selection(_STATES, "Quotation", compute="_compute_steps")
    step_appointment = fields.Selection(
        _STATES, "Appointment", compute="_compute_steps"
    )
    step_contract = fields.Selection(
        _STATES,
        "Contract",
        compute="_compute_steps",
        help="Done when the customer has signed the quotation",
    )
    step_order = fields.Selection(_STATES, "Order", compute="_compute_steps")
    step_collection = fields.Selection(_STATES, "Collection", compute="_compute_steps")
    step_quoted = fields.Monetary(
        "Quoted", compute="_compute_steps", currency_field="company_currency"
    )
    step_ordered = fields.Monetary(
        "Ordered", compute="_compute_steps", currency_field="company_currency"
    )
    step_invoiced = fields.Monetary(
        "Invoiced", compute="_compute_steps", currency_field="company_currency"
    )
    step_collected = fields.Monetary(
        "Collected", compute="_compute_steps", currency_field="company_currency"
    )

    @api.depends("order_ids.state", "calendar_event_ids.start")
    def _compute_steps(self):
        # sums of the lead's own documents, as Odoo's smart buttons show them: whoever
        # may read the lead may know how far it is
        orders = self._get_order_steps()
        invoices = self._get_invoice_steps()
        meetings = self._get_meeting_steps()
        for lead in self:
            quotes, quoted, signed, sold, ordered = orders.get(
                lead.id, (0, 0.0, 0, 0, 0.0)
            )
            invoiced, collected = invoices.get(lead.id, (0.0, 0.0))
            coming, past = meetings.get(lead.id, (0, 0))
            lead.step_quoted, lead.step_ordered = quoted, ordered
            lead.step_invoiced, lead.step_collected = invoiced, collected
            lead.step_quote = _step(sold or signed, quotes)
            lead.step_appointment = _step(past, coming)
            lead.step_contract = _step(signed, quotes and not sold)
            lead.step_order = _step(sold, quotes)
            paid = invoiced and collected >= invoiced - 0.005
            lead.step_collection = _step(paid, invoiced or sold)

    def _get_order_steps(self):
        """:return: {lead id: (quotes, quoted, signed, orders, ordered)}, untaxed"""
        self.env["sale.order"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT opportunity_id,
                    count(*) FILTER (WHERE state IN ('draft', 'sent')),
                    COALESCE(sum(amount_untaxed / NULLIF(currency_rate, 0))
                        FILTER (WHERE state IN ('draft', 'sent')), 0),
                    count(*) FILTER (WHERE signed_on IS NOT NULL),
                    count(*) FILTER (WHERE state = 'sale'),
                    COALESCE(sum(amount_untaxed / NULLIF(currency_rate, 0))
                        FILTER (WHERE state = 'sale'), 0)
                FROM sale_order
                WHERE opportunity_id IN %s AND state <> 'cancel'
                GROUP BY opportunity_id
                """,
                tuple(self.ids) or (0,),
            )
        )
        return {
            row[0]: (row[1], float(row[2]), row[3], row[4], float(row[5]))
            for row in rows
        }

    def _get_invoice_steps(self):
        """What the lead's orders have on invoices, which may bill others as well.

        :return: {lead id: (invoiced, collected)} with tax, in company currency; of an
            invoice that is paid in part, the same part of each of its lines
        """
        self.env["account.move"].flush_model()
        self.env["sale.order.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.lead_id, sum(a.amount),
                    sum(CASE WHEN m.payment_state IN ('in_payment', 'paid')
                        THEN a.amount
                        ELSE a.amount * (1 - COALESCE(m.amount_residual_signed
                            / NULLIF(m.amount_total_signed, 0), 0)) END)
                FROM (
                    SELECT DISTINCT o.opportunity_id AS lead_id, al.id, al.move_id,
                        al.price_total
                    FROM sale_order o
                    JOIN sale_order_line l ON l.order_id = o.id
                    JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id
                    JOIN account_move_line al ON al.id = r.invoice_line_id
                    WHERE o.opportunity_id IN %s
                ) i
                JOIN account_move m ON m.id = i.move_id AND m.state = 'posted'
                CROSS JOIN LATERAL (
                    -- tax and rate as the whole invoice has them
                    SELECT i.price_total * COALESCE(m.amount_total_signed
                        / NULLIF(m.amount_total, 0), 0) AS amount
                ) a
                GROUP BY i.lead_id
                """,
                tuple(self.ids) or (0,),
            )
        )
        return {row[0]: (float(row[1]), float(row[2])) for row in rows}

    def _get_meeting_steps(self):
        """:return: {lead id: (coming, past)}"""
        self.env["calendar.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT opportunity_id, count(*) FILTER (WHERE stop > %(now)s),"
                " count(*) FILTER (WHERE stop <= %(now)s) FROM calendar_event"
                " WHERE active AND opportunity_id IN %(ids)s GROUP BY opportunity_id",
                now=fields.Datetime.now(),
                ids=tuple(self.ids) or (0,),
            )
        )
        return {row[0]: (row[1], row[2]) for row in rows}


def _step(done, under_way):
    if done:
        return "done"
    return "open" if under_way else "none"

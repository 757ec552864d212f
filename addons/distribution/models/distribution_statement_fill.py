# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL


class DistributionStatement(models.Model):
    """A statement; here: its figures, for any number of customers at once."""

    _inherit = "distribution.statement"  # pylint: disable=consider-merging-classes-inherited

    def _fill(self):
        """Take opening, lines and closing from the ledger; four queries a period."""
        self.env.flush_all()
        lines = self.env["distribution.statement.line"].sudo()
        lines.search([("statement_id", "in", self.ids)]).unlink()
        vals_list = []
        groups = self.grouped(lambda s: (s.company_id, s.date_from, s.date_to))
        for (company, date_from, date_to), group in groups.items():
            ids = group.partner_id.ids
            opening = self._get_balances(company, ids, date_from, before=True)
            moves = self._get_entries(company, ids, date_from, date_to)
            info = self._get_goods(company, ids, date_from, date_to)
            for statement_sudo in group.sudo():
                partner_id = statement_sudo.partner_id.id
                rows = moves.get(partner_id, [])
                vals_list += [
                    {**row, "statement_id": statement_sudo.id}
                    for row in rows + info.get(partner_id, [])
                ]
                start = opening.get(partner_id, 0.0)
                currency = statement_sudo.currency_id
                closing = start + sum(row["debit"] - row["credit"] for row in rows)
                statement_sudo.write(
                    {"opening": start, "closing": currency.round(closing)}
                )
        lines.create(vals_list)

    @api.model
    def _sql_ledger(self, company, partner_ids):
        """FROM and WHERE of the customers' posted receivable items."""
        return SQL(
            """
            FROM account_move_line line
            JOIN account_move move ON move.id = line.move_id
            JOIN account_account account ON account.id = line.account_id
             AND account.account_type = 'asset_receivable'
            JOIN res_company owner ON owner.id = line.company_id
            WHERE line.partner_id = ANY(%s) AND line.parent_state = 'posted'
              AND owner.parent_path LIKE %s
            """,
            list(partner_ids),
            f"{company.parent_path}%",
        )

    @api.model
    def _get_balances(self, company, partner_ids, day, before=False):
        """``{partner id: balance at the end of that day, or before it}``"""
        self.env.flush_all()
        operator = SQL("<") if before else SQL("<=")
        rows = self.env.execute_query(
            SQL(
                "SELECT line.partner_id, SUM(line.balance) %s AND line.date %s %s"
                " GROUP BY line.partner_id",
                self._sql_ledger(company, partner_ids),
                operator,
                day,
            )
        )
        return {partner_id: float(amount or 0) for partner_id, amount in rows}

    @api.model
    def _get_alive(self, company, partner_ids, date_from, date_to):
        """Ids of customers with a balance before or any movement in the period."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT line.partner_id %s AND line.date <= %s GROUP BY line.partner_id"
                " HAVING bool_or(line.date >= %s) OR SUM(line.balance) <> 0",
                self._sql_ledger(company, partner_ids),
                date_to,
                date_from,
            )
        )
        return {partner_id for [partner_id] in rows}

    @api.model
    def _get_entries(self, company, partner_ids, date_from, date_to):
        """``{partner id: values of lines}``, a row for each entry of the period."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.partner_id, move.id, move.name, move.ref, move.date,
                    CASE WHEN move.move_type IN ('out_invoice', 'out_receipt')
                        THEN 'invoice' WHEN move.move_type = 'out_refund'
                        THEN 'credit_note' WHEN move.origin_payment_id IS NOT NULL
                        OR move.statement_line_id IS NOT NULL THEN 'payment'
                        ELSE 'other' END, SUM(line.balance)
                %s AND line.date BETWEEN %s AND %s
                GROUP BY line.partner_id, move.id ORDER BY move.date, move.id
                """,
                self._sql_ledger(company, partner_ids),
                date_from,
                date_to,
            )
        )
        found = {}
        for partner_id, move_id, name, ref, date, kind, balance in rows:
            amount = float(balance or 0)
            found.setdefault(partner_id, []).append(
                {
                    "kind": kind,
                    "date": date,
                    "name": f"{name} ({ref})" if ref else name,
                    "move_id": move_id,
                    "debit": max(amount, 0.0),
                    "credit": max(-amount, 0.0),
                    "value": amount,
                }
            )
        return found

    @api.model
    def _get_goods(self, company, partner_ids, date_from, date_to):
        """``{partner id: values of lines}`` of orders and deliveries: they are on the
        statement to be compared, and move no balance."""
        names = {
            "from": date_from,
            "to": date_to,
            "zone": company.partner_id.tz or "UTC",
            "partners": list(partner_ids),
            "path": f"{company.parent_path}%",
        }
        rows = self.env.execute_query(
            SQL(
                "(%s) UNION ALL (%s) ORDER BY day",
                self._sql_orders(names),
                self._sql_deliveries(names),
            )
        )
        found = {}
        for partner_id, kind, order_id, picking_id, name, day, value in rows:
            found.setdefault(partner_id, []).append(
                {
                    "kind": kind,
                    "date": day,
                    "name": name,
                    "order_id": order_id,
                    "picking_id": picking_id,
                    "value": float(value or 0),
                }
            )
        return found

    @api.model
    def _sql_orders(self, names):
        return SQL(
            """
            SELECT partner.commercial_partner_id, 'order', o.id, NULL::int, o.name,
                (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day,
                o.amount_total / COALESCE(NULLIF(o.currency_rate, 0), 1)
            FROM sale_order o
            JOIN res_partner partner ON partner.id = o.partner_invoice_id
            JOIN res_company owner ON owner.id = o.company_id
            WHERE partner.commercial_partner_id = ANY(%(partners)s)
              AND o.state = 'sale' AND owner.parent_path LIKE %(path)s
              AND (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                BETWEEN %(from)s AND %(to)s
            """,
            **names,
        )

    @api.model
    def _sql_deliveries(self, names):
        return SQL(
            """
            SELECT partner.commercial_partner_id, 'delivery', o.id, picking.id,
                picking.name,
                (picking.date_done AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                    AS day,
                goods.value
            FROM stock_picking picking
            JOIN stock_picking_type kind ON kind.id = picking.picking_type_id
             AND kind.code IN ('outgoing', 'dropship')
            JOIN sale_order o ON o.id = picking.sale_id
            JOIN res_partner partner ON partner.id = o.partner_invoice_id
            JOIN res_company owner ON owner.id = o.company_id
            CROSS JOIN LATERAL (
                SELECT SUM(move.quantity * move_uom.factor / line_uom.factor
                    * line.price_total / NULLIF(line.product_uom_qty, 0))
                    / COALESCE(NULLIF(o.currency_rate, 0), 1) AS value
                FROM stock_move move
                JOIN sale_order_line line ON line.id = move.sale_line_id
                JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
                JOIN uom_uom move_uom ON move_uom.id = move.product_uom
                WHERE move.picking_id = picking.id AND move.state = 'done'
            ) goods
            WHERE partner.commercial_partner_id = ANY(%(partners)s)
              AND picking.state = 'done' AND owner.parent_path LIKE %(path)s
              AND (picking.date_done AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                BETWEEN %(from)s AND %(to)s
            """,
            **names,
        )

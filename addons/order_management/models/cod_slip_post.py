# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CodSlip(models.Model):
    """A slip; here: how it gets into the books, once.

    One balanced entry: what customers owed is paid, less fees the carrier owes it to
    us. It is reconciled with the invoices of the orders, as far as they are posted.
    """

    _inherit = "cod.slip"

    def action_agree(self):
        """Both sides say the same: post it.

        :raises UserError: unknown parcels, open disputes, a sum that differs from the
            carrier's, or accounts that are not chosen
        """
        self.check_access("write")
        for slip in self.filtered(lambda slip: slip.state == "checking"):
            slip._touch()
            slip._check_agreed()
            slip._post()
        self._transition("agreed")
        return True

    def _touch(self):
        """Make two people who agree at the same moment meet: the later one starts over
        and sees that it is done."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE cod_slip SET write_date = now() AT TIME ZONE 'UTC'"
                " WHERE id = %s RETURNING id",
                self.id,
            )
        )

    def _check_agreed(self):
        """:raises UserError: see ``action_agree``"""
        self.ensure_one()
        names = {"slip": self.name}
        unknown = self.line_ids.filtered(lambda line: not line.picking_id)
        if unknown:
            raise UserError(
                self.env._(
                    "%(slip)s: nobody knows the parcels %(parcels)s. Choose the "
                    "transfer of each, or take the line out.",
                    parcels=", ".join(filter(None, unknown.mapped("tracking_ref"))),
                    **names,
                )
            )
        if self.dispute_count:
            raise UserError(
                self.env._(
                    "%(slip)s: %(count)s parcels are disputed. Settle them, or take "
                    "them out and put them on the next slip.",
                    count=self.dispute_count,
                    **names,
                )
            )
        wrong = self.line_ids.filtered(
            lambda line: (
                line.dispute_state != "settled"
                and not self.currency_id.is_zero(line.difference)
            )
        )
        if wrong:
            raise UserError(
                self.env._(
                    "%(slip)s: another amount was collected than asked for, %(parcels)s"
                    ". Correct it, or dispute and settle it.",
                    parcels=", ".join(
                        line.tracking_ref or line.picking_id.name for line in wrong
                    ),
                    **names,
                )
            )
        if not self.currency_id.is_zero(self.difference):
            raise UserError(
                self.env._(
                    "%(slip)s: the carrier states %(stated)s, due is %(due)s. Find the "
                    "parcel or fee that makes the difference.",
                    stated=self.currency_id.format(self.stated_amount),
                    due=self.currency_id.format(self.due_amount),
                    **names,
                )
            )
        if not (self.journal_id and self.account_id and self.fee_account_id):
            raise UserError(
                self.env._(
                    "%(slip)s: choose the journal, the account for what carriers owe "
                    "and the one for their fees, here or in the settings.",
                    **names,
                )
            )

    def _post(self):
        """Make the entry, post it and reconcile it with the invoices."""
        self.ensure_one()
        if self.move_id:
            return
        amounts = defaultdict(float)
        for line in self.line_ids:
            if line.cod_amount:
                amounts[line.picking_id.sudo().sale_id] += line.cod_amount
        # sudo: accountants of the hub settle what orders owe, whoever sells them
        move_sudo = self.env["account.move"].sudo().create(self._prepare_move(amounts))
        move_sudo.action_post()
        self.move_id = move_sudo
        self._reconcile_orders(move_sudo, amounts)

    def _prepare_move(self, amounts):
        """:param amounts: ``{order: amount collected for it}``"""
        self.ensure_one()
        rows = [
            self._prepare_move_line(
                order.partner_invoice_id.with_company(
                    self.company_id
                ).property_account_receivable_id,
                -amount,
                order.partner_invoice_id.commercial_partner_id,
                order.name,
            )
            for order, amount in amounts.items()
        ]
        if not self.currency_id.is_zero(self.fee_amount):
            rows.append(
                self._prepare_move_line(
                    self.fee_account_id, self.fee_amount, name=self.env._("Fees")
                )
            )
        due = self._prepare_move_line(
            self.account_id, self.due_amount, name=self.carrier_id.name
        )
        # what converting leaves over is the carrier's
        due["balance"] = -sum(row["balance"] for row in rows)
        rows.append(due)
        return {
            "move_type": "entry",
            "company_id": self.company_id.id,
            "journal_id": self.journal_id.id,
            "date": self.date,
            "ref": " ".join(filter(None, (self.name, self.statement_ref))),
            "line_ids": [Command.create(row) for row in rows],
        }

    def _prepare_move_line(self, account, amount, partner=None, name=None):
        """:param amount: in the slip's currency, debit above zero"""
        company = self.company_id
        balance = self.currency_id._convert(
            amount, company.currency_id, company, self.date
        )
        return {
            "account_id": account.id,
            "partner_id": partner.id if partner else False,
            "name": name or self.name,
            "currency_id": self.currency_id.id,
            "amount_currency": amount,
            "balance": balance,
        }

    def _reconcile_orders(self, move_sudo, amounts):
        """Pay the posted invoices of the orders by their lines of the entry."""
        for order in amounts:
            invoices = order.sudo().invoice_ids.filtered(
                lambda invoice: invoice.state == "posted"
            )
            own = move_sudo.line_ids.filtered(
                lambda line, order=order: (
                    line.name == order.name
                    and line.account_id.account_type == "asset_receivable"
                )
            )
            open_lines = invoices.line_ids.filtered(
                lambda line, own=own: (
                    line.account_id == own.account_id and not line.reconciled
                )
            )
            if own and open_lines:
                (own | open_lines).reconcile()

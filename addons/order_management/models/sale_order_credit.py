# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_compare

from .sale_order_invoice_bulk import InvoiceBulk
from .sale_order_line_credit import GRANTED


class SaleOrder(models.Model):
    """An order; here: what came back is credited against the invoice it was on.

    What is still to be credited is the quantity to invoice below zero: a credit note,
    draft or posted, brings it back to zero, so that nothing is credited twice.
    """

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _credit_returns(self, dates, post=False):
        """Credit what the customers of these orders gave back.

        At the price, taxes and rate of the invoice, newest first; where a return names
        an amount, that amount.

        :param dates: {order id: date of the credit note}
        :param post: also post the credit notes
        :return: the credit notes (``account.move``)
        :raises UserError: the invoice is a draft still
        """
        shares, returns = self._get_credit_shares()
        if not shares:
            return self.env["account.move"]
        vals_list = [
            self._prepare_credit_note(invoice, parts, dates)
            for invoice, parts in shares.items()
        ]
        bulk = InvoiceBulk(self.order_line.product_id, {})
        credits = (
            self.env["account.move"]
            .with_context(order_management_invoice_bulk=bulk, tracking_disable=True)
            .create(vals_list)
        )
        for credit, (invoice, parts) in zip(credits, shares.items(), strict=True):
            lines = self.browse().order_line.concat(*(line for line, *_rest in parts))
            credit.channel_return_ids = (
                lines.channel_return_line_ids.return_id.filtered(
                    lambda record: record in returns
                )
            )
            if all(price is None for *_rest, price in parts):
                self._settle_cents(credit, invoice)
        if post:
            credits.action_post()
        return credits.with_env(self.env)

    def _get_credit_shares(self):
        """How much of which invoice is to be credited.

        :return: ({invoice: [(order line, invoice line, quantity in the invoice line's
            unit, price to credit or None for that of the invoice)]}, returns that are
            credited with it)
        """
        shares, returns = defaultdict(list), self.env["channel.return"]
        for line in self.order_line:
            left = -line.qty_to_invoice
            if line.product_uom_id.compare(left, 0.0) <= 0 or not (
                line._may_be_credited()
            ):
                continue
            granted, price = line._get_granted_price(left)
            returns |= granted
            for entry, open_qty in line._get_creditable_lines():
                unit = entry.product_uom_id
                wanted = line.product_uom_id._compute_quantity(left, unit)
                quantity = min(wanted, open_qty)
                shares[entry.move_id].append((line, entry, quantity, price))
                left -= unit._compute_quantity(quantity, line.product_uom_id)
                if line.product_uom_id.compare(left, 0.0) <= 0:
                    break
            else:
                line._refuse_credit()
        return shares, returns

    def _prepare_credit_note(self, invoice, parts, dates):
        orders = self.browse().concat(*(line.order_id for line, *_rest in parts))
        return {
            "move_type": "out_refund",
            "reversed_entry_id": invoice.id,
            "ref": self.env._("Credit of %(invoice)s", invoice=invoice.name),
            "invoice_origin": ", ".join(sorted(set(orders.mapped("name")))),
            "invoice_date": max(
                filter(None, (dates.get(order.id) for order in orders)),
                default=fields.Date.context_today(self),
            ),
            "invoice_currency_rate": invoice.invoice_currency_rate,
            "partner_id": invoice.partner_id.id,
            "partner_shipping_id": invoice.partner_shipping_id.id,
            "fiscal_position_id": invoice.fiscal_position_id.id,
            "currency_id": invoice.currency_id.id,
            "company_id": invoice.company_id.id,
            "journal_id": invoice.journal_id.id,
            "team_id": invoice.team_id.id,
            "invoice_user_id": invoice.invoice_user_id.id,
            "sale_channel_id": invoice.sale_channel_id.id,
            "invoice_line_ids": [
                Command.create(self._prepare_credit_line(*part)) for part in parts
            ],
        }

    def _prepare_credit_line(self, line, entry, quantity, price):
        return {
            "product_id": entry.product_id.id,
            "name": entry.name,
            "quantity": quantity,
            "product_uom_id": entry.product_uom_id.id,
            "price_unit": entry.price_unit if price is None else price,
            "discount": entry.discount if price is None else 0.0,
            "tax_ids": [Command.set(entry.tax_ids.ids)],
            "account_id": entry.account_id.id,
            "analytic_distribution": entry.analytic_distribution,
            "sale_line_ids": [Command.link(line.id)],
        }

    def _settle_cents(self, credit, invoice):
        """Let the credit notes that give all of an invoice back sum up to it.

        Each is rounded for itself, so that three thirds may be a cent off the whole.
        """
        documents = invoice.reversal_move_ids.filtered(
            lambda move: move.state != "cancel"
        )
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        given = sum(documents._get_goods_lines().mapped("quantity"))
        sold = sum(invoice._get_goods_lines().mapped("quantity"))
        if float_compare(given, sold, precision_digits=digits):
            return
        cents = invoice.amount_total - sum(documents.mapped("amount_total"))
        limit = 0.01 * len((documents | invoice).invoice_line_ids)
        if invoice.currency_id.is_zero(cents) or abs(cents) > limit:
            return
        product = self.sale_channel_id[:1]._get_charge_product("rounding")
        credit.write(
            {
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "quantity": 1.0,
                            "price_unit": cents,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ]
            }
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _get_creditable_lines(self):
        """[(line of a posted invoice, quantity not credited yet)], newest first."""
        self.ensure_one()
        entries = self.invoice_lines.filtered(
            lambda entry: entry.move_id.state == "posted"
        )
        credited = defaultdict(float)
        for entry in self.invoice_lines:
            if entry.move_id.move_type == "out_refund" and (
                entry.move_id.state != "cancel"
            ):
                quantity = entry.product_uom_id._compute_quantity(
                    entry.quantity, self.product_uom_id
                )
                credited[entry.move_id.reversed_entry_id] += quantity
        result = []
        # those that name no invoice belong to the newest
        loose = credited.pop(self.env["account.move"], 0.0)
        for entry in entries.sorted("id", reverse=True):
            invoice = entry.move_id
            if invoice.move_type != "out_invoice":
                continue
            quantity = entry.product_uom_id._compute_quantity(
                entry.quantity, self.product_uom_id
            )
            taken = min(credited[invoice] + loose, quantity)
            loose -= min(max(taken - credited[invoice], 0.0), loose)
            credited[invoice] -= min(credited[invoice], taken)
            left = self.product_uom_id._compute_quantity(
                quantity - taken, entry.product_uom_id
            )
            if entry.product_uom_id.compare(left, 0.0) > 0:
                result.append((entry, left))
        return result

    def _get_granted_price(self, quantity):
        """What returns promise for the units that are to be credited.

        :param quantity: in the line's unit
        :return: (returns that are credited with it, price of a unit before taxes that
            are added, or None where they name no amount for exactly this quantity)
        """
        self.ensure_one()
        entries = self.channel_return_line_ids.filtered(
            lambda entry: (
                entry.state in GRANTED
                and entry._is_to_credit()
                and not entry.return_id.credit_note_ids & self.invoice_lines.move_id
            )
        )
        amount = sum(entries.mapped("refund_amount"))
        units = sum(
            entry.uom_id._compute_quantity(
                entry.credit_qty if entry.return_id.settled_at else entry.approved_qty,
                self.product_uom_id,
            )
            for entry in entries
        )
        if not amount or self.product_uom_id.compare(units, quantity):
            return entries.return_id, None
        unit_total = (
            self.price_total / self.product_uom_qty if self.product_uom_qty else 0
        )
        whole = unit_total * quantity
        if not whole or self.currency_id.is_zero(whole - amount):
            return entries.return_id, None
        net = self.price_unit * (1 - (self.discount or 0.0) / 100)
        return entries.return_id, net * amount / whole

    def _refuse_credit(self):
        """:raises UserError: what is to be credited is on no posted invoice"""
        drafts = self.invoice_lines.move_id.filtered(lambda move: move.state == "draft")
        raise UserError(
            self.env._(
                "%(product)s of order %(order)s came back, and its invoice "
                "%(invoice)s is not posted yet. Lower its quantity there, or post it "
                "and try again.",
                product=self.product_id.display_name,
                order=self.order_id.name,
                invoice=", ".join(move.name or self.env._("(draft)") for move in drafts)
                or self.env._("(none)"),
            )
        )


class AccountMove(models.Model):
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def _get_goods_lines(self):
        """The lines that sell something of an order."""
        return self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and line.sale_line_ids
        )

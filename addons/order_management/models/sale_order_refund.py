# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from markupsafe import Markup

from odoo import models
from odoo.tools.misc import formatLang

_ACTIVITY_TYPE = "order_management.mail_activity_type_refund"


class SaleOrder(models.Model):
    """An order; here: a cut after the money came in proposes what to give back."""

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _force_lines_to_invoice_policy_order(self):
        """Override of `sale`: also the invoice of a paid order ends at what was
        approved."""
        result = super()._force_lines_to_invoice_policy_order()
        for line in self.order_line:
            if line._is_invoicing_capped():
                excess = line.product_uom_qty - line.approved_qty
                line.qty_to_invoice -= max(excess, 0.0)
        return result

    def _get_amount_due(self):
        """What the customer has to pay for what is approved, order's currency."""
        self.ensure_one()
        lines = self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )
        due = 0.0
        for line in lines:
            part = 1.0
            if line._is_invoicing_capped() and line.product_uom_qty > 0:
                part = min(line.approved_qty / line.product_uom_qty, 1.0)
            due += line.price_total * part
        return self.currency_id.round(due)

    def _get_amount_received(self):
        """What the customer was invoiced or has paid online, whichever is more."""
        self.ensure_one()
        paid = sum(
            transaction.amount
            for transaction in self.sudo().transaction_ids
            if transaction.state == "done"
        )
        return max(self.sudo().amount_invoiced, paid)

    def _propose_refund(self, reason):
        """Propose to give back what customers paid for and will not get.

        Where all that is left to settle is the credit, a draft credit note is made; in
        any case somebody is told the amount. Nothing is posted or paid.

        :param reason: why the quantity was cut
        """
        for order in self.filtered(lambda order: order.state == "sale"):
            order = order.with_company(order.company_id)
            excess = order._get_amount_received() - order._get_amount_due()
            if order.currency_id.compare_amounts(excess, 0) > 0:
                credit = order._draft_credit_note()
                order._tell_refund(excess, credit, reason)

    def _draft_credit_note(self):
        """A draft credit note over what was invoiced too much, or none yet."""
        # making the draft is the system's; posting it is an accountant's
        order_sudo = self.sudo()
        lines = order_sudo.order_line.filtered(lambda line: not line.display_type)
        open_drafts = order_sudo.invoice_ids.filtered(
            lambda move: move.state == "draft"
        )
        pending = lines.filtered(
            lambda line: (
                line.product_id.invoice_policy == "delivery"
                and not line.is_downpayment
                and line.product_uom_id.compare(
                    min(line.approved_qty, line.product_uom_qty), line.qty_delivered
                )
                > 0
            )
        )
        no_credit = not any(line.qty_to_invoice < 0 for line in lines)
        if open_drafts or pending or no_credit:
            return order_sudo.invoice_ids.browse()
        return order_sudo._create_invoices(final=True)

    def _tell_refund(self, amount, credit, reason):
        """Tell who settles it, once an order; a second cut brings the text up to date.

        :param amount: what the customer has to get back, order's currency
        :param credit: the draft credit note, or an empty recordset
        """
        self.ensure_one()
        text = formatLang(self.env, amount, currency_obj=self.currency_id)
        parts = [
            self.env._("The customer has to get back %(amount)s.", amount=text),
            reason,
        ]
        if credit:
            parts.append(self.env._("A draft credit note is ready: check and post it."))
        else:
            parts.append(
                self.env._(
                    "Credit the invoice or down payment, or refund the online payment."
                )
            )
        summary = self.env._("Give back %(amount)s", amount=text)
        note = Markup("<br/>").join(parts)
        self_sudo = self.sudo()
        known = self_sudo.activity_search([_ACTIVITY_TYPE])
        if known:
            known.write({"summary": summary, "note": note})
        else:
            invoices = self_sudo.invoice_ids - credit
            user = invoices.invoice_user_id[:1] or self_sudo.user_id or self.env.user
            if user.share:
                # by the customer's own hand: a visitor settles nothing
                user = self_sudo._get_request_user()
            self_sudo.activity_schedule(
                _ACTIVITY_TYPE, summary=summary, note=note, user_id=user.id
            )
        self._log_event("refund", None, text, reason)

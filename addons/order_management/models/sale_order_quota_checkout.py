# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import plaintext2html


class SaleOrder(models.Model):
    """An order; here: a customer who signs or pays never meets a quota."""

    _inherit = "sale.order"

    def _validate_order(self):
        """Override: what a quota has no room for waits, and somebody is told."""
        held = self._filter_over_quota()
        held._hold_for_quota()
        if self - held:
            return super(SaleOrder, self - held)._validate_order()
        return None

    def _hold_for_approval(self):
        """Override: submitted even where a quota has no room; the reviewer decides."""
        lenient = self.with_context(order_management_quota_lenient=True)
        return super(SaleOrder, lenient)._hold_for_approval()

    def _filter_over_quota(self):
        """Quotations that a quota would not let be confirmed, of this batch."""
        waiting = self.filtered(
            lambda order: (
                order.state in ("draft", "sent") and not order._is_awaiting_approval()
            )
        )
        plan = waiting._plan_quotas(stage="consume")
        return self.browse(plan.refused)

    def _hold_for_quota(self):
        """Keep the order a quotation and tell the salesperson, once."""
        summary = self.env._("Accepted by the customer, but over quota")
        for order in self.sudo():
            if any(a.summary == summary for a in order.activity_ids):
                continue
            order.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=summary,
                note=plaintext2html(order.quota_warning or ""),
                user_id=order.user_id.id or order.create_uid.id,
            )

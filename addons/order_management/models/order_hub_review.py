# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class OrderHub(models.Model):
    """The hub's list; here: what the review holds says so, and every row tells why."""

    _inherit = "order.hub"

    def _compute_todo(self):
        """Override: of held orders the next step is to decide about their holds."""
        super()._compute_todo()
        if not any(company._get_reviewing() for company in self.company_id.sudo()):
            return
        for row in self:
            # sudo: who sees the row of an order may read what it waits for
            order = row.sale_order_id.sudo()
            if order.review_state == "held" and order.state in ("draft", "sent"):
                row.todo = self.env._(
                    "Held: %(reasons)s", reasons=order.review_text or ""
                )

    def action_why(self):
        """Open what was decided about this order; of a message, the message.

        :raises AccessError: an order the user does not see
        """
        self.ensure_one()
        if self.sale_order_id:
            return self.sale_order_id.action_why()
        return self.action_open()

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """An order; here: what has not left will not leave any more."""

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def action_short_close(self, reason=None):
        """Close confirmed orders at what has left; without a reason, ask for one.

        Open moves to the customer are cancelled, the approved quantity becomes what
        left, quota is given back. Raising the quantity opens a line again.

        :return: True, or the action that opens the question
        :raises AccessError: not a reviewer
        :raises UserError: not confirmed, not under control, or nothing left to close
        """
        lines = self.order_line.filtered(lambda line: line._is_goods())
        return lines._request_short_close(reason, self)

    def _on_short_closed(self):
        """Hook: lines of these orders were closed at what had left."""

    def _check_short_close_allowed(self):
        for order in self:
            names = {"order": order.display_name}
            if order.state != "sale" or order.locked:
                raise UserError(
                    self.env._(
                        "%(order)s is not an open confirmed order: only those are "
                        "closed short. Unlock it, or cancel the quotation.",
                        **names,
                    )
                )
            if not order._is_under_approval_control():
                raise UserError(
                    self.env._(
                        "Quantities of %(order)s are not under control: cancel its "
                        "open transfers instead.",
                        **names,
                    )
                )

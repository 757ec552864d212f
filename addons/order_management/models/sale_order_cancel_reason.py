# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrder(models.Model):
    """An order; here: why it was cancelled."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    cancel_reason = fields.Char("Cancelled Because", copy=False, tracking=True)

    def _action_cancel(self):
        result = super()._action_cancel()
        if self.env["order.event"]._get_source() == "channel":
            silent = self.filtered(
                lambda order: order.state == "cancel" and not order.cancel_reason
            )
            silent.cancel_reason = self.env._("Cancelled on the channel")
        return result

    def action_draft(self):
        """Override of ``sale``: an order that is taken up again needs no reason."""
        result = super().action_draft()
        self.filtered("cancel_reason").cancel_reason = False
        return result

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrder(models.Model):
    """An order; here: its promises, from the confirmation on."""

    _inherit = "sale.order"

    def _action_confirm(self):
        """Override of ``sale``: the goods are promised, or missed, at once."""
        result = super()._action_confirm()
        promising = self.filtered(
            lambda order: order.company_id.has_shortages and order.state == "sale"
        )
        promising.order_line._refresh_promises()
        return result

    def _action_cancel(self):
        """Override of ``sale``: what was cancelled is missed no more."""
        result = super()._action_cancel()
        if any(order.company_id.has_shortages for order in self):
            self.sudo().shortage_ids._solve(self.env._("Order cancelled"))
        return result

    def _get_promises(self):
        """``{order: (last promised moment or False, whether a line has none)}``."""
        promises = {}
        for order in self:
            lines = order.order_line.filtered(
                lambda line: line._is_goods() and line.promised_at
            )
            promises[order] = max(lines.mapped("promised_at"), default=False)
        return promises

    def _tell_promises(self, before):
        """Tell customers whose order is promised for a later day than before.

        :param before: as of ``_get_promises``
        """
        entries = []
        now = fields.Datetime.now()
        for order, moment in self._get_promises().items():
            known = before.get(order)
            is_later = known and moment and moment.date() > known.date()
            if is_later and moment > now:
                entries.append((order, "delayed", f"{moment:%Y-%m-%d}"))
        self.env["order.message"]._queue(entries)

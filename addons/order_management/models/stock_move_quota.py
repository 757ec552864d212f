# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    """A move of goods; returned ones may make room in quotas again."""

    _inherit = "stock.move"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "done":
            self._give_quota_back()
        return result

    def _give_quota_back(self):
        """Settle the orders of done moves between us and the customer."""
        quotas = self.env["order.quota"].sudo()
        moves_sudo = self.sudo().filtered(
            lambda move: (
                move.sale_line_id
                and "return" in quotas._get_counting(move.company_id.id)
                and move._crosses_customer_side()
            )
        )
        orders = moves_sudo.sale_line_id.order_id
        if orders:
            orders._settle_returned()

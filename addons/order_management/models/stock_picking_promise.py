# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockPicking(models.Model):
    """A transfer; here: goods that came in change what can be promised."""

    _inherit = "stock.picking"

    def _action_done(self):
        """Override of ``stock``: look at promises soon, not here and now."""
        result = super()._action_done()
        if any(
            picking.company_id.has_shortages
            and picking.picking_type_id.code != "outgoing"
            for picking in self
        ):
            cron = self.env.ref(
                "order_management.ir_cron_refresh_promises", raise_if_not_found=False
            )
            if cron:
                # sudo: whoever receives goods runs no jobs
                cron.sudo()._trigger()
        return result

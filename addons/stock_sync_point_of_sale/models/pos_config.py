# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class PosConfig(models.Model):
    """A till; here: whether its open orders take stock."""

    _inherit = "pos.config"

    counts_open_orders = fields.Boolean(
        "Open Orders Take Stock",
        help="What is in open orders of this till cannot be promised to anybody else, "
        "and shops show that much less, from the moment they reach the server.",
    )

    def write(self, vals):
        """Override: shops hear of it."""
        result = super().write(vals)
        if "counts_open_orders" in vals:
            # who sets up a till need not have rights on its orders
            self.sudo().current_session_id.order_ids._note_for_shops()
        return result

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class StockLocation(models.Model):
    """A place; here: on which side of the company's door it lies."""

    _inherit = "stock.location"

    def _is_customer_side(self):
        """Whether goods that arrive here have left for the customer.

        Customer locations, and transit that belongs to no company (between companies).
        The SQL of `sale.order.line._get_net_shipped` says the same.
        """
        self.ensure_one()
        return self.usage == "customer" or (
            self.usage == "transit" and not self.company_id
        )

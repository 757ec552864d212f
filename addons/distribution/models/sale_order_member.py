# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """An order; here: the member who orders."""

    _name = "sale.order"
    _inherit = ["sale.order", "distribution.document.mixin"]

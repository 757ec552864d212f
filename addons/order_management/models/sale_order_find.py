# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """An order, found by anything it can be asked for by."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    # Odoo searches it like a number and has no index for that
    client_order_ref = fields.Char(index="trigram")
    find = fields.Char("Anything", compute="_compute_find", search="_search_find")

    def _compute_find(self):
        self.find = False

    @api.model
    def _search_find(self, operator, value):
        """By `order.finder`."""
        if operator not in ("ilike", "="):
            return NotImplemented
        return Domain("id", "in", self.env["order.finder"]._find_order_ids(value))

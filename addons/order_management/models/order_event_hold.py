# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderEvent(models.Model):
    """The log; here: what became of stock that was held."""

    _inherit = "order.event"

    kind = fields.Selection(
        selection_add=[("stock", "Stock no longer held")],
        ondelete={"stock": "cascade"},
    )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderEvent(models.Model):
    """The log; here: what rules set on an order, and when it was late."""

    _inherit = "order.event"

    kind = fields.Selection(
        selection_add=[("classify", "Order rules"), ("late", "Late")],
        ondelete={"classify": "cascade", "late": "cascade"},
    )

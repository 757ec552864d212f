# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class OrderEvent(models.Model):
    """The log; here: what happens on the way to an approval, and after it."""

    _inherit = "order.event"

    kind = fields.Selection(
        selection_add=[
            ("sign", "Approval step"),
            ("short_close", "Short close"),
            ("refund", "Refund proposed"),
        ],
        ondelete={"sign": "cascade", "short_close": "cascade", "refund": "cascade"},
    )

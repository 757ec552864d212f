# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderEvent(models.Model):
    """The log; here: what happens while orders are imported."""

    _inherit = "order.event"

    kind = fields.Selection(
        selection_add=[
            ("accept", "Accepted in spite of a problem"),
            ("update", "Change from channel"),
        ],
        ondelete={"accept": "cascade", "update": "cascade"},
    )

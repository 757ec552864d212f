# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderEvent(models.Model):
    """The log; here: where orders were sent from, when somebody had to decide."""

    _inherit = "order.event"

    kind = fields.Selection(
        selection_add=[("sourcing", "Warehouses")], ondelete={"sourcing": "cascade"}
    )

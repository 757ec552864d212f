# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderEvent(models.Model):
    """The log; here: what was promised when."""

    _inherit = "order.event"

    kind = fields.Selection(
        selection_add=[("promise", "Promise")], ondelete={"promise": "cascade"}
    )

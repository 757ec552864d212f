# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderEvent(models.Model):
    """The log; here: orders let through in spite of a credit limit."""

    _inherit = "order.event"

    kind = fields.Selection(
        selection_add=[("credit", "Released from credit hold")],
        ondelete={"credit": "cascade"},
    )

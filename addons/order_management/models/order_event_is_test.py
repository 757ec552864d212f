# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderEvent(models.Model):
    """The log; here: what happened to test orders, which no figure counts."""

    _inherit = "order.event"

    is_test = fields.Boolean("Test Order", readonly=True)

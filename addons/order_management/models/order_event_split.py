# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderEvent(models.Model):
    """The log; here: orders that were divided, or ship together."""

    _inherit = "order.event"

    kind = fields.Selection(
        selection_add=[("split", "Split"), ("merge", "Merged for shipping")],
        ondelete={"split": "cascade", "merge": "cascade"},
    )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models

from .res_company import APPROVAL_MODES


class SaleChannel(models.Model):
    """A way of selling; may control quantities differently from its company."""

    _inherit = "sale.channel"

    approval_mode = fields.Selection(
        APPROVAL_MODES,
        string="Approval of Quantities",
        help="Empty: as the company. A change touches quotations that were not "
        "submitted yet, never orders.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "approval_mode" in vals:
            self.env["sale.order"]._refresh_draft_approval_mode(
                [("sale_channel_id", "in", self.ids)]
            )
        return result

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class CustomerPrivacyErase(models.TransientModel):
    """Ask once more before a person is erased for good."""

    _name = "customer.privacy.erase"
    _description = "Erase Personal Data"

    partner_id = fields.Many2one(
        "res.partner",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
    )

    def action_erase(self):
        """See ``res.partner.action_erase_personal_data``."""
        self.ensure_one()
        return self.partner_id.action_erase_personal_data()

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class CustomerOverview(models.AbstractModel):
    """A call is noted where one has the customer before one's eyes."""

    _inherit = "customer.overview"

    @api.model
    def _get_quick_actions(self, customer):
        actions = super()._get_quick_actions(customer)
        if not self.env["crm.phonecall"].has_access("create"):
            return actions
        values = {
            "partner_id": customer.id,
            "partner_phone": customer.phone,
            "name": self.env._("Call"),
        }
        call = self._prepare_form_action(
            "crm.phonecall", self.env._("Call"), values, target="new"
        )
        return [
            *actions,
            {
                "key": "call",
                "label": self.env._("Call"),
                "icon": "fa-phone",
                "action": call,
            },
        ]

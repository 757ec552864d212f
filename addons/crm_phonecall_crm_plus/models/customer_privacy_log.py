# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class CustomerPrivacyLog(models.Model):
    """Erasure reaches the calls: what was said goes, that somebody called stays."""

    _inherit = "customer.privacy.log"

    @api.model
    def _find_calls(self, partner_sudo, leads):
        calls = self.env["crm.phonecall"].with_context(active_test=False)
        domain = Domain("partner_id", "=", partner_sudo.id)
        domain |= Domain("opportunity_id", "in", leads.ids)
        return calls.search(domain)

    @api.model
    def _get_erased_values(self, partner_sudo, leads):
        blank = {"email_from": False, "partner_phone": False, "description": False}
        blank["name"] = self.env._("Erased")
        calls = self._find_calls(partner_sudo, leads)
        return [*super()._get_erased_values(partner_sudo, leads), (calls, blank)]

    @api.model
    def _get_erased_documents(self, partner_sudo, leads):
        return [
            *super()._get_erased_documents(partner_sudo, leads),
            self._find_calls(partner_sudo, leads),
        ]

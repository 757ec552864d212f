# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """The two rights of a person, from the contact's menu."""

    _inherit = "res.partner"

    def _check_privacy_officer(self):
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(
                self.env._("Only sales administrators answer privacy requests.")
            )

    def action_export_personal_data(self):
        """Download everything held of this person (a zip of JSON and a page)."""
        self.ensure_one()
        self._check_privacy_officer()
        attachment = self.env["customer.privacy.log"]._attach_export(self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    def action_erase_personal_data(self):
        """Blank who this is; figures stay. See ``customer.privacy.log._erase``."""
        self.ensure_one()
        self._check_privacy_officer()
        self.env["customer.privacy.log"]._erase(self)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_plus.customer_privacy_log_action"
        )

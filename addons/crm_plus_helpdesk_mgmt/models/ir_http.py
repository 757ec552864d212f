# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Override of `http_routing`: i18n_extra has texts of the portal's scripts."""
        modules = super()._get_translation_frontend_modules_name()
        return [*modules, "crm_plus_helpdesk_mgmt"]

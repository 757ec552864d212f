# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ResPartner(models.Model):
    """Who serves customers sees who they are and what happened."""

    _inherit = "res.partner"

    def _is_customer_visible(self):
        """Override of `crm_plus`: for the service desk, too.

        Figures, orders and invoices stay with those who may read them.
        """
        return super()._is_customer_visible() or self.env.user.has_group(
            "helpdesk_mgmt.group_helpdesk_user_own"
        )

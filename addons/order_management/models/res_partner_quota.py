# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ResPartner(models.Model):
    """A customer; here: the quotas of the customer."""

    _name = "res.partner"
    _inherit = ["res.partner", "order.quota.owner.mixin"]

    def _get_quota_domain(self):
        """The quotas that are about this customer."""
        partners = self | self.commercial_partner_id
        return [("partner_id", "in", partners.ids)]

    def _get_quota_context(self):
        """What a new quota from here begins with."""
        return {
            "default_scope_type": "customer",
            "default_partner_id": self[:1].commercial_partner_id.id,
        }

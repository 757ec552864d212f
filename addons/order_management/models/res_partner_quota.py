# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResPartner(models.Model):
    """A customer; here: the quotas of the customer."""

    _inherit = "res.partner"

    quota_count = fields.Integer("Quotas", compute="_compute_quota_count")

    def _compute_quota_count(self):
        quotas = self.env["order.quota"]
        if not quotas.has_access("read"):
            self.quota_count = 0
            return
        for record in self:
            record.quota_count = quotas.search_count(record._get_quota_domain())

    def action_view_quotas(self):
        """Open the quotas of this customer."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_quota_action"
        )
        return {
            **action,
            "domain": self._get_quota_domain(),
            "context": {"search_default_current": 1, **self._get_quota_context()},
        }

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

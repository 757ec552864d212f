# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderQuotaOwnerMixin(models.AbstractModel):
    """What quotas are made for or of: a button that opens them.

    A model says by `_get_quota_domain` which quotas are about its records, and by
    `_get_quota_context` what a new one begins with.
    """

    _name = "order.quota.owner.mixin"
    _description = "Owner of Quotas"

    quota_count = fields.Integer("Quotas", compute="_compute_quota_count")

    def _compute_quota_count(self):
        """For forms: a count for each record."""
        quotas = self.env["order.quota"]
        if not quotas.has_access("read"):
            self.quota_count = 0
            return
        for record in self:
            record.quota_count = quotas.search_count(record._get_quota_domain())

    def action_view_quotas(self):
        """Open the quotas of these records."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_quota_action"
        )
        return {
            **action,
            "domain": self._get_quota_domain(),
            "context": {"search_default_current": 1, **self._get_quota_context()},
        }

    def _get_quota_domain(self):
        """Hook: the quotas that are about these records; without it, none."""
        return [("id", "in", [])]

    def _get_quota_context(self):
        """Hook: what a new quota from here begins with."""
        return {}

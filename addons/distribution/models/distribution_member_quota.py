# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class DistributionMember(models.Model):
    """A member; here: what it, and who is below it, may order."""

    _name = "distribution.member"
    _inherit = ["distribution.member", "order.quota.owner.mixin"]

    def _get_quota_domain(self):
        """Quotas of these members, of their customers' records, and of their trees."""
        return [
            "|",
            "|",
            ("member_id", "in", self.ids),
            ("tree_member_id", "in", self.ids),
            "&",
            ("partner_id", "in", self.partner_id.ids),
            ("company_id", "in", self.company_id.ids),
        ]

    def _get_quota_context(self):
        return {
            "default_scope_type": "member_tree",
            "default_tree_member_id": self[:1].id,
        }

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ResPartner(models.Model):
    """A partner and its place in the network."""

    _inherit = "res.partner"

    distribution_member_ids = fields.One2many(
        "distribution.member",
        "partner_id",
        "Network Memberships",
        groups="distribution.group_rep",
    )

    @api.model
    def _get_distribution_members(self, partners, company):
        """``{commercial partner: member}`` of these partners in one company."""
        members = self.env["distribution.member"].search(
            [
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("company_id", "=", company.id),
            ]
        )
        return {member.partner_id: member for member in members}

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ResPartner(models.Model):
    """A partner and its place in the network."""

    _inherit = "res.partner"

    distribution_member_ids = fields.One2many(
        "distribution.member",
        "partner_id",
        "Network Memberships",
        groups="distribution.group_rep,distribution.group_accountant",
    )
    distribution_member_count = fields.Integer(
        "Network Members",
        compute="_compute_distribution_member_count",
        groups="distribution.group_rep,distribution.group_accountant",
    )

    @api.depends("distribution_member_ids")
    def _compute_distribution_member_count(self):
        counts = dict(
            self.env["distribution.member"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.distribution_member_count = counts.get(partner._origin, 0)

    def write(self, vals):
        """Members' partners are not archived in mid-order; their members go with them.

        :raises UserError: while a member has open orders or supplies others
        """
        if vals.get("active") is False:
            # whoever archives a partner may not see its membership
            members = (
                self.env["distribution.member"]
                .sudo()
                .search([("partner_id", "in", self.ids)])
            )
            members.active = False
        return super().write(vals)

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

    def action_view_distribution_members(self):
        """Open the place of this partner in the network, or make one."""
        self.ensure_one()
        members = self.distribution_member_ids
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_member_action"
        )
        action = {
            **action,
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }
        if len(members) <= 1:
            action.update(views=[(False, "form")], res_id=members.id)
        return action

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

_GROUPS = "distribution.group_rep,distribution.group_accountant"


class DistributionDocumentMixin(models.AbstractModel):
    """A document of a partner and a company; here: whose in the network it is."""

    _name = "distribution.document.mixin"
    _description = "Document of a Member"

    distribution_member_id = fields.Many2one(
        "distribution.member",
        "Network Member",
        compute="_compute_distribution_member_id",
        search="_search_distribution_member_id",
        groups=_GROUPS,
    )

    def _compute_distribution_member_id(self):
        """One query a company."""
        self.distribution_member_id = False
        members = self.env["distribution.member"]
        if not members.has_access("read"):
            return
        for company, documents in self.grouped("company_id").items():
            # a document may be of a contact that its reader may not open
            partners = documents.partner_id.sudo()
            known = members.search(
                [
                    ("partner_id", "in", partners.commercial_partner_id.ids),
                    ("company_id", "=", company.id),
                ]
            )
            by_partner = {member.partner_id.id: member for member in known.sudo()}
            for document in documents:
                partner = document.partner_id.sudo().commercial_partner_id
                if member := by_partner.get(partner.id):
                    document.distribution_member_id = member.id

    @api.model
    def _search_distribution_member_id(self, operator, value):
        """By ids or by what is typed; documents of the member's company only."""
        members = self.env["distribution.member"]
        if operator == "in" and all(type(found) is int for found in value):
            members = members.browse(value)
        elif operator == "any":  # what is typed becomes this
            members = members.search(Domain(value))
        elif operator in ("ilike", "like", "=ilike"):
            members = members.search([("display_name", operator, value)])
        else:
            return NotImplemented
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("partner_id.commercial_partner_id", "in", own.partner_id.ids)
            for company, own in members.grouped("company_id").items()
        )

    def action_view_distribution_member(self):
        """Open the member that this document is of."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "distribution.member",
            "res_id": self.distribution_member_id.id,
            "view_mode": "form",
        }

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    """Figures of merged customers are computed anew."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(partner_ids).exists()
        # a salesperson may merge customers whose figures are not his to see
        snapshots = self.env["customer.snapshot"].sudo().with_context(active_test=False)
        companies = snapshots.search([("partner_id", "in", partners.ids)]).company_id
        if dst_partner:
            self._drop_second_memberships(partners - dst_partner, dst_partner)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        if companies:
            snapshots._mark_dirty(partners.exists(), companies)
        return result

    def _drop_second_memberships(self, partners, destination):
        """One customer is in a segment once: keep one membership of now for each."""
        groups = (
            self.env["customer.segment.member"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", (partners | destination).ids),
                    ("until", "=", False),
                ]
            )
            .grouped(lambda member: (member.segment_id, member.company_id))
        )
        for members in groups.values():
            keep = members.filtered(lambda member: member.partner_id == destination)
            (members - (keep or members[:1])).unlink()

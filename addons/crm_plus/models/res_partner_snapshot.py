# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

#: what decides whose purchases a contact's are
_FAMILY = {"parent_id", "is_company"}
_FIGURES = {"active", "user_id"} | _FAMILY


class ResPartner(models.Model):
    """Customers that change hands, are archived, or come under another company."""

    _inherit = "res.partner"

    def write(self, vals):
        marks = not _FIGURES.isdisjoint(vals)
        moves = not _FAMILY.isdisjoint(vals)
        former = self.commercial_partner_id if moves else self.browse()
        result = super().write(vals)
        if marks:
            (self | former)._mark_snapshots()
        return result

    def _mark_snapshots(self):
        """Only customers who have a row anywhere: new contacts have none."""
        snapshots = self.env["customer.snapshot"].sudo().with_context(active_test=False)
        rows = snapshots.search(
            [("partner_id", "in", (self | self.commercial_partner_id).ids)]
        )
        for company, group in rows.grouped("company_id").items():
            snapshots._mark_dirty(group.partner_id | self, company)

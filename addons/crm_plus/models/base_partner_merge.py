# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    """Figures of merged customers are computed anew."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        companies = self.env["customer.snapshot"].sudo().search(
            [("partner_id.commercial_partner_id", "in", partner_ids)]
        ).company_id
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        left = self.env["res.partner"].browse(partner_ids).exists()
        if left and companies:
            self.env["customer.snapshot"]._mark_dirty(left, companies)
        return result

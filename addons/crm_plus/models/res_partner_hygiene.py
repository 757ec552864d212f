# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """A customer who may be there twice, or who was, and went into another one."""

    _inherit = "res.partner"

    merged_into_id = fields.Many2one(
        "res.partner",
        copy=False,
        index="btree_not_null",
        readonly=True,
        help="This contact was a duplicate: what it had is with that contact now.",
    )
    duplicate_count = fields.Integer("Duplicates", compute="_compute_duplicate_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_duplicate_count(self):
        pairs = self.env["customer.duplicate"]
        self.duplicate_count = 0
        if not pairs.has_access("read"):
            return
        found = pairs.search_fetch(
            self._get_duplicate_domain(), ["partner_id", "other_id"]
        )
        counts = {}
        for pair in found:
            for partner in (pair.partner_id, pair.other_id):
                counts[partner.id] = counts.get(partner.id, 0) + 1
        for partner in self:
            partner.duplicate_count = counts.get(partner.id, 0)

    def _get_duplicate_domain(self):
        return Domain("state", "=", "open") & (
            Domain("partner_id", "in", self.ids) | Domain("other_id", "in", self.ids)
        )

    def action_view_duplicates(self):
        """Open the queue with the pairs these contacts are in."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_plus.customer_duplicate_action"
        )
        return {**action, "domain": list(self._get_duplicate_domain()), "context": {}}

    def unlink(self):
        """Archive what a journalled merge would delete, so that it can come back.

        Only the contacts named by the merge itself are kept; everybody else's
        deletion is Odoo's.
        """
        kept_ids = self.env.context.get("crm_plus_merge_keep")
        if not kept_ids:
            return super().unlink()
        kept = self.filtered(lambda partner: partner.id in kept_ids)
        kept.write(
            {
                "active": False,
                "merged_into_id": self.env.context["crm_plus_merge_into"],
            }
        )
        return super(ResPartner, self - kept).unlink()

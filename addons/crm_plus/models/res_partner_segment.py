# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ResPartner(models.Model):
    """The segments of a customer; contacts are where their company is."""

    _inherit = "res.partner"

    segment_ids = fields.Many2many(
        "customer.segment",
        compute="_compute_segment_ids",
        search="_search_segment_ids",
        groups="sales_team.group_sale_salesman",
    )

    @api.depends_context("allowed_company_ids", "uid")
    @api.depends("commercial_partner_id")
    def _compute_segment_ids(self):
        members = self.env["customer.segment.member"]._read_group(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("until", "=", False),
                ("company_id", "in", self.env.companies.ids),
            ],
            ["partner_id"],
            ["segment_id:recordset"],
        )
        segments = dict(members)
        for partner in self:
            partner.segment_ids = segments.get(partner.commercial_partner_id)

    def _search_segment_ids(self, operator, value):
        """Customers in segments; with False, those in none."""
        segments = self.env["customer.segment"].with_context(active_test=False)
        if operator == "in":
            ids = [item for item in value if item]
            domain = self._get_segment_domain(Domain("id", "in", ids))
            return domain | ~self._get_segment_domain() if False in value else domain
        if operator == "any":
            return self._get_segment_domain(Domain("id", "in", segments._search(value)))
        if operator in ("ilike", "like", "=ilike", "=like"):
            return self._get_segment_domain(Domain("name", operator, value))
        return NotImplemented

    def _get_segment_domain(self, domain=Domain.TRUE):
        """Partners whose customer is in one of these segments now.

        What the user may not read of segments and members is not told by a search.
        """
        segments = self.env["customer.segment"].with_context(active_test=False)
        members = self.env["customer.segment.member"]._search(
            Domain("until", "=", False)
            & Domain("company_id", "in", self.env.companies.ids)
            & Domain("segment_id", "in", segments._search(domain))
        )
        # whose rule joins tables that have such a column, too
        partners = members.subselect(SQL.identifier(members.table, "partner_id"))
        return Domain("commercial_partner_id", "in", partners)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class CustomerSegmentMember(models.Model):
    """A customer in a segment, from when, and until when: rows are never taken back."""

    _name = "customer.segment.member"
    _description = "Segment Member"
    _order = "since DESC, id DESC"
    _rec_name = "partner_id"
    _log_access = False

    segment_id = fields.Many2one("customer.segment", required=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    since = fields.Datetime(required=True)
    until = fields.Datetime(help="Empty: still in.")
    is_mine = fields.Boolean(
        "My Customers", compute="_compute_is_mine", search="_search_is_mine"
    )

    _current_uniq = models.UniqueIndex(
        "(segment_id, company_id, partner_id) WHERE until IS NULL"
    )

    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.search([("id", "in", self.ids), ("is_mine", "=", True)])
        for member in self:
            member.is_mine = member in mine

    def _search_is_mine(self, operator, value):
        """As customers in figures have it; who is chosen by hand may have none."""
        if operator != "in":
            return NotImplemented
        domain = self.env["customer.snapshot"]._get_own_domain(
            "partner_id.user_id", "partner_id.user_id.sale_team_id"
        )
        return domain if True in value else ~domain

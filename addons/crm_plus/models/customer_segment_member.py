# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


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

    _current_uniq = models.UniqueIndex(
        "(segment_id, company_id, partner_id) WHERE until IS NULL"
    )

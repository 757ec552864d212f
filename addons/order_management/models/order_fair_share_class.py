# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderFairShareClass(models.Model):
    """A class of customers in a sharing: the first is served first."""

    _name = "order.fair.share.class"
    _description = "Class in a Fair Share"
    _order = "sequence, id"

    share_id = fields.Many2one(
        "order.fair.share", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    partner_category_id = fields.Many2one(
        "res.partner.category", "Customer Tag", required=True, ondelete="cascade"
    )

    _share_tag_uniq = models.Constraint(
        "UNIQUE (share_id, partner_category_id)", "Each tag is one class."
    )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderSourcingCriterion(models.Model):
    """One of the figures that a rule sorts warehouses by, in their order."""

    _name = "order.sourcing.criterion"
    _description = "Sort Criterion of a Sourcing Rule"
    _order = "sequence, id"

    rule_id = fields.Many2one(
        "order.sourcing.rule", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="rule_id.company_id")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("parcels", "Fewest parcels"),
            ("distance", "Shortest distance"),
            ("cost", "Lowest cost"),
            ("balance", "Most stock left"),
            ("sequence", "Order of the warehouses"),
            ("date", "Leaves first"),
            ("promise", "Keeps the promised date"),
        ],
        "Sort By",
        required=True,
    )

    _rule_kind_uniq = models.UniqueIndex(
        "(rule_id, kind)", "A rule sorts by each figure once."
    )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

MONTHS = range(1, 13)


class ExpenseBudgetProfile(models.Model):
    """How a year's expenses fall on its months: high before Tết, low in summer."""

    _name = "expense.budget.profile"
    _description = "Seasonal Profile"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null")
    weight_1 = fields.Float("January", default=1)
    weight_2 = fields.Float("February", default=1)
    weight_3 = fields.Float("March", default=1)
    weight_4 = fields.Float("April", default=1)
    weight_5 = fields.Float("May", default=1)
    weight_6 = fields.Float("June", default=1)
    weight_7 = fields.Float("July", default=1)
    weight_8 = fields.Float("August", default=1)
    weight_9 = fields.Float("September", default=1)
    weight_10 = fields.Float("October", default=1)
    weight_11 = fields.Float("November", default=1)
    weight_12 = fields.Float("December", default=1)

    _weights_check = models.Constraint(
        "CHECK (LEAST("
        + ", ".join(f"weight_{month}" for month in MONTHS)
        + ") >= 0 AND GREATEST("
        + ", ".join(f"weight_{month}" for month in MONTHS)
        + ") > 0)",
        "The months of a profile weigh zero or more, and one of them more than zero.",
    )

    def _get_weights(self):
        """The twelve months' weights."""
        self.ensure_one()
        return [self[f"weight_{month}"] for month in MONTHS]

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class CompanyRuleMixin(models.AbstractModel):
    """What every rule of a company has, whatever it is about: a name and a turn.

    Rules about orders build on it by `order.rule.mixin`; rules of other addons, which
    know no channels, inherit it as it is.
    """

    _name = "company.rule.mixin"
    _description = "Rule of a Company"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class DistributionTargetLine(models.Model):
    """One month of a target."""

    _name = "distribution.target.line"
    _description = "Month of a Sales Target"
    _order = "target_id, date_from"
    _rec_name = "date_from"

    target_id = fields.Many2one(
        "distribution.target",
        "Target of",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="target_id.company_id", store=True, precompute=True, index=True
    )
    user_id = fields.Many2one(related="target_id.user_id", store=True)
    member_id = fields.Many2one(related="target_id.member_id", store=True)
    territory_id = fields.Many2one(related="target_id.territory_id", store=True)
    product_id = fields.Many2one(related="target_id.product_id", store=True)
    categ_id = fields.Many2one(related="target_id.categ_id", store=True)
    measure = fields.Selection(related="target_id.measure", store=True)
    flow = fields.Selection(related="target_id.flow", store=True)
    state = fields.Selection(related="target_id.state", store=True)
    date_from = fields.Date("Month", required=True)
    date_to = fields.Date("Last Day", required=True)
    amount = fields.Float("Target", digits=(16, 2), required=True)
    actual = fields.Float(digits=(16, 2), readonly=True)

    _amount_check = models.Constraint(
        "CHECK (amount >= 0)", "The target of a month is zero or more."
    )

    def write(self, vals):
        """Months change while their target is a draft.

        :raises UserError: when it is active
        """
        if "amount" in vals and any(line.state != "draft" for line in self):
            raise UserError(
                self.env._(
                    "An active target cannot be changed. Take it back to draft first."
                )
            )
        return super().write(vals)

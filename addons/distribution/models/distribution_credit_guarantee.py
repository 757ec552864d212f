# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class DistributionCreditGuarantee(models.Model):
    """A deposit or a bank's guarantee that lets a customer owe more."""

    _name = "distribution.credit.guarantee"
    _description = "Deposit or Guarantee"
    _order = "date_from desc, id desc"

    credit_id = fields.Many2one(
        "distribution.credit", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="credit_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="credit_id.currency_id")
    kind = fields.Selection(
        [("deposit", "Deposit"), ("bank", "Bank Guarantee"), ("pledge", "Pledge")],
        required=True,
        default="deposit",
    )
    name = fields.Char("Reference")
    amount = fields.Monetary(required=True)
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_to = fields.Date("Valid Until")

    _amount_check = models.Constraint(
        "CHECK (amount > 0)", "A deposit or guarantee is more than zero."
    )
    _dates_check = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A guarantee ends on or after the day it begins.",
    )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """A company; here: how it handles what the network owes."""

    _inherit = "res.company"

    distribution_raise_percent = fields.Float(
        "Raise by Supervisors",
        default=10.0,
        help="How far supervisors may raise a credit limit for a while, in percent of "
        "the limit; trade managers may raise it as they see fit.",
    )
    distribution_cash_hours = fields.Integer(
        "Hours to Hand Over Cash",
        default=24,
        help="So many hours after it was collected, money ought to be handed over.",
    )
    distribution_cash_journal_id = fields.Many2one(
        "account.journal",
        "Cash Desk",
        check_company=True,
        domain="[('type', 'in', ('cash', 'bank'))]",
        help="Where money goes that representatives hand over.",
    )
    distribution_paid_sales = fields.Boolean(
        "Sales Count Once Paid",
        help="Sales count for a representative with the part that is paid; otherwise "
        "as soon as they are delivered.",
    )

    _distribution_debt_check = models.Constraint(
        "CHECK (distribution_raise_percent BETWEEN 0 AND 1000"
        " AND distribution_cash_hours >= 0)",
        "A percentage is 0 to 1000, hours are zero or more.",
    )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """A company; here: what it promises, and what happens when goods are not there."""

    _inherit = "res.company"

    has_shortages = fields.Boolean(
        "Promises and Shortages",
        help="Each confirmed line keeps the day its goods are promised for, by what is "
        "there and on order. What is not there comes into the list “Out of Stock”, and "
        "its product into the replenishment list.",
    )
    has_automatic_answers = fields.Boolean(
        "Apply Customers' Answers",
        help="A customer who cancels what is not there needs nobody: the line is cut "
        "and a refund proposed. Waiting and partial delivery always go by themselves, "
        "a substitute never does.",
    )

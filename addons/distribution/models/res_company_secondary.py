# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """A company; here: how it looks at stock in its channel."""

    _inherit = "res.company"

    channel_stock_policy = fields.Selection(
        [
            ("none", "Do not look at it"),
            ("warn", "Warn"),
            ("block", "Block"),
        ],
        "Secondary Orders Beyond Channel Stock",
        required=True,
        default="warn",
        help="What happens when a supplier confirms more than its channel stock.",
    )
    channel_cover_window = fields.Integer(
        "Days of Sales Looked At",
        required=True,
        default=90,
        help="The average daily sales of a member are those of so many days.",
    )
    channel_cover_target = fields.Integer(
        "Cover Wanted (days)",
        required=True,
        default=30,
        help="Suggested orders fill the stock up for so many days.",
    )

    _channel_cover_check = models.Constraint(
        "CHECK (channel_cover_window BETWEEN 1 AND 730"
        " AND channel_cover_target BETWEEN 1 AND 365)",
        "Look at 1 to 730 days of sales, and want 1 to 365 days of cover.",
    )

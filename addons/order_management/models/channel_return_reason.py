# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ChannelReturnReason(models.Model):
    """Why goods come back, in a word that can be counted."""

    _name = "channel.return.reason"
    _description = "Return Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name for channels and imports.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    responsible_party = fields.Selection(
        [
            ("customer", "Customer"),
            ("warehouse", "Warehouse"),
            ("carrier", "Carrier"),
            ("vendor", "Vendor"),
            ("channel", "Channel"),
        ],
        help="At whose door the cause lies, for the reports.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE (code)", "There is a return reason with this code already."
    )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools


class ChannelReturnReason(models.Model):
    """Why goods come back, in a word that can be counted."""

    _name = "channel.return.reason"
    _inherit = "order.cached.mixin"
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

    @api.model
    @tools.ormcache("self.env.lang")
    def _get_labels(self):
        """((id, name), ...) in the language of the context, for customers to choose."""
        # sudo: customers have no rights on reasons
        return tuple((reason.id, reason.name) for reason in self.sudo().search([]))

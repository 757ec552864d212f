# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderMessageRule(models.Model):
    """What a channel says about an event; here: by text message."""

    _inherit = "order.message.rule"

    by_sms = fields.Boolean(
        "By Text Message", help="Text messages cost money: nobody gets one unasked."
    )
    sms_text = fields.Char(
        "Text",
        translate=True,
        help="The address of the tracking page follows. Empty: the e-mail's subject.",
    )

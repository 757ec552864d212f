# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .order_message import EVENTS


class OrderMessageRule(models.Model):
    """Whether and how the customers of a channel hear of one event."""

    _name = "order.message.rule"
    _description = "Customer Message Setting"
    _order = "channel_id, id"
    _rec_name = "event"

    channel_id = fields.Many2one(
        "sale.channel", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="channel_id.company_id")
    event = fields.Selection(EVENTS, required=True)
    by_email = fields.Boolean("By E-mail", default=True)
    template_id = fields.Many2one(
        "mail.template",
        "E-mail Template",
        domain="[('model', '=', 'order.message')]",
        ondelete="set null",
        help="Empty: the template of the event.",
    )

    _event_uniq = models.Constraint(
        "UNIQUE (channel_id, event)", "There is a line for this event already."
    )

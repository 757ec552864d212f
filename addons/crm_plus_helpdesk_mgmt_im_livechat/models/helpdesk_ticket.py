# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class HelpdeskTicket(models.Model):
    """A ticket; here: the chat it came from."""

    _inherit = "helpdesk.ticket"

    origin_channel_id = fields.Many2one(
        "discuss.channel",
        "Live Chat",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ChannelOrder(models.Model):
    """A row of the inbox; here: the file that brought it."""

    _inherit = "channel.order"

    upload_id = fields.Many2one(
        "channel.order.upload",
        "File",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The first uploaded file that the order came with.",
    )

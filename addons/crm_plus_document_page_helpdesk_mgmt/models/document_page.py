# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class DocumentPage(models.Model):
    _inherit = "document.page"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Written For",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="The ticket that showed that this article was missing.",
    )

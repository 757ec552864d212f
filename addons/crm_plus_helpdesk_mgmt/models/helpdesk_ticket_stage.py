# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    waiting = fields.Boolean(
        help="Tickets here wait for the customer or a supplier: no deadline runs, and "
        "an answer of the customer brings them back to work.",
    )

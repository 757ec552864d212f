# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class HelpdeskTicketLink(models.TransientModel):
    """Documents to choose; here: returns, too."""

    _inherit = "helpdesk.ticket.link"

    @api.model
    def _get_document_date(self, document):
        if document._name != "channel.return":
            return super()._get_document_date(document)
        return fields.Datetime.context_timestamp(self, document.requested_at).date()

    @api.model
    def _get_document_amount(self, document):
        if document._name != "channel.return":
            return super()._get_document_amount(document)
        return document.refund_amount

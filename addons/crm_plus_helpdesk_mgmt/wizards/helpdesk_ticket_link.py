# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, api, fields, models


class HelpdeskTicketLink(models.TransientModel):
    """Documents of the ticket's customer, for people who may not read sales."""

    _name = "helpdesk.ticket.link"
    _description = "Link an Order or Invoice"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade")
    line_ids = fields.One2many("helpdesk.ticket.link.line", "link_id", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        for link in links:
            link.sudo().line_ids = [
                Command.create(link._prepare_line_vals(name, document))
                for name, documents in link.ticket_id._get_customer_documents()
                for document in documents
            ]
        return links

    @api.model
    def _prepare_line_vals(self, field_name, document):
        states = dict(document._fields["state"]._description_selection(self.env))
        return {
            "field_name": field_name,
            "document_id": document.id,
            "kind": self.env["helpdesk.ticket"]._fields[field_name].string,
            "name": document.display_name,
            "date": self._get_document_date(document),
            "amount": self._get_document_amount(document),
            "currency_id": document.currency_id.id,
            "status": states.get(document.state),
        }

    @api.model
    def _get_document_date(self, document):
        """Hook: the day that people know a document by, in the reader's time zone."""
        if document._name == "sale.order":
            return fields.Datetime.context_timestamp(self, document.date_order).date()
        return document.invoice_date

    @api.model
    def _get_document_amount(self, document):
        """Hook: what a document is about, in its own currency."""
        return document.amount_total

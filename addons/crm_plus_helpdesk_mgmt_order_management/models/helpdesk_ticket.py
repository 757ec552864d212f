# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """A ticket; here: the return that it is about."""

    _inherit = "helpdesk.ticket"

    return_id = fields.Many2one("channel.return", index="btree_not_null", tracking=True)

    @api.model
    def _get_document_fields(self):
        return [*super()._get_document_fields(), "return_id"]

    def _get_document_domain(self, field_name, partner):
        if field_name != "return_id":
            return super()._get_document_domain(field_name, partner)
        return [
            ("company_id", "=", self.company_id.id),
            # not "child_of": a subsidiary is a customer of its own
            ("partner_id.commercial_partner_id", "=", partner.id),
        ]

    @api.constrains("return_id", "partner_id")
    def _check_return_of_customer(self):
        """As for orders and invoices: never somebody else's."""
        self._check_documents_of_customer()

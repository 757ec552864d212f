# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: of each kind of document, so many of the latest can be chosen
_SHOWN = 40


class HelpdeskTicket(models.Model):
    """The order or invoice that a ticket is about."""

    _inherit = "helpdesk.ticket"

    sale_order_id = fields.Many2one(
        "sale.order", string="Order", index="btree_not_null", tracking=True
    )
    invoice_id = fields.Many2one(
        "account.move",
        index="btree_not_null",
        tracking=True,
        domain=[("move_type", "in", ("out_invoice", "out_refund"))],
    )

    @api.model
    def _get_document_fields(self):
        """Fields that hold documents of the customer; bridges add theirs."""
        return ["sale_order_id", "invoice_id"]

    def _get_document_domain(self, field_name, partner):
        """What may be chosen in ``field_name`` for the commercial ``partner``."""
        domain = [("commercial_partner_id", "=", partner.id)]
        if field_name == "sale_order_id":
            # not "child_of": a subsidiary is a customer of its own
            domain = [("partner_id.commercial_partner_id", "=", partner.id)]
        if field_name == "invoice_id":
            domain += [
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
            ]
        return [("company_id", "=", self.company_id.id), *domain]

    @api.constrains("sale_order_id", "invoice_id", "partner_id")
    def _check_documents_of_customer(self):
        """The customer reads a ticket, so it cannot be about somebody else's order."""
        for ticket in self.sudo():
            partner = ticket.commercial_partner_id
            for name in ticket._get_document_fields():
                document = ticket[name]
                owner = document.partner_id.commercial_partner_id
                if document and owner != partner:
                    raise ValidationError(
                        self.env._(
                            "%(document)s does not belong to the customer of ticket "
                            "%(ticket)s. Take it off the ticket, or choose the contact "
                            "it belongs to.",
                            document=document.display_name,
                            ticket=ticket.number,
                        )
                    )

    def _get_customer_documents(self):
        """``(field name, documents)`` that this ticket can be about, latest first.

        Service people choose among them without the right to read sales: what they
        see is number, date, state and total, never costs or margins.
        """
        self.ensure_one()
        self.check_access("read")
        partner = self.sudo().commercial_partner_id
        found = []
        for name in self._get_document_fields() if partner else ():
            model = self.env[self._fields[name].comodel_name].sudo()
            domain = self._get_document_domain(name, partner)
            found.append((name, model.search(domain, limit=_SHOWN, order="id desc")))
        return found

    def action_link_document(self):
        """Choose the order or invoice of the customer that this is about."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "Choose the contact first: only its documents can be linked."
                )
            )
        wizard = self.env["helpdesk.ticket.link"].create({"ticket_id": self.id})
        return wizard._get_records_action(
            name=self.env._("Order or Invoice"), target="new"
        )

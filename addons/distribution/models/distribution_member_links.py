# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class DistributionMember(models.Model):
    """A member; here: its orders, invoices and contracts at a click."""

    _inherit = "distribution.member"

    contract_ids = fields.One2many("distribution.contract", "member_id", "Contracts")
    contract_count = fields.Integer(compute="_compute_contract_count")
    sale_order_count = fields.Integer(compute="_compute_document_counts")
    invoice_count = fields.Integer(compute="_compute_document_counts")

    @api.depends("contract_ids")
    def _compute_contract_count(self):
        counts = dict(
            self.env["distribution.contract"]._read_group(
                [("member_id", "in", self.ids)], ["member_id"], ["__count"]
            )
        )
        for member in self:
            member.contract_count = counts.get(member._origin, 0)

    def _compute_document_counts(self):
        """Orders and invoices a member; one query each."""
        counted = (
            ("sale_order_count", "sale.order", []),
            ("invoice_count", "account.move", self._get_invoice_domain()),
        )
        for field, model, domain in counted:
            documents = self.env[model]
            self[field] = 0
            if not documents.has_access("read"):
                continue
            counts = {}
            for partner, company, count in documents._read_group(
                [("partner_id", "child_of", self.partner_id.ids), *domain],
                ["partner_id", "company_id"],
                ["__count"],
            ):
                key = partner.sudo().commercial_partner_id.id, company.id
                counts[key] = counts.get(key, 0) + count
            for member in self:
                key = member.partner_id.id, member.company_id.id
                member[field] = counts.get(key, 0)

    @api.model
    def _get_invoice_domain(self):
        return [("move_type", "in", ("out_invoice", "out_refund"))]

    def _get_document_domain(self):
        return [
            ("partner_id", "child_of", self.partner_id.ids),
            ("company_id", "in", self.company_id.ids),
        ]

    def action_view_sale_orders(self):
        """Open the orders of these members."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale.action_orders")
        return {
            **action,
            "domain": self._get_document_domain(),
            "context": {"default_partner_id": self.partner_id[:1].id},
        }

    def action_view_invoices(self):
        """Open the customer invoices and credit notes of these members."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return {
            **action,
            "domain": [*self._get_document_domain(), *self._get_invoice_domain()],
            "context": {"default_move_type": "out_invoice", "create": False},
        }

    def action_view_contracts(self):
        """Open the contracts of these members."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_contract_action"
        )
        return {
            **action,
            "domain": [("member_id", "in", self.ids)],
            "context": {"default_member_id": self[:1].id},
        }

    def action_view_partner(self):
        """Open the partner of this member."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }

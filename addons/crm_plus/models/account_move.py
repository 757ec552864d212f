# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class AccountMove(models.Model):
    """Customers' entries tell the customer's figures that they have changed."""

    _inherit = "account.move"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals or "partner_id" in vals:
            self._mark_customers()
        return result

    def _mark_customers(self):
        snapshots = self.env["customer.snapshot"]
        for company, moves in self.grouped("company_id").items():
            # a journal entry names its customers on its lines only
            entries = moves.filtered(lambda move: move.move_type == "entry")
            partners = moves.partner_id | entries.line_ids.partner_id
            snapshots._mark_dirty(partners, company)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

#: what changes how many open tickets a customer has
_COUNTED = {"stage_id", "team_id", "partner_id", "active", "company_id"}


class HelpdeskTicket(models.Model):
    """The customer's figures follow the tickets."""

    _inherit = "helpdesk.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._mark_customers()
        return tickets

    def write(self, vals):
        counts = bool(_COUNTED & vals.keys())
        if counts:
            self._mark_customers()
        result = super().write(vals)
        if counts:
            self._mark_customers()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_mark_customers(self):
        self._mark_customers()

    def _mark_customers(self):
        """Have the figures of these customers computed again soon."""
        snapshots = self.env["customer.snapshot"]
        for company, tickets in self.grouped("company_id").items():
            if partners := tickets.partner_id:
                snapshots._mark_dirty(partners, company)

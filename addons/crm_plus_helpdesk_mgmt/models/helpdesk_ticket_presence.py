# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def note_viewing(self):
        """Tell that this user has the ticket open; names of others who have it, too.

        To be called every half minute while the window is open.
        """
        self.ensure_one()
        self.check_access("read")
        if self.env.user.share:
            return []  # customers do not learn who looks at their ticket
        # presence belongs to nobody: everyone who reads a ticket may leave a sign
        viewers = self.env["helpdesk.ticket.viewer"].sudo()
        viewers._note(self)
        return viewers._get_others(self).mapped("name")

    def stop_viewing(self):
        """The window is closed."""
        domain = [("ticket_id", "in", self.ids), ("user_id", "=", self.env.uid)]
        self.env["helpdesk.ticket.viewer"].sudo().search(domain).unlink()

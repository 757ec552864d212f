# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ChannelReturn(models.Model):
    """A return; here: the tickets about it."""

    _inherit = "channel.return"

    ticket_ids = fields.One2many(
        "helpdesk.ticket",
        "return_id",
        "Tickets",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    ticket_count = fields.Integer(
        "Number of Tickets",
        compute="_compute_ticket_count",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )

    def _compute_ticket_count(self):
        """Of the tickets that the reader may read."""
        groups = self.env["helpdesk.ticket"]._read_group(
            [("return_id", "in", self.ids)], ["return_id"], ["__count"]
        )
        counts = {record.id: count for record, count in groups}
        for record in self:
            record.ticket_count = counts.get(record.id, 0)

    def action_view_tickets(self):
        """The tickets about this return."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_plus_helpdesk_mgmt.helpdesk_ticket_service_action"
        )
        action["domain"] = [("return_id", "=", self.id)]
        action["context"] = {
            "default_return_id": self.id,
            "default_partner_id": self.partner_id.id,
        }
        return action

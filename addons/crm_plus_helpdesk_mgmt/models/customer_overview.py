# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class CustomerOverview(models.AbstractModel):
    _inherit = "customer.overview"

    @api.model
    def _get_tiles(self, customer, snapshot):
        """Override of `crm_plus`: open tickets, for those who read tickets."""
        tiles = super()._get_tiles(customer, snapshot)
        if snapshot and self._may_serve():
            tiles.append(
                {
                    "key": "tickets",
                    "label": self.env._("Open tickets"),
                    "value": snapshot.ticket_count,
                    "type": "integer",
                    "action": self._prepare_tickets_action(customer),
                }
            )
        return tiles

    @api.model
    def _get_quick_actions(self, customer):
        actions = super()._get_quick_actions(customer)
        if self._may_serve():
            actions.append(
                {
                    "key": "ticket",
                    "label": self.env._("Ticket"),
                    "icon": "fa-life-ring",
                    "action": {
                        "type": "ir.actions.act_window",
                        "name": self.env._("New Ticket"),
                        "res_model": "helpdesk.ticket",
                        "views": [[False, "form"]],
                        "context": {
                            "default_partner_id": customer.id,
                            "default_partner_name": customer.name,
                            "default_partner_email": customer.email,
                        },
                    },
                }
            )
        return actions

    def _may_serve(self):
        return self.env["helpdesk.ticket"].has_access("create")

    def _prepare_tickets_action(self, customer):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tickets"),
            "res_model": "helpdesk.ticket",
            "views": [[False, "list"], [False, "form"]],
            "domain": [("commercial_partner_id", "=", customer.id)],
            "context": {"search_default_open": 1},
        }

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerTimeline(models.AbstractModel):
    """Tickets, when they were opened and when they were closed."""

    _inherit = "customer.timeline"

    @api.model
    def _get_sources(self, partner_ids, kinds=None):
        return super()._get_sources(partner_ids, kinds) + self._get_ticket_sources(
            partner_ids, kinds
        )

    @api.model
    def _get_kinds(self):
        env = self.env
        service = {"group": "service", "model": "helpdesk.ticket"}
        return super()._get_kinds() | {
            "ticket": {"label": env._("Ticket"), "icon": "fa-life-ring", **service},
            "ticket_closed": {
                "label": env._("Ticket Closed"),
                "icon": "fa-check",
                **service,
            },
        }

    @api.model
    def _get_groups(self):
        return super()._get_groups() | {"service": self.env._("Tickets")}

    def _get_ticket_sources(self, partner_ids, kinds):
        sources = []
        domain = self._of_family(partner_ids) & Domain("active", "=", True)
        for kind, occurred_at, direction in (
            ("ticket", "create_date", "in"),
            ("ticket_closed", "closed_date", "out"),
        ):
            if self._wants(kinds, kind):
                sources += self._make_source(
                    "helpdesk.ticket",
                    domain & Domain(occurred_at, "!=", False),
                    kind=kind,
                    occurred_at=occurred_at,
                    title=self._get_ticket_title,
                    user_id="user_id",
                    partner_id="partner_id",
                    direction=SQL("%s", direction),
                )
        return sources

    def _get_ticket_title(self, query):
        tickets = self.env["helpdesk.ticket"]
        return SQL(
            "concat_ws(' ', %s, %s)",
            tickets._field_to_sql(query.table, "number", query),
            tickets._field_to_sql(query.table, "name", query),
        )

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL


class CustomerTimeline(models.AbstractModel):
    """What a member of the network claimed."""

    _inherit = "customer.timeline"

    @api.model
    def _get_sources(self, partner_ids, kinds=None):
        sources = super()._get_sources(partner_ids, kinds)
        if not self._wants(kinds, "claim"):
            return sources
        claims = self.env["distribution.claim"]
        return sources + self._make_source(
            "distribution.claim",
            self._of_family(partner_ids),
            kind="claim",
            occurred_at="create_date",
            title="name",
            amount="claimed_amount",
            currency_id=lambda query: SQL(
                "(SELECT c.currency_id FROM res_company c WHERE c.id = %s)",
                claims._field_to_sql(query.table, "company_id", query),
            ),
            user_id="user_id",
            partner_id="partner_id",
            state="state",
            detail="description",
            direction=SQL("'in'"),
        )

    @api.model
    def _get_kinds(self):
        return super()._get_kinds() | {
            "claim": {
                "label": self.env._("Claim"),
                "icon": "fa-balance-scale",
                "group": "network",
                "model": "distribution.claim",
            }
        }

    @api.model
    def _get_groups(self):
        return super()._get_groups() | {"network": self.env._("Network")}

    @api.model
    def _get_message_documents(self, partner_ids):
        return super()._get_message_documents(partner_ids) | {
            "distribution.claim": self._of_family(partner_ids)
        }

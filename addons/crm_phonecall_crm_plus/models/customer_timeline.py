# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class CustomerTimeline(models.AbstractModel):
    """Calls with the customer, held and to come."""

    _inherit = "customer.timeline"

    @api.model
    def _get_sources(self, partner_ids, kinds=None):
        sources = super()._get_sources(partner_ids, kinds)
        if not self._wants(kinds, "call"):
            return sources
        return sources + self._make_source(
            "crm.phonecall",
            self._of_family(partner_ids) & Domain("state", "!=", "cancel"),
            kind="call",
            occurred_at="date",
            title="name",
            user_id="user_id",
            partner_id="partner_id",
            direction="direction",
            state="state",
            detail="description",
        )

    @api.model
    def _get_kinds(self):
        return super()._get_kinds() | {
            "call": {
                "label": self.env._("Call"),
                "icon": "fa-phone",
                "group": "contact",
                "model": "crm.phonecall",
            }
        }

    @api.model
    def _get_message_documents(self, partner_ids):
        return super()._get_message_documents(partner_ids) | {
            "crm.phonecall": self._of_family(partner_ids)
        }

    @api.model
    def _decorate(self, entries):
        entries = super()._decorate(entries)
        calls = [entry for entry in entries if entry["res_model"] == "crm.phonecall"]
        records = self.env["crm.phonecall"].browse(entry["res_id"] for entry in calls)
        for entry, call in zip(calls, records, strict=True):
            if call.duration:
                minutes = self.env._("%(minutes)s min", minutes=round(call.duration))
                entry["detail"] = " · ".join(filter(None, [minutes, entry["detail"]]))
        return entries

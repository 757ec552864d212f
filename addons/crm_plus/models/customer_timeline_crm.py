# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerTimeline(models.AbstractModel):
    """Leads with the stages they went through, and meetings."""

    _inherit = "customer.timeline"

    @api.model
    def _get_sources(self, partner_ids, kinds=None):
        return (
            super()._get_sources(partner_ids, kinds)
            + self._get_lead_sources(partner_ids, kinds)
            + self._get_closed_lead_sources(partner_ids, kinds)
            + self._get_stage_sources(partner_ids, kinds)
            + self._get_meeting_sources(partner_ids, kinds)
        )

    @api.model
    def _get_kinds(self):
        env = self.env
        pipeline = {"group": "pipeline", "model": "crm.lead"}
        return super()._get_kinds() | {
            "lead": {"label": env._("Opportunity"), "icon": "fa-star-o", **pipeline},
            "stage": {"label": env._("Stage"), "icon": "fa-arrow-right", **pipeline},
            "won": {"label": env._("Won"), "icon": "fa-trophy", **pipeline},
            "lost": {"label": env._("Lost"), "icon": "fa-times", **pipeline},
            "meeting": {
                "label": env._("Meeting"),
                "icon": "fa-calendar",
                "group": "contact",
                "model": "calendar.event",
            },
        }

    @api.model
    def _get_groups(self):
        return super()._get_groups() | {
            "pipeline": self.env._("Opportunities"),
            "contact": self.env._("Contacts"),
        }

    def _prepare_lead_columns(self):
        leads = self.env["crm.lead"]
        return {
            "title": "name",
            "amount": "expected_revenue",
            "currency_id": lambda query: SQL(
                "(SELECT c.currency_id FROM res_company c"
                " WHERE c.id = COALESCE(%s, %s))",
                leads._field_to_sql(query.table, "company_id", query),
                self.env.company.id,
            ),
            "user_id": "user_id",
            "partner_id": "partner_id",
        }

    def _get_lead_sources(self, partner_ids, kinds):
        if not self._wants(kinds, "lead"):
            return []
        return self._make_source(
            "crm.lead",
            self._of_family(partner_ids),
            kind="lead",
            occurred_at="create_date",
            **self._prepare_lead_columns(),
        )

    def _get_closed_lead_sources(self, partner_ids, kinds):
        if not self._wants(kinds, "won", "lost"):
            return []
        return self._make_source(
            "crm.lead",
            self._of_family(partner_ids)
            & Domain("won_status", "in", ["won", "lost"])
            & Domain("date_closed", "!=", False),
            kind=lambda query: self.env["crm.lead"]._field_to_sql(
                query.table, "won_status", query
            ),
            occurred_at="date_closed",
            **self._prepare_lead_columns(),
        )

    def _get_stage_sources(self, partner_ids, kinds):
        leads = self.env["crm.lead"].with_context(active_test=False)
        if not self._wants(kinds, "stage") or not leads.has_access("read"):
            return []
        readable = leads._search(self._of_family(partner_ids))
        # who may read a lead reads its history; the values alone are nobody's to read
        values_sudo = self.env["mail.tracking.value"].sudo()
        field = self.env["ir.model.fields"]._get("crm.lead", "stage_id")

        def of_message(column):
            def select(query):
                alias = query.join(
                    query.table, "mail_message_id", "mail_message", "id", "message"
                )
                return SQL.identifier(
                    alias, column, to_flush=self.env["mail.message"]._fields[column]
                )

            return select

        return self._make_source(
            values_sudo,
            Domain("field_id", "=", field.id)
            & Domain("mail_message_id.model", "=", "crm.lead")
            & Domain("mail_message_id.res_id", "in", readable),
            kind="stage",
            occurred_at=of_message("date"),
            title=lambda query: SQL(
                "concat_ws(' → ', %s, %s)",
                values_sudo._field_to_sql(query.table, "old_value_char", query),
                values_sudo._field_to_sql(query.table, "new_value_char", query),
            ),
            author_id=of_message("author_id"),
            open_model=SQL("'crm.lead'"),
            open_id=of_message("res_id"),
        )

    def _get_meeting_sources(self, partner_ids, kinds):
        if not self._wants(kinds, "meeting"):
            return []
        events = self.env["calendar.event"]
        domain = Domain("partner_ids", "in", partner_ids)
        leads = self.env["crm.lead"].with_context(active_test=False)
        if leads.has_access("read"):
            readable = leads._search(self._of_family(partner_ids))
            domain |= Domain("opportunity_id", "in", readable)
        # others' private meetings: Odoo shows them as "busy", here they are left out
        domain &= Domain(events._get_default_privacy_domain()) | Domain(
            "partner_ids", "in", self.env.user.partner_id.ids
        )
        return self._make_source(
            "calendar.event",
            domain & Domain("active", "=", True),
            kind="meeting",
            occurred_at="start",
            title="name",
            user_id="user_id",
            detail="location",
            all_day="allday",
            partner_id=lambda query: SQL(
                "(SELECT min(r.res_partner_id) FROM calendar_event_res_partner_rel r"
                " WHERE r.calendar_event_id = %s AND r.res_partner_id = ANY(%s))",
                events._field_to_sql(query.table, "id", query),
                list(partner_ids),
            ),
        )

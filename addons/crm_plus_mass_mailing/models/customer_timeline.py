# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

#: the moments of a trace that are worth an entry
_MOMENTS = {
    "mailing_sent": "sent_datetime",
    "mailing_opened": "open_datetime",
    "mailing_clicked": "links_click_datetime",
    "mailing_replied": "reply_datetime",
}


class CustomerTimeline(models.AbstractModel):
    """Mailings that the customer got, opened, clicked in or answered."""

    _inherit = "customer.timeline"

    @api.model
    def _get_sources(self, partner_ids, kinds=None):
        sources = super()._get_sources(partner_ids, kinds)
        if not self._wants(kinds, *_MOMENTS):
            return sources
        domain = self._get_trace_domain(partner_ids)
        for kind, field in _MOMENTS.items():
            if self._wants(kinds, kind):
                sources += self._get_trace_sources(kind, field, domain)
        return sources

    @api.model
    def _get_kinds(self):
        env = self.env
        mailing = {
            "group": "mailing",
            "model": "mailing.trace",
            "state_field": "trace_status",
        }
        return super()._get_kinds() | {
            "mailing_sent": {
                "label": env._("Mailing"),
                "icon": "fa-paper-plane-o",
                **mailing,
            },
            "mailing_opened": {
                "label": env._("Mailing opened"),
                "icon": "fa-envelope-open-o",
                **mailing,
            },
            "mailing_clicked": {
                "label": env._("Mailing clicked"),
                "icon": "fa-mouse-pointer",
                **mailing,
            },
            "mailing_replied": {
                "label": env._("Mailing answered"),
                "icon": "fa-reply",
                **mailing,
            },
        }

    @api.model
    def _get_groups(self):
        return super()._get_groups() | {"mailing": self.env._("Mailings")}

    def _get_trace_domain(self, partner_ids):
        """What was sent to the contacts as records, or to their addresses by a list."""
        # addresses of a family that the caller may see
        partners_sudo = self.env["res.partner"].sudo().browse(partner_ids)
        emails = [email for email in partners_sudo.mapped("email_normalized") if email]
        whom = Domain("model", "=", "res.partner") & Domain("res_id", "in", partner_ids)
        if emails:
            whom |= Domain("email", "in", emails)
        return whom & Domain("is_test_trace", "=", False)

    def _get_trace_sources(self, kind, field, domain):
        traces = self.env["mailing.trace"]
        mailings = self.env["mailing.mailing"]

        def subject(query):
            return SQL(
                "(SELECT %s FROM mailing_mailing AS mailing WHERE mailing.id = %s)",
                mailings._field_to_sql("mailing", "subject"),
                traces._field_to_sql(query.table, "mass_mailing_id", query),
            )

        return self._make_source(
            "mailing.trace",
            domain & Domain(field, "!=", False),
            kind=kind,
            occurred_at=field,
            title=subject,
            direction=SQL("%s", "out" if kind == "mailing_sent" else "in"),
            state="trace_status" if kind == "mailing_sent" else SQL("NULL"),
            detail="email",
            open_model=SQL("'mailing.mailing'"),
            open_id="mass_mailing_id",
        )

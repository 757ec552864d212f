# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from ..listing import list_words


class ResPartner(models.Model):
    """What a contact agreed to, and whom a channel may reach."""

    _inherit = "res.partner"

    consent_ids = fields.One2many("customer.consent", "partner_id", "Consents")
    consent_summary = fields.Char("Consent", compute="_compute_consent_summary")

    @api.depends("consent_ids")
    @api.depends_context("lang")
    def _compute_consent_summary(self):
        latest = self._get_consents()
        channels = self.env["customer.consent"]._fields["channel"]
        words = channels._description_selection(self.env)
        signs = {"granted": "✓", "withdrawn": "✗"}
        for partner in self:
            parts = [
                f"{signs[latest[partner.id, channel]]} {label}"
                for channel, label in words
                if (partner.id, channel) in latest
            ]
            partner.consent_summary = list_words(self.env, parts)

    def _get_consents(self):
        """:return: {(partner id, channel): the last status}; one query."""
        if not self.ids:
            return {}
        self.env["customer.consent"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (partner_id, channel) partner_id, channel, status"
                " FROM customer_consent WHERE partner_id IN %s"
                " ORDER BY partner_id, channel, given_at DESC, id DESC",
                tuple(self.ids),
            )
        )
        return {(partner_id, channel): status for partner_id, channel, status in rows}

    def _filter_contactable(self, channel):
        """:return: those of these contacts whom ``channel`` may reach.

        A withdrawn consent and Odoo's blacklists always say no; without a word the
        company's setting decides. A constant number of queries.
        :param channel: mail, sms, phone or messaging
        """
        latest = self._get_consents()
        needed = self.env.company.customer_consent_required
        blocked = self._get_blacklisted(channel)
        allowed = {"granted"} if needed else {"granted", None}
        return self.filtered(
            lambda partner: (
                latest.get((partner.id, channel)) in allowed
                and partner.id not in blocked
            )
        )

    def _get_blacklisted(self, channel):
        lists = {
            "mail": ("mail.blacklist", "email", "email_normalized"),
            "sms": ("phone.blacklist", "number", "phone_sanitized"),
        }
        if channel not in lists:
            return set()
        model, key, name = lists[channel]
        # the lists are readable for few; that somebody is on one is obeyed by all
        entries_sudo = self.env[model].sudo()
        found = entries_sudo.search(
            [(key, "in", [value for value in self.mapped(name) if value])]
        )
        listed = set(found.mapped(key))
        return {partner.id for partner in self if partner[name] in listed}

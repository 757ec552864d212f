# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerConsent(models.Model):
    """One word of a contact about one channel, with its proof; the last one counts.

    Rows are never changed: who changes their mind gets a new row.
    """

    _name = "customer.consent"
    _description = "Consent"
    _order = "given_at desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade"
    )
    channel = fields.Selection(
        [
            ("mail", "E-mail"),
            ("sms", "SMS"),
            ("phone", "Phone"),
            ("messaging", "Messaging (Zalo, WeChat)"),
        ],
        required=True,
    )
    status = fields.Selection(
        [("granted", "Consented"), ("withdrawn", "Withdrawn")],
        required=True,
        default="granted",
    )
    source = fields.Selection(
        [
            ("form", "Web form"),
            ("verbal", "By word of mouth"),
            ("paper", "On paper"),
            ("message", "By message"),
            ("import", "Import"),
        ],
        required=True,
        default="verbal",
    )
    given_at = fields.Datetime("Date", required=True, default=fields.Datetime.now)
    text = fields.Text("Wording", help="What the person agreed to, word for word")
    ip_address = fields.Char("IP Address", groups="sales_team.group_sale_manager")
    user_id = fields.Many2one(
        "res.users", "Recorded By", default=lambda self: self.env.user, readonly=True
    )
    company_id = fields.Many2one(related="partner_id.company_id", store=True)

    _latest_idx = models.Index("(partner_id, channel, given_at DESC, id DESC)")

    @api.model_create_multi
    def create(self, vals_list):
        consents = super().create(vals_list)
        consents._apply_to_blacklists()
        return consents

    def write(self, vals):
        # anybody can send a context, superuser mode nobody
        erases = self.env.su and self.env.context.get("crm_plus_erase")
        if not erases and self._is_changed_by(vals):
            raise UserError(
                self.env._("Consents are proofs and stay as they are: add a new one.")
            )
        return super().write(vals)

    def _is_changed_by(self, vals):
        """Merges move a consent to another contact; its words never change."""
        moves = {"partner_id"} if self.env.su else set()
        return any(
            field.convert_to_write(consent[name], consent) != vals[name]
            for name in set(vals) - moves
            for field in [self._fields[name]]
            for consent in self
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proof(self):
        if not self.env.su:
            raise UserError(
                self.env._("Consents are proofs and cannot be deleted: add a new one.")
            )

    def _apply_to_blacklists(self):
        """Odoo's own blacklists follow, so that every sender of Odoo obeys."""
        latest = self.partner_id._get_consents()
        mails, numbers = {}, {}
        for consent in self.sorted("given_at"):
            partner, channel = consent.partner_id, consent.channel
            if latest.get((partner.id, channel)) != consent.status:
                continue  # an older word that was entered late
            if channel == "mail" and partner.email_normalized:
                mails[partner.email_normalized] = consent
            elif channel == "sms" and partner.phone_sanitized:
                numbers[partner.phone_sanitized] = consent
        # whoever records what a customer said may, also without rights on the lists
        self._follow(self.env["mail.blacklist"].sudo(), "email", mails)
        self._follow(self.env["phone.blacklist"].sudo(), "number", numbers)

    def _follow(self, blacklist_sudo, key, consents):
        """:param consents: {address: consent}; one search and at most three writes."""
        if not consents:
            return
        entries = blacklist_sudo.with_context(active_test=False).search(
            [(key, "in", list(consents))]
        )
        withdrawn = {
            name for name, word in consents.items() if word.status == "withdrawn"
        }
        entries.filtered(lambda e: e[key] in withdrawn and not e.active).write(
            {"active": True}
        )
        # who unsubscribed after the consent was given is not to be written to again
        entries.filtered(
            lambda e: (
                e[key] not in withdrawn
                and e.active
                and e.write_date.replace(microsecond=0) <= consents[e[key]].given_at
            )
        ).write({"active": False})
        missing = withdrawn - set(entries.mapped(key))
        blacklist_sudo.create([{key: name} for name in sorted(missing)])

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CustomerPrivacyLog(models.Model):
    """Erasure: the person goes, the figures stay (append-only history, the books)."""

    _inherit = "customer.privacy.log"

    @api.model
    def _erase(self, partner):
        """Blank everything that tells who ``partner`` is, everywhere.

        Orders, invoices and amounts stay and point at a contact without a name.
        :raises UserError: staff, a company of the database, or the books still need
            the name (money is owed)
        """
        partner.ensure_one()
        partner.check_access("write")
        partner_sudo = partner.sudo()
        self._check_erase_allowed(partner_sudo)
        log_sudo = self.sudo()
        leads = log_sudo._find_leads(partner_sudo)
        # found by what is about to go
        documents = log_sudo._get_erased_documents(partner_sudo, leads)
        entry = log_sudo._record("erase", partner, {})
        log_sudo._erase_users(partner_sudo)
        counts = {}
        for records, values in log_sudo._get_erased_values(partner_sudo, leads):
            if records:
                counts[records._name] = counts.get(records._name, 0) + len(records)
                records.with_context(
                    crm_plus_erase=True, mail_notrack=True, tracking_disable=True
                ).write(values)
        counts.update(log_sudo._erase_history(partner_sudo, documents))
        entry.write({"details": counts, "record_count": sum(counts.values())})
        return entry

    @api.model
    def _erase_users(self, partner_sudo):
        """Before the contact: Odoo archives none whose user is active."""
        users = partner_sudo.with_context(active_test=False).user_ids
        if not users:
            return
        users.write({"active": False})
        users.flush_recordset()
        # a login is an e-mail, too; written past Odoo, which would mail them about it
        self.env.cr.execute(
            SQL(
                "UPDATE res_users SET login = 'erased-' || id WHERE id IN %s",
                tuple(users.ids),
            )
        )
        users.invalidate_recordset(["login"])

    @api.model
    def _check_erase_allowed(self, partner_sudo):
        users = partner_sudo.with_context(active_test=False).user_ids
        if any(not user.share for user in users):
            raise UserError(
                self.env._(
                    "%(name)s is a colleague: archive the user first.",
                    name=partner_sudo.name,
                )
            )
        if (
            self.env["res.company"]
            .sudo()
            .search_count([("partner_id", "=", partner_sudo.id)], limit=1)
        ):
            raise UserError(
                self.env._("%(name)s is your own company.", name=partner_sudo.name)
            )
        open_items = self.env["account.move"].sudo()
        if open_items.search_count(
            [
                "|",
                ("partner_id", "=", partner_sudo.id),
                ("commercial_partner_id", "=", partner_sudo.id),
                # entries of payments are "not paid" for ever
                ("move_type", "in", open_items.get_invoice_types(True)),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial", "in_payment")),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "%(name)s has unpaid invoices: the law lets you keep the name"
                    " until they are settled.",
                    name=partner_sudo.name,
                )
            )

    @api.model
    def _get_erased_values(self, partner_sudo, leads):
        """:return: [(records, values that say nothing)]; a hook for bridges.

        :param leads: every lead of the person, also those that only carry the e-mail
        """
        erased = self.env._("Erased person %(number)s", number=partner_sudo.id)
        blank = dict.fromkeys(
            (
                "email", "phone", "street", "street2", "zip", "city", "website",
                "function", "comment", "ref", "vat", "image_1920", "birth_date",
                "partner_latitude", "partner_longitude", "barcode",
            ),
            False,
        )  # fmt: skip
        blank = {n: v for n, v in blank.items() if n in partner_sudo._fields}
        own = dict(blank)
        if partner_sudo.parent_id and partner_sudo.type == "contact":
            # the company's, not the person's: Odoo writes them on to the company
            for name in (
                partner_sudo._address_fields() + partner_sudo._commercial_fields()
            ):
                own.pop(name, None)
        nobody = {"name": erased, "category_id": [(5,)], "active": False}
        lead_blank = dict.fromkeys(
            (
                "contact_name", "partner_name", "email_from", "email_cc", "phone",
                "street", "street2", "zip", "city", "website", "function",
                "description", "referred",
            ),
            False,
        )  # fmt: skip
        return [
            (partner_sudo, {**own, **nobody}),
            (self._get_addresses(partner_sudo), {**blank, **nobody}),
            (leads, {**lead_blank, "name": erased}),
            (partner_sudo.consent_ids, {"text": False, "ip_address": False}),
            (self._get_merges(partner_sudo), self._get_blank_merge(erased)),
        ]

    @api.model
    def _get_erased_documents(self, partner_sudo, leads):
        """:return: [records] that are about the person only, whoever wrote on them:
        their messages and files go, too; a hook for bridges.
        """
        return [partner_sudo, leads]

    @api.model
    def _find_leads(self, partner_sudo):
        leads = self.env["crm.lead"].with_context(active_test=False)
        return self._find_unlinked_leads(partner_sudo) | leads.search(
            [("partner_id", "=", partner_sudo.id)]
        )

    @api.model
    def _get_addresses(self, partner_sudo):
        """:return: where the person has things sent; contacts are other persons."""
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners.search(
            [
                ("parent_id", "=", partner_sudo.id),
                ("type", "not in", ("contact", False)),
                ("user_ids", "=", False),
            ]
        )

    @api.model
    def _get_merges(self, partner_sudo):
        return self.env["customer.merge"].search(
            [
                "|",
                ("kept_id", "=", partner_sudo.id),
                ("merged_ids", "=", partner_sudo.id),
            ]
        )

    @api.model
    def _get_blank_merge(self, erased):
        # what the journal kept is the person's, too: such a merge is final
        return {
            "name": erased,
            "state": "expired",
            "references": False,
            "kept_values": False,
        }

    @api.model
    def _erase_history(self, partner_sudo, documents):
        """Messages about or from the person and files filed on what is theirs alone.

        What stages a lead was in stays: it names nobody, and reports are made of it.

        :return: {model: number}
        """
        messages = self.env["mail.message"].search(
            [("author_id", "=", partner_sudo.id)]
        )
        files = self.env["ir.attachment"]
        for records in documents:
            if not records:
                continue
            messages |= messages.search(
                [("model", "=", records._name), ("res_id", "in", records.ids)]
            )
            files |= files.search(
                [
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("res_field", "=", False),
                ]
            )
        logs = self.search([("partner_id", "=", partner_sudo.id)])
        files |= files.search(
            [("res_model", "=", self._name), ("res_id", "in", logs.ids)]
        )
        files |= messages.attachment_ids
        counts = {"mail.message": len(messages), "ir.attachment": len(files)}
        self._erase_changes(messages, partner_sudo)
        messages.write({"body": "", "subject": False, "email_from": False})
        files.unlink()
        doubles = self.env["res.partner"].with_context(active_test=False)
        for double in doubles.search([("merged_into_id", "=", partner_sudo.id)]):
            self._erase(double)
        return counts

    @api.model
    def _erase_changes(self, messages, partner_sudo):
        """Values that were tracked: all of the contact, elsewhere those in words."""
        messages.tracking_value_ids.filtered(
            lambda value: (
                value.mail_message_id.model == partner_sudo._name
                or value.field_id.ttype in ("char", "text", "html")
                or value.field_id.relation == "res.partner"
            )
        ).unlink()

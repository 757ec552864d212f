# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.mail import html_to_inner_content

#: log lines and bells are no talk; an activity that was done is written as one
_NO_TALK = ("notification", "user_notification")
_PREVIEW_LENGTH = 240


class CustomerTimeline(models.AbstractModel):
    """Mails, notes and activities done: what was written on the customer's records."""

    _inherit = "customer.timeline"

    @api.model
    def _get_sources(self, partner_ids, kinds=None):
        sources = super()._get_sources(partner_ids, kinds)
        if not self._wants(kinds, "mail", "note", "activity"):
            return sources
        for model, domain in self._get_message_documents(partner_ids).items():
            sources += self._get_message_sources(model, domain, partner_ids)
        return sources

    @api.model
    def _get_kinds(self):
        env = self.env
        written = {"group": "messages", "model": "mail.message"}
        return super()._get_kinds() | {
            "mail": {"label": env._("Message"), "icon": "fa-envelope-o", **written},
            "note": {"label": env._("Note"), "icon": "fa-sticky-note-o", **written},
            "activity": {
                "label": env._("Activity done"),
                "icon": "fa-check",
                "group": "contact",
                "model": "mail.message",
            },
        }

    @api.model
    def _get_groups(self):
        return super()._get_groups() | {"messages": self.env._("Messages")}

    @api.model
    def _get_message_documents(self, partner_ids):
        """Return whose messages are the customer's: ``{model: domain}``, a hook.

        A message is shown to whoever may read its document, as in the document itself.
        """
        of_family = self._of_family(partner_ids)
        return {
            "res.partner": Domain("id", "in", partner_ids),
            "sale.order": of_family,
            "crm.lead": of_family,
            "account.move": of_family
            & Domain("move_type", "in", ["out_invoice", "out_refund", "out_receipt"]),
        }

    def _get_message_sources(self, model, domain, partner_ids):
        documents = self.env[model].with_context(active_test=False)
        if not documents.has_access("read"):
            return []
        # Odoo's own search reads all messages to check each document in Python; here
        # the rules of the documents are part of the query, and those of messages, too
        messages_sudo = self.env["mail.message"].sudo()
        rules = self.env["ir.rule"]._compute_domain("mail.message", "read")
        talk = Domain("message_type", "not in", _NO_TALK)
        talk |= Domain("mail_activity_type_id", "!=", False)

        def column(query, name):
            return messages_sudo._field_to_sql(query.table, name, query)

        return self._make_source(
            messages_sudo,
            Domain("model", "=", model)
            & Domain("res_id", "in", documents._search(domain))
            & talk
            & Domain(rules),
            kind=lambda query: self._get_message_kind(query, column),
            occurred_at="date",
            title=lambda query: SQL(
                "concat_ws(' ', %s,"
                " regexp_replace(left(%s, 2000), '<[^>]+>', ' ', 'g'))",
                column(query, "subject"),
                column(query, "body"),
            ),
            direction=lambda query: SQL(
                "CASE WHEN %s = 'mail' THEN"
                " CASE WHEN %s = ANY(%s) THEN 'in' ELSE 'out' END END",
                self._get_message_kind(query, column),
                column(query, "author_id"),
                list(partner_ids),
            ),
            author_id="author_id",
            open_model="model",
            open_id="res_id",
        )

    def _get_message_kind(self, query, column):
        """A note stays between colleagues; all else was sent or received."""
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        return SQL(
            "CASE WHEN %(activity)s IS NOT NULL THEN 'activity'"
            " WHEN %(internal)s OR (%(type)s = 'comment'"
            " AND %(subtype)s IS DISTINCT FROM %(comment)s) THEN 'note'"
            " ELSE 'mail' END",
            activity=column(query, "mail_activity_type_id"),
            internal=column(query, "is_internal"),
            type=column(query, "message_type"),
            subtype=column(query, "subtype_id"),
            comment=comment,
        )

    @api.model
    def _decorate(self, entries):
        entries = super()._decorate(entries)
        written = [entry for entry in entries if entry["res_model"] == "mail.message"]
        # the page's SELECT has checked who may read these
        messages_sudo = (
            self.env["mail.message"].sudo().browse(entry["res_id"] for entry in written)
        )
        for entry, message in zip(written, messages_sudo, strict=True):
            text = html_to_inner_content(message.body)
            entry["title"] = message.subject or text[:_PREVIEW_LENGTH]
            entry["detail"] = text[:_PREVIEW_LENGTH] if message.subject else False
            if not entry["title"]:
                entry["title"] = message.mail_activity_type_id.name or ""
        self._name_documents(entries)
        return entries

    def _name_documents(self, entries):
        """Say which record a message was written on, but for the customer itself."""
        models_ = {}
        for entry in entries:
            if (entry["open_model"], entry["open_id"]) != (
                entry["res_model"],
                entry["res_id"],
            ):
                models_.setdefault(entry["open_model"], []).append(entry)
        for model, of_model in models_.items():
            if model == "res.partner" or model not in self.env:
                continue
            ids = {entry["open_id"] for entry in of_model}
            # the SELECT took messages of readable documents only
            records_sudo = self.env[model].sudo().browse(ids).exists()
            names = {record.id: record.display_name for record in records_sudo}
            for entry in of_model:
                entry["document"] = names.get(entry["open_id"], False)

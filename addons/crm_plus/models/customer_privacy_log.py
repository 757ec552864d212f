# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib
import io
import json
import zipfile
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerPrivacyLog(models.Model):
    """One request of a person about their data: what was handed over or erased."""

    _name = "customer.privacy.log"
    _description = "Privacy Request"
    _order = "id desc"
    _rec_name = "person_key"

    kind = fields.Selection(
        [("export", "Export"), ("erase", "Erasure")], required=True, readonly=True
    )
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    user_id = fields.Many2one("res.users", "Done By", readonly=True)
    done_at = fields.Datetime(default=fields.Datetime.now, readonly=True)
    person_key = fields.Char(
        "Person",
        readonly=True,
        help="Fingerprint of the e-mail (or phone), so that a later question can be"
        " answered without keeping what was erased.",
    )
    record_count = fields.Integer("Records", readonly=True)
    details = fields.Json(readonly=True)

    @api.model
    def _get_person_key(self, partner):
        text = partner.email_normalized or partner.phone_sanitized or str(partner.id)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @api.model
    def _record(self, kind, partner, counts):
        return self.create(
            {
                "kind": kind,
                "partner_id": partner.id,
                "company_id": partner.company_id.id,
                "user_id": self.env.uid,
                "person_key": self._get_person_key(partner),
                "record_count": sum(counts.values()),
                "details": counts,
            }
        )

    # export

    @api.model
    def _get_privacy_sources(self, partner):
        """:return: [(records, names of fields)] of what is held of a person.

        Generic: whatever points at the contact and can be read by a person, plus
        what only carries its e-mail or phone. A hook for bridges.
        """
        sources = [(partner, self._get_plain_fields(partner))]
        for model, names in self._get_pointing_fields().items():
            domain = fields.Domain.OR(
                fields.Domain(name, "=", partner.id) for name in names
            )
            records = self.env[model].with_context(active_test=False).search(domain)
            if records:
                sources.append((records, self._get_plain_fields(records)))
        leads = self._find_unlinked_leads(partner)
        if leads:
            sources.append((leads, self._get_plain_fields(leads)))
        messages = self.env["mail.message"].search(
            [("model", "=", "res.partner"), ("res_id", "=", partner.id)]
        )
        if messages:
            sources.append((messages, ["date", "subject", "body", "email_from"]))
        return sources

    @api.model
    def _get_pointing_fields(self):
        """:return: {model: names of its stored links to a contact}."""
        pointing = {}
        for name, model in self.env.registry.models.items():
            if model._abstract or model._transient or not model._auto:
                continue
            if name.startswith("ir.") or name in self._get_skipped_models():
                continue
            links = [
                field.name
                for field in model._fields.values()
                if field.type == "many2one"
                and field.comodel_name == "res.partner"
                and field.store
                and not field.company_dependent
                and "commercial" not in field.name
            ]
            if links:
                pointing[name] = links
        return pointing

    @api.model
    def _get_skipped_models(self):
        """:return: models that say nothing about a person."""
        return {
            "customer.duplicate",
            "customer.merge",
            "customer.privacy.log",
            "mail.followers",
            "mail.notification",
            "res.company",
            "res.users",
        }

    @api.model
    def _find_unlinked_leads(self, partner):
        keys = fields.Domain.FALSE
        if partner.email_normalized:
            keys |= fields.Domain("email_normalized", "=", partner.email_normalized)
        if partner.phone_sanitized:
            keys |= fields.Domain("phone_sanitized", "=", partner.phone_sanitized)
        domain = keys & fields.Domain("partner_id", "=", False)
        return self.env["crm.lead"].with_context(active_test=False).search(domain)

    @api.model
    def _get_plain_fields(self, records):
        """:return: stored fields a person can read; no links to whole documents."""
        kinds = {
            "char", "text", "html", "date", "datetime", "float", "monetary",
            "integer", "boolean", "selection", "many2one",
        }  # fmt: skip
        hidden = {"write_uid", "create_uid", "write_date", "access_token", "id"}
        return [
            field.name
            for field in records._fields.values()
            if field.type in kinds
            and field.store
            and not field.groups
            and field.name not in hidden
        ]

    @api.model
    def _export(self, partner):
        """Write down everything held of ``partner`` and log it.

        :return: bytes of a zip with data.json and index.html
        :raises AccessError: without the right to read the contact
        """
        partner.check_access("read")
        # a person's right to their data does not end at the clerk's
        log_sudo = self.sudo()
        data = {}
        for records, names in log_sudo._get_privacy_sources(partner.sudo()):
            data.setdefault(records._name, []).extend(
                log_sudo._read_plain(records, names)
            )
        counts = {model: len(rows) for model, rows in data.items()}
        log_sudo._record("export", partner, counts)
        page = self.env["ir.qweb"]._render(
            "crm_plus.customer_privacy_export",
            {"partner": partner, "data": log_sudo._name_models(data)},
        )
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            text = json.dumps(data, default=str, ensure_ascii=False, indent=2)
            archive.writestr("data.json", text)
            archive.writestr("index.html", str(page))
        return buffer.getvalue()

    @api.model
    def _read_plain(self, records, names):
        """:return: dicts with what is filled in, links by name; one read."""
        rows = []
        for values in records.read(names):
            row = {}
            for name, value in values.items():
                if value is False or value is None or value == "":
                    continue
                row[name] = value[1] if isinstance(value, tuple) else value
            rows.append(row)
        return rows

    @api.model
    def _name_models(self, data):
        names = self.env["ir.model"].search([("model", "in", list(data))])
        labels = {model.model: model.name for model in names}
        return [(labels.get(model, model), rows) for model, rows in data.items()]

    @api.model
    def _attach_export(self, partner):
        """:return: an attachment with the export, for download."""
        content = self._export(partner)
        # filed on the log, which only administrators of sales read; nobody writes it
        entry_sudo = self.sudo().search(
            [("kind", "=", "export"), ("partner_id", "=", partner.id)], limit=1
        )
        return entry_sudo.env["ir.attachment"].create(
            {
                "name": f"{self._get_person_key(partner)[:8]}.zip",
                "datas": base64.b64encode(content),
                "mimetype": "application/zip",
                "res_model": self._name,
                "res_id": entry_sudo.id,
            }
        )

    @api.autovacuum
    def _gc_exports(self):
        """An export is handed over, not kept: its file goes after a week."""
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("create_date", "<", fields.Datetime.now() - timedelta(days=7)),
            ]
        )
        files.unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        if not self.env.su:
            raise UserError(self.env._("The log of privacy requests is kept."))

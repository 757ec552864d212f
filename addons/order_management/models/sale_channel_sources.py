# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from .sale_channel_sample import SAMPLE_TITLES


class SaleChannel(models.Model):
    """A way of selling; here: its files and its e-mail address."""

    _name = "sale.channel"
    _inherit = ["sale.channel", "mail.alias.mixin.optional"]

    alias_id = fields.Many2one(
        help="Orders mailed to this address as CSV, XLSX or JSON are imported; every "
        "other mail is kept for a person."
    )
    mail_senders = fields.Text(
        "Allowed Senders",
        help="One address (orders@shop.example) or domain (@shop.example) a line. "
        "Mails of others are kept for a person. The mail server has to refuse forged "
        "senders (SPF, DKIM): the address in a mail proves nothing by itself.",
    )
    upload_user_id = fields.Many2one(
        "res.users",
        "Responsible for Mails",
        help="Gets an activity for every mail and file that needs a person; empty: the "
        "salesperson, or a manager of the hub.",
    )
    upload_mapping = fields.Json(
        readonly=True,
        copy=False,
        help="What the columns of the last imported file meant, for the next one.",
    )

    @api.constrains("mail_senders")
    def _check_mail_senders(self):
        for channel in self:
            for line in channel._get_mail_senders():
                address = f"orders{line}" if line.startswith("@") else line
                if email_normalize(address) != address:
                    raise ValidationError(
                        self.env._(
                            "“%(line)s” is neither an address such as "
                            "orders@shop.example nor a domain such as @shop.example.",
                            line=line,
                        )
                    )

    @api.model
    def _get_company_bound_fields(self):
        """Override of ``order_management``: files and mails stay with the company."""
        return [
            *super()._get_company_bound_fields(),
            ("channel.order.upload", "channel_id"),
            ("channel.order.mail", "channel_id"),
        ]

    def action_forget_upload_mapping(self):
        """Have the next file guessed anew."""
        self.check_access("write")
        self.upload_mapping = False
        return True

    def action_download_upload_template(self):
        """Download an empty list with the columns that this channel's files have."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/order_management/upload_template/{self.id}",
            "target": "download",
        }

    def _get_upload_titles(self):
        """Titles of the template: those of the last file, else ones we recognise."""
        titles = (self.upload_mapping or {}).get("titles")
        if titles:
            return titles
        return list(SAMPLE_TITLES)

    def _get_mail_senders(self):
        lines = (self.mail_senders or "").splitlines()
        return [line.strip().lower() for line in lines if line.strip()]

    def _is_sender_allowed(self, email_from):
        """Whether the sender of a mail may have orders imported without a person."""
        address = email_normalize(email_from or "")
        if not address:
            return False
        allowed = self._get_mail_senders()
        return address in allowed or "@" + address.rpartition("@")[2] in allowed

    def _get_mail_user(self):
        """Who looks after mails and files that need a person; may be empty."""
        clerk = "order_management.group_clerk"
        for user in self.upload_user_id | self.user_id:
            if (
                user.active
                and self.company_id in user.company_ids
                and user.has_group(clerk)
            ):
                return user
        return self._get_hub_manager(self.company_id)

    @api.model
    def _get_hub_manager(self, company):
        """A manager of the hub in ``company``; may be empty."""
        manager = self.env.ref("order_management.group_manager")
        return manager.sudo().all_user_ids.filtered(
            lambda user: (
                user.active
                and company in user.company_ids
                and user != self.env.ref("base.user_root")
            )
        )[:1]

    def _alias_get_creation_values(self):
        """Override of ``mail``: mails become mails of the inbox, of this channel."""
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("channel.order.mail")
        if self.id:
            defaults = literal_eval(self.alias_defaults or "{}")
            values["alias_defaults"] = {**defaults, "channel_id": self.id}
        return values

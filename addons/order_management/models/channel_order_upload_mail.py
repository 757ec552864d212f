# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ChannelOrderUpload(models.Model):
    """A file of orders; here: the mail that brought it hears how it went."""

    _inherit = "channel.order.upload"

    attachment_id = fields.Many2one(
        "ir.attachment",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The attachment of the mail: it becomes one file however often the mail "
        "is read.",
    )

    def _follows_memory(self):
        """Whether all columns mean what they meant in the channel's last file."""
        remembered = (self.channel_id.upload_mapping or {}).get("columns", {})
        columns = self.column_ids.filtered("field_name")
        return bool(columns) and all(
            remembered.get(column.field_name) == column.title for column in columns
        )

    def _after_done(self):
        """Override of ``order_management``: refused rows need a person."""
        for upload in self.filtered("mail_id"):
            if upload.bad_row_count:
                upload.mail_id._call_person(
                    self.env._(
                        "%(count)s rows of “%(name)s” were refused. They stand in a "
                        "file with the reasons.",
                        count=upload.bad_row_count,
                        name=upload.name,
                    )
                )
        return super()._after_done()

    def _after_failed(self):
        """Override of ``order_management``: the file needs a person."""
        for upload in self.filtered("mail_id"):
            upload.mail_id._call_person(f"“{upload.name}”: {upload.problem}")
        return super()._after_failed()

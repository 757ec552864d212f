# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import logging

from odoo import models
from odoo.exceptions import UserError

from ..tools.transient import is_transient

_logger = logging.getLogger(__name__)

_SHEETS = (".csv", ".tsv", ".xlsx")
_SHEET_TYPES = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


class ChannelOrderMail(models.Model):
    """A mail to a channel; here: how its attachments become orders."""

    _inherit = "channel.order.mail"

    def _read_messages(self):
        """Read the messages of this mail that were not read yet."""
        self.ensure_one()
        messages = self.message_ids.filtered(
            lambda message: (
                message.message_type == "email" and message.id > self.read_message_id
            )
        ).sorted("id")
        problems = []
        for message in messages:
            problems += self._read_message(message)
        if messages:
            self.read_message_id = messages[-1].id
        if problems:
            self._call_person("\n".join(dict.fromkeys(problems)))
        elif messages:
            self._transition("done")
            self.problem = False
        else:
            self._call_person(self.env._("The mail has no message to read."))

    def _read_message(self, message):
        """Take what one message brings; texts of what needs a person."""
        allowed = self.channel_id._is_sender_allowed(message.email_from)
        if not allowed and not self.is_sender_accepted:
            return [
                self.env._(
                    "%(sender)s is not among the allowed senders of “%(channel)s”, so "
                    "nothing was imported. Read the mail: accept the sender for this "
                    "mail, or have a manager add the address to the channel.",
                    sender=message.email_from or "?",
                    channel=self.channel_id.name,
                )
            ]
        problems, used = [], 0
        for attachment in message.attachment_ids.sorted("id"):
            reader = self._get_reader(attachment)
            if reader:
                used += 1
                problems += self._read_attachment(attachment, reader)
            elif not (attachment.mimetype or "").startswith("image/"):
                problems.append(
                    self.env._(
                        "“%(name)s” is no list of orders that can be read (CSV, XLSX "
                        "or JSON). Enter its orders by hand.",
                        name=attachment.name,
                    )
                )
        if not used and not problems:
            problems.append(
                self.env._(
                    "The mail brings no list of orders (CSV, XLSX or JSON). Read it "
                    "and enter its orders by hand."
                )
            )
        return problems

    def _get_reader(self, attachment):
        name = (attachment.name or "").lower()
        if name.endswith(".json") or attachment.mimetype == "application/json":
            return self._read_json
        if name.endswith(_SHEETS) or attachment.mimetype in _SHEET_TYPES:
            return self._read_sheet
        return None

    def _read_attachment(self, attachment, reader):
        """One attachment by itself: what goes wrong with it stops no other."""
        try:
            with self.env.cr.savepoint():
                return reader(attachment)
        except (UserError, ValueError) as error:
            reason = str(error)
        # the mail must reach a person whatever its attachment does
        except Exception as error:  # pylint: disable=broad-except
            if is_transient(error):
                raise
            _logger.exception("Attachment %s of %s failed", attachment.id, self)
            reason = type(error).__name__
        return [
            self.env._(
                "“%(name)s” cannot be read: %(reason)s. Ask the sender for a right "
                "file; an answer to this mail is read like the mail itself.",
                name=attachment.name,
                reason=reason.rstrip("."),
            )
        ]

    def _read_json(self, attachment):
        """Neutral orders: what the inbox says about them is shown there."""
        answers = (
            self.env["channel.order"]
            .sudo()
            ._receive_raw(self.channel_id, attachment.raw or b"")
        )
        refused = [answer for answer in answers if answer["state"] == "error"]
        if not refused:
            return []
        return [
            self.env._(
                "%(count)s orders of “%(name)s” stand in the inbox as errors, with the "
                "reasons.",
                count=len(refused),
                name=attachment.name,
            )
        ]

    def _read_sheet(self, attachment):
        """A file: imported by the remembered mapping, else mapped by a person."""
        uploads = self.env["channel.order.upload"].sudo()
        if uploads.search_count([("attachment_id", "=", attachment.id)], limit=1):
            return []
        upload = uploads.create(
            {
                "name": attachment.name,
                "channel_id": self.channel_id.id,
                "user_id": self.user_id.id,
                "mail_id": self.id,
                "attachment_id": attachment.id,
                "file": base64.b64encode(attachment.raw or b""),
            }
        )
        if upload.state == "mapped" and upload._follows_memory():
            upload._start_import()
            return []
        if upload.problem:
            return [f"“{attachment.name}”: {upload.problem}"]
        return [
            self.env._(
                "The columns of “%(name)s” are not those of the channel's last file. "
                "Open the file, check what they mean and import it.",
                name=attachment.name,
            )
        ]

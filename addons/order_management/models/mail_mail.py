# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MailMail(models.Model):
    """A mail; here: what became of it, for the message to the customer it carries."""

    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        mine = self.filtered(lambda mail: mail.model == "order.message")
        if mine:
            # sudo: whoever runs the queue; before Odoo deletes the mails
            messages = mine.env["order.message"].sudo()
            messages = messages.search([("mail_id", "in", mine.ids)])
            if failure_type:
                messages._note_failed(failure_reason or failure_type)
                # it will be made anew: this one must not be sent beside that
                mine.sudo().write({"state": "cancel"})
            else:
                messages._note_sent()
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )

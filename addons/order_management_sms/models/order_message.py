# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class OrderMessage(models.Model):
    """A customer's message; here: as a text message, through Odoo's own queue."""

    _inherit = "order.message"

    medium = fields.Selection(
        selection_add=[("sms", "Text message")], ondelete={"sms": "cascade"}
    )
    sms_id = fields.Many2one(
        "sms.sms",
        "Text Message",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    @api.model
    def _get_due_domain(self):
        """Override of the hub: with a text message in the queue it is Odoo's turn."""
        return Domain(super()._get_due_domain()) & Domain("sms_id", "=", False)

    def _send_by_sms(self, messages, template):
        """One text message each, in the queue of Odoo.

        :param template: mail.template of the event, whose subject is the text
        """
        texts = messages._get_sms_texts(template)
        for message in messages:
            number = message.order_id._get_sms_number()
            if not number or not texts[message.id]:
                message._note_skipped(
                    self.env._("There is no valid phone number, or no text.")
                )
                continue
            sms = self.env["sms.sms"].with_company(message.company_id)
            message.sms_id = sms.create(
                {
                    "number": number,
                    "body": texts[message.id],
                    "partner_id": message.partner_id.id,
                }
            )
            message.write({"state": "to_send", "error": False})

    def _get_sms_texts(self, template):
        """``{message id: text}``: words of the channel, else the e-mail's subject; and
        where to read on."""
        subjects = {}
        if template:
            subjects = template._render_field("subject", self.ids, compute_lang=True)
        texts = {}
        for message in self:
            rule = message.channel_id._get_message_rule(message.event)
            words = rule.with_context(lang=message.lang).sms_text
            words = (words or subjects.get(message.id) or "").strip()
            texts[message.id] = words and f"{words} {message._get_tracking_url()}"
        return texts

    def _note_failed(self, reason):
        """Override of the hub: it is made anew."""
        result = super()._note_failed(reason)
        self.sms_id = False
        return result

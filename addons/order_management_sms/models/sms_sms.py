# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

#: trying again changes nothing
_FINAL = (
    "sms_blacklist",
    "sms_country_not_supported",
    "sms_number_format",
    "sms_number_missing",
    "sms_optout",
)


class SmsSms(models.Model):
    """A text message; here: what became of it, for the message to the customer."""

    _inherit = "sms.sms"

    def write(self, vals):
        """Override of `sms`: whichever provider sent it, its state is written here."""
        result = super().write(vals)
        if vals.get("state") in ("pending", "sent", "error", "canceled"):
            self._tell_order_messages(vals["state"], vals.get("failure_type"))
        return result

    def _tell_order_messages(self, state, failure):
        # sudo: whoever runs the queue
        messages = self.env["order.message"].sudo()
        messages = messages.search([("sms_id", "in", self.ids)])
        if not messages:
            return
        if state in ("pending", "sent"):
            messages.filtered(lambda m: m.state != "sent")._note_sent()
            return
        labels = dict(self._fields["failure_type"]._description_selection(self.env))
        reason = labels.get(failure, failure) or self.env._("Cancelled")
        if state == "canceled" or failure in _FINAL:
            messages._note_skipped(reason)
            return
        sms_sudo = messages.sms_id
        messages._note_failed(reason)
        # made anew later: this one must not be sent beside that
        sms_sudo.write({"state": "canceled"})

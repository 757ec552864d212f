# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, models

_logger = logging.getLogger(__name__)

#: values of "Precedence" that only programs use
_BULK = {"auto_reply", "bulk", "junk"}


def is_automatic(message):
    """Whether a program wrote the mail ``message``: RFC 3834, and what came before."""
    submitted = (message.get("Auto-Submitted") or "no").split(";")[0].strip().lower()
    precedence = (message.get("Precedence") or "").strip().lower()
    return bool(
        submitted != "no"
        or precedence in _BULK
        or message.get("X-Autoreply")
        or message.get("X-Autorespond")
    )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Automatic mails make no tickets, and move none."""
        if not is_automatic(message):
            return super()._message_route_process(message, message_dict, routes)
        kept = [
            route for route in routes or () if route[0] != "helpdesk.ticket" or route[1]
        ]
        if routes and not kept:
            _logger.info(
                "Ignored automatic mail from %s with Message-Id %s: no ticket",
                message_dict.get("email_from"),
                message_dict.get("message_id"),
            )
            return False
        automatic = self.with_context(helpdesk_automatic_mail=True)
        return super(MailThread, automatic)._message_route_process(
            message, message_dict, kept
        )

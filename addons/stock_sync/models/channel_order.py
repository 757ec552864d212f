# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from odoo.addons.order_management.neutral.payload import canonical_hash
from odoo.addons.order_management.tools.inbox_message import Message

_UNTRANSLATED = "untranslated"


class ChannelOrder(models.Model):
    """A row of the inbox; here: orders that a connector could not translate."""

    _inherit = "channel.order"

    @api.model
    def _receive_untranslated(self, channel, failed):
        """Store orders that nobody could translate, as rows in error.

        A later version that can be translated takes the row's place.

        :param dict failed: ``{external id: what is wrong}``
        """
        messages = []
        for external_id, text in failed.items():
            payload = {"external_id": external_id, "problem": text[:2000]}
            message = Message(
                external_id[:255], payload, None, canonical_hash(payload), _UNTRANSLATED
            )
            message.number, message.where = external_id[:255], text[:2000]
            messages.append(message)
        return self._store_messages(channel, messages)

    @api.model
    def _get_message_problem(self, message):
        """Override of ``order_management``: what the connector could not read."""
        if message.problem == _UNTRANSLATED:
            return self.env._("The connector cannot translate this order.")
        return super()._get_message_problem(message)

    def _is_cancelled_by_channel(self):
        """Whether the channel's last word about the order is that it is cancelled."""
        self.ensure_one()
        return (self.payload or {}).get("status") == "cancelled"

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.tools import consteq, hash_sign, verify_hash_signed

#: what the signature is for: a link made for anything else opens nothing here
_SCOPE = "order_management.track"
#: how tokens of ours look; the decoder alone would skip over foreign characters
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,300}")
#: however long a delivery takes: no link works longer than this after it was made
_MAX_AGE = timedelta(days=365)
#: states of delivery of an order of which something is still to come or to go
_UNDER_WAY = ("pending", "started", "partial")


class SaleOrder(models.Model):
    """An order; here: the link with which its customer follows it, without login.

    The link is signed over the order, its purpose and its end, and names nothing. It
    opens a page without prices and without addresses, and ends some time after the
    last delivery. Making links writes nothing; revoking them changes the order's salt,
    which is part of what is signed.
    """

    _inherit = "sale.order"

    tracking_salt = fields.Char(readonly=True, copy=False, groups="base.group_system")

    def _get_tracking_url(self):
        """The address of the page of this order, for its customer."""
        self.ensure_one()
        return f"{self.get_base_url()}/order/track/{self._get_tracking_token()}"

    def _get_tracking_token(self):
        self.ensure_one()
        # sudo: the key of the database is no user's, and neither is the salt
        order_sudo = self.sudo()
        return hash_sign(
            order_sudo.env,
            _SCOPE,
            [order_sudo.id, order_sudo.tracking_salt or ""],
            expiration=_MAX_AGE,
        )

    @api.model
    def _find_by_tracking_token(self, token):
        """The order that a link was made for.

        :param str token: anything that a visitor may have sent
        :return: the order as superuser; none where the token is not ours, was changed,
            has ended or was revoked: nobody learns which
        """
        none_sudo = self.sudo().browse()
        if not _TOKEN.fullmatch(token or ""):
            return none_sudo
        try:
            values = verify_hash_signed(none_sudo.env, _SCOPE, token)
        except ValueError:  # not base64, not text, of another version
            return none_sudo
        if not values:
            return none_sudo
        order_id, salt = values
        order_sudo = none_sudo.browse(order_id)
        try:
            known = order_sudo.tracking_salt or ""
        except MissingError:
            return none_sudo
        if not consteq(known, salt):
            return none_sudo
        if order_sudo.is_channel_test or order_sudo._is_tracking_over():
            return none_sudo
        return order_sudo

    def _is_tracking_over(self):
        """Whether the last delivery is longer ago than the company lets links live."""
        self.ensure_one()
        parts = self._get_tracking_parts()
        # known of the order itself, so that most pages need not look twice
        if any(part.delivery_status in _UNDER_WAY for part in parts):
            return False
        pickings = parts._get_customer_pickings()
        if not pickings or any(picking.state != "done" for picking in pickings):
            return False
        last = max(picking._get_customer_date() for picking in pickings)
        return last + timedelta(days=self.company_id.tracking_days) < (
            fields.Datetime.now()
        )

    def action_revoke_tracking(self):
        """End all links to these orders that were given out; new ones work."""
        self.check_access("write")
        for order in self.sudo():
            order.tracking_salt = secrets.token_hex(8)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Links that were given out open nothing any more. The next message "
                    "brings a new one."
                ),
            },
        }

    def action_open_tracking(self):
        """See what the customer sees."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/order/track/{self._get_tracking_token()}",
            "target": "new",
        }

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from ..channels.errors import ChannelError

_logger = logging.getLogger(__name__)


class OAuthController(http.Controller):
    """Where a seller comes back from the log-in at a channel."""

    @http.route(
        "/stock_sync/oauth/callback",
        type="http",
        auth="user",
        methods=["GET"],
        save_session=False,
    )
    def callback(self, state="", **params):
        """Take the tokens and lead back to the channel."""
        channels = request.env["sale.channel"]
        try:
            channel = channels._finish_login(state, params)
        except (AccessError, UserError) as error:
            return self._show(error.args[0])
        except ChannelError as error:
            return self._show(channels._explain_error(error))
        return request.redirect(f"/odoo/hub-channels/{channel.id}")

    def _show(self, text):
        """A page with the reason: the seller is the one who can act."""
        return request.make_response(
            text, headers=[("Content-Type", "text/plain; charset=utf-8")], status=400
        )

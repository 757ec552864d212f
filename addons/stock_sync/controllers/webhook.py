# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.http import request

#: a webhook is a hint: nobody needs more
MAX_BYTES = 2 * 1024 * 1024


class WebhookController(http.Controller):
    """Where channels tell that something happened."""

    @http.route(
        "/stock_sync/webhook/<int:channel_id>/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=MAX_BYTES,
    )
    def webhook(self, channel_id, token, **params):
        """Verify, store, answer; a job does the rest. Strangers learn nothing.

        An unknown channel, a wrong address and a wrong signature get one answer.
        """
        http_request = request.httprequest
        if (http_request.content_length or 0) > MAX_BYTES:
            return self._refuse()
        body = http_request.get_data()
        # the signature is the proof, there is no user
        channel_sudo = (
            request.env["sale.channel"]
            .sudo()
            .search([("id", "=", channel_id), ("active", "=", True)])
        )
        if not channel_sudo or not token.isascii():
            return self._refuse()
        headers = {name.lower(): value for name, value in http_request.headers.items()}
        answer = channel_sudo._take_webhook(
            token, headers, dict(http_request.args), body
        )
        if answer is None:
            return self._refuse()
        return request.make_response(
            answer.body,
            headers=[("Content-Type", answer.mimetype)],
            status=answer.status,
        )

    def _refuse(self):
        return request.make_response(
            "unauthorized", headers=[("Content-Type", "text/plain")], status=401
        )

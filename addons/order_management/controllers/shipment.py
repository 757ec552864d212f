# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.http import request

#: a hundred events need much less
MAX_BYTES = 256 * 1024


class ShipmentController(http.Controller):
    """Where carriers tell what happened to parcels; see readme/SHIPMENTS.md."""

    @http.route(
        "/order_management/shipment/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=MAX_BYTES,
    )
    def shipment(self, token, **params):
        """Verify, store, answer; a job does the rest.

        An unknown address, a wrong signature and an old message get one answer; Odoo
        refuses what is too long before it comes here.
        """
        http_request = request.httprequest
        # the signature is the proof, there is no user
        carriers = request.env["delivery.carrier"].sudo()
        answer = carriers._take_webhook(
            token,
            http_request.headers.get("X-Webhook-Timestamp", ""),
            http_request.headers.get("X-Webhook-Signature", ""),
            http_request.get_data(),
        )
        return self._answer(*(answer or (401, {"error": "unauthorized"})))

    def _answer(self, status, content):
        return request.make_json_response(content, status=status)

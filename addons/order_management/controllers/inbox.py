# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from werkzeug.exceptions import BadRequest, UnprocessableEntity

from odoo import http
from odoo.http import request

from ..tools.inbox_message import read_members

_ARGUMENTS = {"channel_id", "payloads", "context"}


class InboxDispatcher(http.Json2Dispatcher):
    """JSON-2, but for a body that the endpoint reads itself, from its exact bytes."""

    routing_type = "order_management_inbox"

    def dispatch(self, endpoint, args):
        self.request.params = dict(args)
        result = self.request.registry["ir.http"]._dispatch(endpoint)
        return self.request.make_json_response(result)


class InboxController(http.Controller):
    """``POST /json/2/channel.order/receive``: Odoo's own route, read more carefully.

    Odoo parses a body before any method sees it: of two equal keys one is gone, and
    one order of a thousand levels fails the whole batch. Here the orders are taken out
    of the body as text, so that each is stored with its exact bytes. Address, rights,
    arguments, answers and errors are those of JSON-2.
    """

    @http.route(
        "/json/2/channel.order/receive",
        type="order_management_inbox",
        auth="bearer",
        methods=["POST"],
        save_session=False,
    )
    def receive(self):
        """Store orders; see ``channel.order.receive``."""
        members = self._read_body()
        channel_id = self._load(members["channel_id"])
        context = self._load(members.get("context", "{}"))
        if not isinstance(context, dict):
            raise UnprocessableEntity("“context” must be a JSON object")
        # the rest of it could mean anything to Odoo, and nothing to what happens here
        known = {
            name: text
            for name, text in context.items()
            if name in ("lang", "tz") and isinstance(text, str)
        }
        model = request.env["channel.order"].with_context(**known)
        channel_sudo = model._get_receiving_channel(channel_id)
        payloads = members["payloads"]
        model._check_payloads([] if payloads.startswith("[") else None)
        try:
            return model._receive_raw(channel_sudo, payloads.encode())
        except ValueError as error:
            raise BadRequest(f"could not parse the body as json: {error}") from error

    def _read_body(self):
        try:
            members = read_members(request.httprequest.get_data())
        except ValueError as error:
            raise BadRequest(f"could not parse the body as json: {error}") from error
        wrong = set(members) - _ARGUMENTS or {"channel_id", "payloads"} - set(members)
        if wrong:
            names = ", ".join(sorted(wrong))
            raise UnprocessableEntity(f"missing or unexpected argument: {names[:200]}")
        return members

    def _load(self, text):
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadRequest(f"could not parse the body as json: {error}") from error

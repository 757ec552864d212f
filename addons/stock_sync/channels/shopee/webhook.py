# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Shopee's pushes: signed over the address they were registered with and the body."""

import hmac
import json
from collections.abc import Sequence

from ..errors import BadSignature
from ..types import Hint, WebhookAnswer, WebhookRequest
from .client import moment, push_signature

_TOPICS = {
    1: "token",
    2: "token",
    3: "order",
    4: "order",
    6: "listing",
    7: "listing",
    8: "stock",
    9: "stock",
    12: "token",
    15: "order",
}


class WebhookMixin:
    """The part of the adapter that is called by Shopee."""

    def verify_webhook(self, request: WebhookRequest) -> Sequence[Hint]:
        """What a push is about. The address is the registered one, whatever a proxy
        made of it on the way."""
        url = self.shop.webhook_url or request.url
        given = request.headers.get("authorization", "")
        key = self.credentials.app_secret
        if not key or not given.isascii():
            raise BadSignature("unsigned", code="signature")
        if not hmac.compare_digest(given, push_signature(key, url, request.body)):
            raise BadSignature("wrong signature", code="signature")
        try:
            push = json.loads(request.body)
            code, data = int(push["code"]), push.get("data") or {}
            shop_id = str(push.get("shop_id") or "")
        except (
            ValueError,
            KeyError,
            TypeError,
            RecursionError,
            AttributeError,
        ) as error:
            raise BadSignature("signed, but unreadable", code="body") from error
        if self.shop.shop_id and shop_id and shop_id != self.shop.shop_id:
            raise BadSignature("a push for another shop", code="shop")
        if not isinstance(data, dict):
            data = {}
        external_id = str(data.get("ordersn") or data.get("order_sn") or "")
        external_id = external_id or str(data.get("item_id") or "")
        at = moment(data.get("update_time") or push.get("timestamp"))
        event = f"{code}:{external_id}:{data.get('status', '')}:{push.get('timestamp')}"
        return (Hint(_TOPICS.get(code, "other"), external_id, event, at, shop_id),)

    def webhook_answer(self, hints: Sequence[Hint]) -> WebhookAnswer:
        """Shopee wants an empty body."""
        return WebhookAnswer(200, b"")

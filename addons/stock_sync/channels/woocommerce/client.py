# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Calls to a WooCommerce shop, REST v3.

Over https the key pair goes in HTTP Basic. Over plain http WooCommerce refuses that and
wants OAuth 1.0a in one leg with HMAC-SHA256 (WC_REST_Authentication).
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from ..errors import (
    AuthorisationLost,
    BadAnswer,
    ClockSkew,
    Misconfigured,
    NotFound,
    PermissionMissing,
    Refused,
    Unavailable,
)
from ..transport import Answer, Transport
from ..types import Credentials, Shop

_API = "/wp-json/wc/v3/"
#: answered with HTTP 500 although trying again never helps
_FINAL_500 = ("woocommerce_rest_cannot_create_order_refund",)


def oauth_signature(
    method: str, url: str, params: Mapping[str, str], secret: str
) -> str:
    """The OAuth 1.0a signature of a call; ``params`` without the signature itself.

    WooCommerce encodes the pairs once and their joined text once more.
    """
    pairs = "&".join(f"{_encode(key)}={_encode(params[key])}" for key in sorted(params))
    text = f"{method}&{_encode(url)}&{_encode(pairs)}"
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def webhook_signature(secret: str, body: bytes) -> str:
    """What WooCommerce writes in X-WC-Webhook-Signature."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _encode(text):
    return quote(str(text), safe="~-._")


class Client:
    """Calls with one key pair."""

    def __init__(self, shop: Shop, credentials: Credentials, transport: Transport):
        self.shop = shop
        self.credentials = credentials
        self.transport = transport
        self.base = shop.base_url.rstrip("/")

    def request(
        self,
        method: str,
        name: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        bucket: str = "default",
    ) -> tuple[Any, Answer]:
        """One call; its JSON and the answer, whose headers tell the pages.

        :raises Misconfigured: without address or keys, or when there is no shop
        """
        if not self.base:
            raise Misconfigured("the shop's address", code="base_url")
        key, secret = self.credentials.app_key, self.credentials.app_secret
        if not key or not secret:
            raise Misconfigured("consumer key or secret", code="app_key")
        url = f"{self.base}{_API}{name}"
        params = {k: str(v) for k, v in (params or {}).items()}
        auth = None
        if urlsplit(url).scheme == "https":
            auth = (key, secret)
        else:
            params |= self._oauth(method, url, params)
        answer = self.transport.request(
            method,
            url,
            params=params,
            json_body=body,
            auth=auth,
            bucket=bucket,
        )
        return read(answer), answer

    def get(self, name: str, **params: Any) -> Any:
        """The JSON of a GET call."""
        return self.request("GET", name, params)[0]

    def shop_name(self) -> str:
        """The site's name, which everybody may read."""
        answer = self.transport.request("GET", f"{self.base}/wp-json/")
        if answer.status >= 300:
            return ""
        index = answer.json()
        return str(index.get("name") or "") if isinstance(index, dict) else ""

    def _oauth(self, method, url, params):
        oauth = {
            "oauth_consumer_key": self.credentials.app_key,
            "oauth_timestamp": str(int(time.time())),
            "oauth_nonce": secrets.token_hex(20),
            "oauth_signature_method": "HMAC-SHA256",
        }
        secret = self.credentials.app_secret
        signature = oauth_signature(method, url, {**params, **oauth}, secret)
        return {**oauth, "oauth_signature": signature}


def read(answer: Answer) -> Any:
    """The JSON of an answer.

    :raises ChannelError: what the shop says went wrong
    """
    if answer.status < 300:
        return answer.json()
    if answer.status < 400:
        raise Misconfigured("the address leads elsewhere", code="redirect")
    try:
        error = answer.json()
    except BadAnswer:
        error = None
    if not isinstance(error, dict) or "code" not in error:
        if answer.status >= 500:
            raise Unavailable(f"HTTP {answer.status}", code=f"http_{answer.status}")
        raise Misconfigured("no WooCommerce answers there", code="no_api")
    raise error_of(answer.status, str(error["code"]), str(error.get("message") or ""))


def error_of(status: int, code: str, message: str):
    """The error that WooCommerce's status and code stand for."""
    text = message[:500]
    if "oauth_timestamp" in code or "timestamp" in message.lower():
        return ClockSkew(text, code)
    if status == 401:
        return AuthorisationLost(text, code)
    if status == 403:
        return PermissionMissing(text, code)
    if status == 404:
        missing = Misconfigured if code == "rest_no_route" else NotFound
        return missing(text, code)
    if status >= 500 and code not in _FINAL_500:
        return Unavailable(text, code)
    return Refused(text, code)

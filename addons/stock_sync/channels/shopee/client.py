# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Calls to Shopee Open Platform v2: signatures, envelope, errors.

``sign = hex(HMAC-SHA256(partner key, partner id + path + timestamp [+ access token +
shop id]))``; nothing else is signed (Shopee Open Platform, "API calls"). An empty
``error`` is success; HTTP 200 is not.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from ..errors import (
    AlreadyDone,
    AuthorisationLost,
    BadAnswer,
    ChannelError,
    ClockSkew,
    Misconfigured,
    NotFound,
    PermissionMissing,
    QuotaExhausted,
    RateLimited,
    Refused,
    TokenExpired,
    Unavailable,
)
from ..transport import Transport
from ..types import Credentials, Shop

HOST = "https://partner.shopeemobile.com"
SANDBOX = "https://openplatform.sandbox.test-stable.shopee.sg"
_PREFIX = "/api/v2/"
#: the day of limits begins at midnight of this zone
_SHOPEE_DAY = timezone(timedelta(hours=8))

_ERRORS: dict[str, type[ChannelError]] = {
    "error_sign": AuthorisationLost,
    "error_partner_key_expired": AuthorisationLost,
    "refresh_token_expired": AuthorisationLost,
    "invalid_refresh_token": AuthorisationLost,
    "shop_banned": AuthorisationLost,
    "error_shop": AuthorisationLost,
    # spelt so by Shopee
    "invalid_acceess_token": TokenExpired,
    "invalid_access_token": TokenExpired,
    "error_permission": PermissionMissing,
    "source_ip_undeclared": PermissionMissing,
    "error_rate_limit": RateLimited,
    "error_limit": QuotaExhausted,
    "error_server": Unavailable,
    "error_inner": Unavailable,
    "error_network": Unavailable,
    "error_system_busy": Unavailable,
    "error_data": Refused,
    "error_not_found": NotFound,
    "error_item_not_found": NotFound,
    "order_not_found": NotFound,
}
_SAYS_TOKEN = re.compile(r"access[_ ]?token", re.I)
_SAYS_TIME = re.compile(r"timestamp|expired", re.I)
_SAYS_ALREADY = re.compile(r"already|has been (shipped|cancell?ed|arranged)", re.I)
_SAYS_MISSING = re.compile(r"not (found|exist)", re.I)


def number(text: str) -> int:
    """Shopee wants its ids as JSON numbers.

    :raises Misconfigured: when it is none
    """
    if not str(text).isascii() or not str(text).isdigit():
        raise Misconfigured(f"{text!r:.40} is no number of Shopee", code="id")
    return int(text)


def sign(
    partner_key: str,
    partner_id: str,
    path: str,
    timestamp: int,
    access_token: str = "",
    shop_id: str = "",
) -> str:
    """The signature of one call; without token and shop that of a public call."""
    text = f"{partner_id}{path}{timestamp}{access_token}{shop_id}"
    return hmac.new(partner_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def push_signature(partner_key: str, url: str, body: bytes) -> str:
    """What Shopee writes in the Authorization header of a push."""
    text = url.encode() + b"|" + body
    return hmac.new(partner_key.encode(), text, hashlib.sha256).hexdigest()


class Client:
    """Signed calls for one shop."""

    def __init__(self, shop: Shop, credentials: Credentials, transport: Transport):
        self.shop = shop
        self.credentials = credentials
        self.transport = transport
        self.host = (shop.base_url or (SANDBOX if shop.sandbox else HOST)).rstrip("/")

    def signed_url(self, name: str, public: bool = False) -> tuple[str, dict[str, Any]]:
        """Address and common parameters of call ``name`` (``order/get_order_list``).

        :raises Misconfigured: when the app's id or key, or the shop, is missing, or the
            id is no number
        """
        partner_id, key = self.credentials.app_key, self.credentials.app_secret
        if not partner_id or not key:
            raise Misconfigured("partner id or partner key", code="app_key")
        number(partner_id)
        if not public and not self.shop.shop_id:
            raise Misconfigured("shop id", code="shop_id")
        path, now = _PREFIX + name, int(time.time())
        common = {"partner_id": partner_id, "timestamp": now}
        token, shop_id = "", ""
        if not public:
            token, shop_id = self.credentials.access_token, self.shop.shop_id
            if not token:
                raise TokenExpired("no access token yet", code="no_token")
            common |= {"access_token": token, "shop_id": shop_id}
        common["sign"] = sign(key, partner_id, path, now, token, shop_id)
        return self.host + path, common

    def get(self, name: str, params: Mapping[str, Any], bucket: str = "default") -> Any:
        """One GET call; the whole envelope."""
        url, common = self.signed_url(name)
        answer = self.transport.request(
            "GET", url, params={**common, **params}, bucket=bucket
        )
        return read(answer)

    def post(
        self,
        name: str,
        body: Mapping[str, Any],
        bucket: str = "default",
        public: bool = False,
    ) -> Any:
        """One POST call; the whole envelope."""
        url, common = self.signed_url(name, public)
        answer = self.transport.request(
            "POST", url, params=common, json_body=body, bucket=bucket
        )
        return read(answer)

    def download(self, name: str, body: Mapping[str, Any]) -> bytes:
        """One POST call that answers with a file, or with an envelope's error."""
        url, common = self.signed_url(name)
        answer = self.transport.request("POST", url, params=common, json_body=body)
        if answer.headers.get("content-type", "").startswith("application/json"):
            read(answer)
            raise BadAnswer("JSON where a file was expected", code="no_file")
        return answer.body


def read(answer) -> dict:
    """The envelope of an answer.

    :raises ChannelError: what the envelope says went wrong
    """
    if answer.status >= 500:
        raise Unavailable(f"HTTP {answer.status}", code=f"http_{answer.status}")
    envelope = answer.json()
    if not isinstance(envelope, dict):
        raise BadAnswer("an answer without an envelope", code="envelope")
    code = str(envelope.get("error") or "").strip()
    if code:
        raise error_of(code, str(envelope.get("message") or ""))
    if answer.status >= 400:
        raise Refused(f"HTTP {answer.status}", code=f"http_{answer.status}")
    return envelope


def error_of(code: str, message: str) -> ChannelError:
    """The error that Shopee's code and message stand for."""
    # codes may carry the module: "product.error_busi"
    short = code.rpartition(".")[2]
    cls = _ERRORS.get(short)
    if short == "error_auth":
        # the same code is used for a token that ended and for a wrong app
        cls = TokenExpired if _SAYS_TOKEN.search(message) else AuthorisationLost
    elif short == "error_param" and _SAYS_TIME.search(message):
        cls = ClockSkew
    elif cls is None and _SAYS_ALREADY.search(message):
        cls = AlreadyDone
    elif cls is None and (_SAYS_MISSING.search(message) or short.endswith("not_found")):
        cls = NotFound
    error = (cls or Refused)(message[:500], code=code)
    if cls is QuotaExhausted:
        error.retry_after = seconds_to_midnight()
    return error


def seconds_to_midnight(now: datetime | None = None) -> float:
    """Seconds until the daily limits start anew."""
    here = (now or datetime.now(timezone.utc)).astimezone(_SHOPEE_DAY)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=1) - here).total_seconds()


def moment(value: Any) -> datetime | None:
    """An aware datetime for Shopee's seconds since 1970; zero and nothing are None."""
    try:
        seconds = int(value or 0)
        return datetime.fromtimestamp(seconds, timezone.utc) if seconds > 0 else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None

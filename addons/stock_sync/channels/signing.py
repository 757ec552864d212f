# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Signed webhooks of shops that let us choose how: Vendure, Medusa, generic ones.

Two headers: ``X-Webhook-Timestamp``, whole seconds since 1970, and
``X-Webhook-Signature``, HMAC-SHA256 in hex over the time stamp, a point and the raw
body. What is older than five minutes, or newer, is refused: a message that was
overheard cannot be sent again later. `examples/shop_webhooks` has the sender.
"""

import hashlib
import hmac

from .errors import BadSignature, Misconfigured
from .types import WebhookRequest

TIMESTAMP = "x-webhook-timestamp"
SIGNATURE = "x-webhook-signature"
#: seconds that a message's moment may differ from ours
WINDOW = 300


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of ``body`` sent at ``timestamp``, in hex."""
    message = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def headers(secret: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers that make ``body`` a signed message."""
    stamp = str(int(timestamp))
    return {TIMESTAMP: stamp, SIGNATURE: sign(secret, stamp, body)}


def check(
    request: WebhookRequest,
    secret: str,
    window: float = WINDOW,
    names: tuple[str, str] = (TIMESTAMP, SIGNATURE),
):
    """Accept a message that was signed with ``secret`` within ``window`` seconds.

    :param names: the two headers' names in lower case
    :raises BadSignature: for any other
    :raises Misconfigured: when there is no secret to check with
    """
    if not secret:
        raise Misconfigured("the webhook secret is missing", code="webhook_secret")
    stamp = request.headers.get(names[0], "")
    given = request.headers.get(names[1], "").strip().lower()
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise BadSignature("no time stamp", code="timestamp")
    if not hmac.compare_digest(
        sign(secret, stamp, request.body).encode(), given.encode()
    ):
        raise BadSignature("the signature is another", code="signature")
    if abs(request.received_at.timestamp() - int(stamp)) > window:
        raise BadSignature("too old, or from the future", code="replay")

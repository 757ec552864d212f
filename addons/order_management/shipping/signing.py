# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Signed messages of carriers.

Two headers: ``X-Webhook-Timestamp``, whole seconds since 1970, and
``X-Webhook-Signature``, HMAC-SHA256 in hex over the time stamp, a point and the raw
body. What is older than five minutes, or newer, is refused.
"""

import hashlib
import hmac

TIMESTAMP = "X-Webhook-Timestamp"
SIGNATURE = "X-Webhook-Signature"
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


def is_genuine(
    secret: str, timestamp: str, signature: str, body: bytes, now: float
) -> bool:
    """Whether ``body`` was signed with ``secret`` within five minutes of ``now``."""
    if not secret or not timestamp.isascii() or not timestamp.isdigit():
        return False
    if len(timestamp) > 12:
        return False
    expected = sign(secret, timestamp, body)
    given = signature.strip().lower()
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        return False
    return abs(now - int(timestamp)) <= WINDOW

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""HTTP for adapters: time limits, size limits, no private networks, no secrets in logs.

An adapter never imports ``requests``: it asks the transport, which takes a token of the
shop's bucket first, follows no redirect, reads at most ``MAX_BYTES``, and turns what
goes wrong on the way into the errors of ``errors``.
"""

import ipaddress
import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager

from .errors import BadAnswer, Misconfigured, RateLimited, Unavailable

MAX_BYTES = 32 * 1024 * 1024
TIMEOUT = (10, 60)

#: called before each request with the bucket's name and the cost; raises RateLimited
Throttle = Callable[[str, float], None]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer that arrived whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, decimal fractions as Decimal.

        :raises BadAnswer: when it is none
        """
        try:
            return json.loads(self.body, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise BadAnswer(f"HTTP {self.status} without readable JSON") from error


class Transport:
    """Sends requests of one shop. One object serves one job."""

    def __init__(
        self,
        throttle: Throttle | None = None,
        allow_private: bool = False,
        timeout: tuple[float, float] = TIMEOUT,
        max_bytes: int = MAX_BYTES,
    ):
        self._throttle = throttle
        self._allow_private = allow_private
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._pinned = {}
        self._session = requests.Session()
        # neither proxies nor .netrc of the server's environment
        self._session.trust_env = False

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._session.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json_body: Any = None,
        data: bytes | Mapping[str, Any] | None = None,
        auth: tuple[str, str] | None = None,
        bucket: str = "default",
        cost: float = 1.0,
    ) -> Answer:
        """Send one request; the answer of any HTTP status but 429, 502, 503, 504.

        :raises RateLimited: HTTP 429, or the shop's bucket is empty
        :raises Unavailable: no whole answer, or 502, 503, 504
        :raises Misconfigured: an address that must not be called
        """
        host = self._open_way(url)
        if self._throttle:
            self._throttle(bucket, cost)
        body = data
        headers = dict(headers or {})
        if json_body is not None:
            body = json.dumps(json_body, default=str).encode()
            headers.setdefault("Content-Type", "application/json")
        try:
            with self._session.request(
                method,
                url,
                params=params,
                headers=headers,
                data=body,
                auth=auth,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                content = self._read(response)
                answer = Answer(
                    response.status_code,
                    {k.lower(): v for k, v in response.headers.items()},
                    content,
                )
        except requests.exceptions.SSLError as error:
            name = type(error).__name__
            raise Unavailable(f"{name} at {host}", code="tls") from None
        except requests.RequestException as error:
            # the error's text may hold the address with its signature and token
            raise Unavailable(
                f"{type(error).__name__} at {host}", code="network"
            ) from None
        return self._judge(answer, host)

    def _open_way(self, url):
        """Refuse addresses that must not be called; the host.

        What a name resolves to is checked, and the address that was checked is the one
        that is called: a second look-up could answer differently.
        """
        parts = urlsplit(url)
        host = parts.hostname
        if parts.scheme not in ("http", "https") or not host or parts.username:
            raise Misconfigured(f"{url[:80]!r} is no web address", code="url")
        if self._allow_private:
            return host
        address = public_address(host, parts.port or _PORTS[parts.scheme])
        prefix = f"{parts.scheme}://{parts.netloc}"
        if self._pinned.get(prefix) != address:
            self._session.mount(prefix, _PinnedAdapter(host, address))
            self._pinned[prefix] = address
        return host

    def _read(self, response):
        chunks, size = [], 0
        for chunk in response.iter_content(65536):
            size += len(chunk)
            if size > self._max_bytes:
                raise BadAnswer(
                    f"more than {self._max_bytes} bytes", code="answer_too_large"
                )
            chunks.append(chunk)
        return b"".join(chunks)

    def _judge(self, answer, host):
        if answer.status == 429:
            raise RateLimited(
                host, code="http_429", retry_after=_retry_after(answer.headers)
            )
        if answer.status in (502, 503, 504):
            raise Unavailable(
                host,
                code=f"http_{answer.status}",
                retry_after=_retry_after(answer.headers),
            )
        return answer


_PORTS = {"http": 80, "https": 443}


def public_address(host: str, port: int) -> str:
    """The address that ``host`` resolves to, which must be one of the open internet.

    :raises Misconfigured: when one of its addresses is private, local or reserved
    :raises Unavailable: when it cannot be resolved
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"{host} cannot be resolved", code="dns") from error
    addresses = [info[4][0].partition("%")[0] for info in found]
    for address in addresses:
        if not is_public(address):
            raise Misconfigured(
                f"{host} is an address of a private network", code="private_network"
            )
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet."""
    ip = ipaddress.ip_address(address)
    ip = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None) or ip
    return ip.is_global and not ip.is_multicast


def is_inner_host(host: str) -> bool:
    """Whether a host's name alone says that nobody on the internet can call it."""
    try:
        return not is_public(host)
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2].lower()
        return last == host.lower() or last in ("local", "localhost", "internal")


class _PinnedPools(PoolManager):
    """Connects to one address while TLS still expects the name."""

    def __init__(self, *args, pinned, **kwargs):
        self._pinned_host, self._pinned_address = pinned
        super().__init__(*args, **kwargs)

    def connection_from_host(self, host, port=None, scheme="http", pool_kwargs=None):
        """Override of `urllib3`: another address, the same name for TLS."""
        if scheme == "https":
            pool_kwargs = {
                **self.connection_pool_kw,
                **(pool_kwargs or {}),
                "server_hostname": self._pinned_host,
                "assert_hostname": self._pinned_host,
            }
        return super().connection_from_host(
            self._pinned_address, port, scheme, pool_kwargs
        )


class _PinnedAdapter(HTTPAdapter):
    """Calls ``host`` at ``address`` and nowhere else."""

    def __init__(self, host, address):
        self._pinned = host, f"[{address}]" if ":" in address else address
        super().__init__()

    def init_poolmanager(self, connections, maxsize, block=False, **kwargs):
        """Override of `requests`: pools that know only one address."""
        self.poolmanager = _PinnedPools(
            num_pools=connections,
            maxsize=maxsize,
            block=block,
            pinned=self._pinned,
            **kwargs,
        )

    def add_headers(self, request, **kwargs):
        """Override of `requests`: the name that was asked for."""
        request.headers["Host"] = urlsplit(request.url).netloc


def _retry_after(headers):
    """Seconds of a Retry-After header that is a number, at most a day."""
    value = headers.get("retry-after", "")
    return min(float(value), 86400.0) if value.isdigit() else None

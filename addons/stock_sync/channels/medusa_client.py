# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Medusa's Admin API: how to ask, and what its answers mean."""

import base64

from .errors import (
    AuthorisationLost,
    BadAnswer,
    Misconfigured,
    NotFound,
    PermissionMissing,
    Refused,
    Unavailable,
)


class Client:
    """One connection, with a secret API key or a user's password.

    ``app_key`` alone is a secret key (``sk_...``); with ``app_secret`` it is a user's
    e-mail address and the secret that user's password.
    """

    def __init__(self, shop, credentials, transport):
        self._shop = shop
        self._credentials = credentials
        self._transport = transport
        self._token = ""

    def get(self, path, **params):
        """Read; ``params`` without those that are None."""
        return self._call("GET", path, params=params)

    def post(self, path, body, **params):
        """Change something."""
        return self._call("POST", path, params=params, json_body=body)

    def _call(self, method, path, **request):
        base = self._shop.base_url.rstrip("/")
        if not base:
            raise Misconfigured("the shop's address is missing", code="base_url")
        answer = self._transport.request(
            method, base + path, headers=self._headers(), **request
        )
        return self._read(answer)

    def _headers(self):
        credentials = self._credentials
        if not credentials.app_key:
            raise Misconfigured("the secret API key is missing", code="app_key")
        if not credentials.app_secret:
            key = base64.b64encode(f"{credentials.app_key}:".encode()).decode()
            return {"Authorization": f"Basic {key}"}
        if not self._token:
            login = {"email": credentials.app_key, "password": credentials.app_secret}
            url = self._shop.base_url.rstrip("/") + "/auth/user/emailpass"
            answer = self._transport.request("POST", url, json_body=login)
            self._token = self._read(answer)["token"]
        return {"Authorization": f"Bearer {self._token}"}

    @staticmethod
    def _read(answer):
        try:
            body = answer.json()
            if not isinstance(body, dict):
                raise BadAnswer("not an object")
        except BadAnswer:
            if answer.status < 300:
                raise
            body = {}
        if answer.status < 300:
            return body
        text = str(body.get("message", ""))[:500]
        code = str(body.get("code") or body.get("type") or f"http_{answer.status}")
        if answer.status == 401:
            raise AuthorisationLost(text, code)
        if answer.status == 403:
            raise PermissionMissing(text, code)
        if answer.status < 400 or answer.status == 404 and not body:
            raise Misconfigured("no Medusa at this address", code)
        if answer.status == 404:
            raise NotFound(text, code)
        if answer.status in (408, 409, 425) or answer.status >= 500:
            raise Unavailable(text, code)
        raise Refused(text, code)

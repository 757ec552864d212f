# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Shopee Open Platform v2: one shop."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from urllib.parse import urlencode, urlsplit

from ..adapter import Adapter, register
from ..errors import BadAnswer, ChannelError, Misconfigured
from ..types import (
    Auth,
    Bucket,
    Capabilities,
    OrderPage,
    OrderRef,
    Orders,
    Returns,
    Settlements,
    ShopInfo,
    Tokens,
)
from .aftersales import remote_return, settlement
from .client import Client, moment, number
from .decisions import DecisionsMixin
from .listings import ListingsMixin
from .orders import OPTIONAL_FIELDS, WITHOUT_ESCROW, amount, neutral_order
from .shipping import ShippingMixin
from .webhook import WebhookMixin

#: longest stretch of one order list; Shopee refuses more
_WINDOW = timedelta(days=15) - timedelta(seconds=1)
_PAGE = 100
#: an access token that lasts longer than this is a moment, not a number of seconds
_LONGEST_SECONDS = 10**6


@register("shopee")
class ShopeeAdapter(
    DecisionsMixin, ListingsMixin, ShippingMixin, WebhookMixin, Adapter
):
    """One shop on Shopee.

    ``credentials.app_key`` and ``app_secret`` are the app's partner id and key,
    ``shop.shop_id`` the shop's number.
    """

    client_type = Client
    capabilities = Capabilities(
        name="Shopee",
        auth=Auth.OAUTH,
        webhooks=True,
        returns=True,
        settlements=True,
        stock_batch=50,
        locations=True,
        price=True,
        ship=True,
        partial_shipments=True,
        labels=True,
        cancel=True,
        tell_return=("approved", "refused", "refunded"),
        accepting_pays=True,
        answer_cancellation=True,
        sandbox=True,
        order_page=_PAGE,
        order_batch=50,
        order_window_days=15,
        # Shopee publishes no figure; it answers error_rate_limit when it is too much
        buckets=(Bucket("default", 20, 10), Bucket("stock", 20, 10)),
    )

    # --- connect ---
    def check(self) -> ShopInfo:
        """Name and region of the shop that the token is for."""
        info = self.client.get("shop/get_shop_info", {})
        warnings = []
        expires = moment(info.get("expire_time"))
        if expires and expires - datetime.now(timezone.utc) < timedelta(days=7):
            warnings.append(f"authorisation ends {expires.date().isoformat()}")
        if str(info.get("status") or "NORMAL") != "NORMAL":
            warnings.append(f"shop status {info['status']}")
        return ShopInfo(
            shop_id=self.shop.shop_id,
            name=str(info.get("shop_name") or ""),
            country=str(info.get("region") or ""),
            server=urlsplit(self.client.host).netloc,
            warnings=tuple(warnings),
        )

    def authorise_url(self, redirect_uri: str, state: str) -> str:
        """The log-in page. Shopee knows no state: the redirect address takes it."""
        url, common = self.client.signed_url("shop/auth_partner", public=True)
        mark = "&" if urlsplit(redirect_uri).query else "?"
        redirect = f"{redirect_uri}{mark}{urlencode({'state': state})}"
        return f"{url}?{urlencode({**common, 'redirect': redirect})}"

    def exchange_code(self, params: Mapping[str, str]) -> Sequence[Tokens]:
        """Tokens for a code; one pair serves every shop of a main account until each
        has refreshed once."""
        code = params.get("code")
        shop_id, main = params.get("shop_id"), params.get("main_account_id")
        if not code or not (shop_id or main):
            raise Misconfigured("no code or no shop in the answer", code="code")
        owner = {"shop_id": number(shop_id)} if shop_id else {}
        owner = owner or {"main_account_id": number(main)}
        answer = self.client.post(
            "auth/token/get",
            {"code": code, "partner_id": number(self.credentials.app_key), **owner},
            public=True,
        )
        shops = [shop_id] if shop_id else answer.get("shop_id_list") or ()
        return tuple(_tokens(answer, str(one)) for one in shops)

    def refresh(self) -> Tokens:
        """A new pair; the refresh token that was used is dead from now on."""
        if not self.credentials.refresh_token or not self.shop.shop_id:
            raise Misconfigured("no refresh token or shop id", code="refresh_token")
        answer = self.client.post(
            "auth/access_token/get",
            {
                "refresh_token": self.credentials.refresh_token,
                "shop_id": number(self.shop.shop_id),
                "partner_id": number(self.credentials.app_key),
            },
            public=True,
        )
        return _tokens(answer, self.shop.shop_id)

    # --- orders ---
    def list_orders(
        self, since: datetime | None, until: datetime | None, cursor: str = ""
    ) -> OrderPage:
        """One page of a stretch of at most 15 days; the cursor leads through the
        stretches of a longer time. It keeps the end of the whole: an end that went on
        with the clock would never be reached by a shop that answers slowly."""
        if cursor:
            start, end, page = cursor.split("|", 2)
            start, end = int(start), int(end)
        else:
            end = int((until or datetime.now(timezone.utc)).timestamp())
            first = since.timestamp() if since else end - _WINDOW.total_seconds()
            start, page = int(first), ""
        stop = min(end, start + int(_WINDOW.total_seconds()))
        response = _response(
            self.client.get(
                "order/get_order_list",
                {
                    "time_range_field": "update_time",
                    "time_from": start,
                    "time_to": stop,
                    "page_size": _PAGE,
                    "cursor": page,
                    "response_optional_fields": "order_status",
                    "request_order_status_pending": "true",
                },
                bucket="orders",
            )
        )
        refs = tuple(
            OrderRef(str(entry["order_sn"]))
            for entry in response.get("order_list") or ()
            if entry.get("order_sn")
        )
        following = ""
        if response.get("more") and response.get("next_cursor"):
            following = f"{start}|{end}|{response['next_cursor']}"
        elif stop < end:
            following = f"{stop}|{end}|"
        return OrderPage(refs, following)

    def read_orders(self, external_ids: Sequence[str]) -> Orders:
        """Orders with their income. A number Shopee does not know is silently left
        out of its answer: it is among the missing."""
        wanted = list(dict.fromkeys(external_ids))
        if not wanted:
            return Orders()
        response = _response(
            self.client.get(
                "order/get_order_detail",
                {
                    "order_sn_list": ",".join(wanted),
                    "request_order_status_pending": "true",
                    "response_optional_fields": OPTIONAL_FIELDS,
                },
                bucket="orders",
            )
        )
        details = {
            str(order.get("order_sn")): order
            for order in response.get("order_list") or ()
        }
        incomes = self._read_incomes(
            [
                sn
                for sn, order in details.items()
                if order.get("order_status") not in WITHOUT_ESCROW
            ]
        )
        self._add_numbers(details)
        orders, failed = {}, {}
        for sn, order in details.items():
            if order.get("order_status") not in WITHOUT_ESCROW and sn not in incomes:
                failed[sn] = "Shopee has not calculated the income of this order yet."
                continue
            try:
                orders[sn] = neutral_order(order, incomes.get(sn))
            except (ChannelError, ArithmeticError, AttributeError, TypeError) as error:
                failed[sn] = f"{type(error).__name__}: {error}"
            except (KeyError, ValueError) as error:
                failed[sn] = f"{type(error).__name__}: {error}"
        missing = tuple(sn for sn in wanted if sn not in details)
        return Orders(orders, missing, failed)

    def _read_incomes(self, order_sns):
        """``{order number: income}``; those that are not there are left out."""
        incomes = {}
        for start in range(0, len(order_sns), 50):
            answer = self.client.post(
                "payment/get_escrow_detail_batch",
                {"order_sn_list": order_sns[start : start + 50]},
                bucket="orders",
            )
            for entry in answer.get("response") or ():
                detail = entry.get("escrow_detail") or entry
                if detail.get("order_sn") and detail.get("order_income"):
                    incomes[str(detail["order_sn"])] = detail["order_income"]
        return incomes

    # --- returns and money ---
    def list_returns(self, since: datetime | None, cursor: str = "") -> Returns:
        """Returns changed in the last 15 days, or since a later moment."""
        now = datetime.now(timezone.utc)
        start = max(since, now - _WINDOW) if since else now - _WINDOW
        page = int(cursor or 0)
        response = _response(
            self.client.get(
                "returns/get_return_list",
                {
                    "page_no": page,
                    "page_size": 40,
                    "update_time_from": int(start.timestamp()),
                    "update_time_to": int(now.timestamp()),
                },
            )
        )
        found = response.get("return") or response.get("return_list") or ()
        more = bool(found) and bool(response.get("more"))
        return Returns(
            tuple(remote_return(entry) for entry in found if entry.get("return_sn")),
            str(page + 1) if more else "",
        )

    def list_settlements(self, since: datetime | None, cursor: str = "") -> Settlements:
        """What was released on each day that is over, a statement a day (UTC)."""
        yesterday = datetime.now(timezone.utc).date() - timedelta(days=1)
        if cursor:
            day = date.fromisoformat(cursor)
        else:
            day = since.astimezone(timezone.utc).date() if since else yesterday
        if day > yesterday:
            return Settlements(())
        released = self._read_released(day)
        following = day + timedelta(days=1)
        found = ()
        if released:
            incomes = self._read_incomes([sn for sn, _paid, _at in released])
            reference = f"{self.shop.shop_id}-{day.isoformat()}"
            found = (settlement(reference, self.shop.currency, released, incomes),)
        return Settlements(
            found, following.isoformat() if following <= yesterday else ""
        )

    def _read_released(self, day):
        start = datetime(day.year, day.month, day.day, tzinfo=timezone.utc)
        released, page = {}, 1
        while True:
            response = _response(
                self.client.get(
                    "payment/get_escrow_list",
                    {
                        "release_time_from": int(start.timestamp()),
                        "release_time_to": int(start.timestamp()) + 86399,
                        "page_no": page,
                        "page_size": _PAGE,
                    },
                )
            )
            entries = response.get("escrow_list") or ()
            for entry in entries:
                sn = str(entry["order_sn"])
                at = moment(entry.get("escrow_release_time"))
                released[sn] = (sn, amount(entry.get("payout_amount")), at)
            if not entries or not response.get("more"):
                return list(released.values())
            page += 1


def _response(envelope):
    response = envelope.get("response")
    if not isinstance(response, dict):
        raise BadAnswer("an answer without a response", code="response")
    return response


def _tokens(answer, shop_id):
    token, refresh = answer.get("access_token"), answer.get("refresh_token")
    if not token or not refresh:
        raise BadAnswer("an answer without tokens", code="tokens")
    now = datetime.now(timezone.utc)
    life = int(answer.get("expire_in") or answer.get("expires_in") or 14400)
    until = moment(life) if life > _LONGEST_SECONDS else now + timedelta(seconds=life)
    return Tokens(
        access_token=token,
        refresh_token=refresh,
        access_expires_at=until,
        refresh_expires_at=now + timedelta(days=30),
        shop_id=shop_id,
    )

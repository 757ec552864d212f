# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""A shop in memory and the adapter that talks to it, for tests that need Odoo only.

``FakeShop`` holds orders, returns, statements, listings and stock; ``faults`` holds
exceptions that the next calls of a method raise (None lets one call through).
``patch_fake(shop)`` makes the kind "fake" known while it lasts; tests set the channel's
type to ``fake`` with ``make_fake_channel``.
"""

import hashlib
import hmac
import json
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from .. import channels
from ..channels import errors
from ..channels.adapter import Adapter
from ..channels.types import (
    Auth,
    Capabilities,
    Hint,
    ItemResult,
    Label,
    Listings,
    OrderPage,
    OrderRef,
    Orders,
    Returns,
    Settlements,
    Shipped,
    ShopInfo,
    StockLevel,
    Tokens,
    WebhookAnswer,
)

#: an existing channel type that tests lend to the fake
KIND = "generic"


class FakeShop:
    """One shop; ``calls`` counts what was asked of it."""

    def __init__(self):
        self.name, self.shop_id = "Fake Shop", "S1"
        self.sku, self.currency = "LAMP", "USD"
        self.orders, self.updated = {}, {}
        self.untranslatable = {}
        self.returns, self.settlements = {}, {}
        self.listings, self.stock = {}, {}
        self.shipments, self.cancellations = [], []
        self.decisions, self.refunds = [], []
        #: (shipment, old number) of parcels whose number came late
        self.changes = []
        #: the number that its carrier gives parcels without one
        self.own_tracking = ""
        self.access_token, self.refresh_token = "access-0", "refresh-0"
        self.token_number = 0
        self.page_size = 50
        #: whether the order list tells when an order changed
        self.lists_times = True
        self.calls = defaultdict(int)
        self.faults = defaultdict(list)
        self.log = []

    def add_order(self, external_id, updated_at=None, **payload):
        """Put a neutral order into the shop, or change one."""
        moment = updated_at or datetime.now(timezone.utc)
        self.updated[external_id] = moment
        self.orders[external_id] = {
            "schema_version": 1,
            "external_id": external_id,
            "number": f"NO-{external_id}",
            "placed_at": "2026-07-19T08:12:44+07:00",
            "updated_at": moment.isoformat(),
            "status": "paid",
            "currency": self.currency,
            "prices_include_tax": True,
            "customer": {"external_id": "C1", "name": "Nguyễn Thị Hoa"},
            "lines": [
                {
                    "external_id": f"{external_id}-1",
                    "sku": self.sku,
                    "quantity": "2",
                    "unit_price": "40",
                }
            ],
            "payment": {"state": "paid", "amount": "80"},
            "total": "80",
            **payload,
        }
        return self.orders[external_id]

    def asked(self, method, *what):
        """Note a call; raise the fault that a test planned for it."""
        self.calls[method] += 1
        self.log.append((method, *what))
        if self.faults[method]:
            fault = self.faults[method].pop(0)
            if callable(fault) and not isinstance(fault, Exception):
                fault = fault()
            if fault:
                raise fault


class FakeAdapter(Adapter):
    """Talks to ``shop_in_memory``; can do everything."""

    kind = KIND
    capabilities = Capabilities(
        name="Fake",
        auth=Auth.OAUTH,
        webhooks=True,
        returns=True,
        settlements=True,
        ship=True,
        partial_shipments=True,
        late_tracking=True,
        labels=True,
        cancel=True,
        tell_return=("approved", "refused", "received", "refunded"),
        refund_order=True,
        compare_and_set=False,
        idempotency_key=True,
        price=True,
        stock_batch=50,
        order_page=50,
        order_batch=20,
    )
    shop_in_memory: FakeShop

    def _ask(self, method, *what):
        if self.credentials.access_token != self.shop_in_memory.access_token:
            raise errors.TokenExpired("old token", code="token")
        self.shop_in_memory.asked(method, *what)

    def check(self):
        self._ask("check")
        shop = self.shop_in_memory
        return ShopInfo(shop.shop_id, shop.name, shop.currency, "US", "fake 1.0")

    def authorise_url(self, redirect_uri, state):
        return f"https://fake.example/login?to={redirect_uri}&state={state}"

    def exchange_code(self, params):
        self.shop_in_memory.asked("exchange_code", params.get("code"))
        if params.get("code") != "good":
            raise errors.AuthorisationLost("bad code", code="code")
        return [self._new_tokens()]

    def refresh(self):
        shop = self.shop_in_memory
        shop.asked("refresh", self.credentials.refresh_token)
        if self.credentials.refresh_token != shop.refresh_token:
            raise errors.AuthorisationLost("refresh token used", code="refresh")
        return self._new_tokens()

    def _new_tokens(self):
        shop = self.shop_in_memory
        shop.token_number += 1
        shop.access_token = f"access-{shop.token_number}"
        shop.refresh_token = f"refresh-{shop.token_number}"
        now = datetime.now(timezone.utc)
        return Tokens(
            shop.access_token,
            shop.refresh_token,
            now + timedelta(hours=4),
            now + timedelta(days=30),
            shop_id=shop.shop_id,
        )

    def list_orders(self, since, until, cursor=""):
        self._ask("list_orders", since, until, cursor)
        shop = self.shop_in_memory
        found = sorted(
            (moment, external_id)
            for external_id, moment in shop.updated.items()
            if (not since or moment >= since) and (not until or moment <= until)
        )
        start = int(cursor or 0)
        end = start + shop.page_size
        return OrderPage(
            tuple(
                OrderRef(external_id, at if shop.lists_times else None)
                for at, external_id in found[start:end]
            ),
            str(end) if end < len(found) else "",
        )

    def read_orders(self, external_ids):
        assert len(external_ids) <= self.capabilities.order_batch
        self._ask("read_orders", tuple(external_ids))
        shop = self.shop_in_memory
        known = {i: shop.orders[i] for i in external_ids if i in shop.orders}
        failed = {i: shop.untranslatable[i] for i in known if i in shop.untranslatable}
        return Orders(
            {i: dict(order) for i, order in known.items() if i not in failed},
            tuple(i for i in external_ids if i not in known),
            failed,
        )

    def list_returns(self, since, cursor=""):
        self._ask("list_returns", since, cursor)
        found = [
            one
            for one in self.shop_in_memory.returns.values()
            if not since or not one.updated_at or one.updated_at >= since
        ]
        return Returns(tuple(found))

    def list_settlements(self, since, cursor=""):
        self._ask("list_settlements", since, cursor)
        return Settlements(tuple(self.shop_in_memory.settlements.values()))

    def list_listings(self, cursor=""):
        self._ask("list_listings", cursor)
        shop = self.shop_in_memory
        found = list(shop.listings.values())
        start = int(cursor or 0)
        end = start + shop.page_size
        found = [
            replace(one, quantity=shop.stock.get(one.ref, one.quantity))
            for one in found
        ]
        return Listings(tuple(found[start:end]), str(end) if end < len(found) else "")

    def read_stock(self, refs):
        self._ask("read_stock", tuple(refs))
        shop = self.shop_in_memory
        return {ref: StockLevel(shop.stock[ref]) for ref in refs if ref in shop.stock}

    def push_stock(self, changes):
        assert len(changes) <= self.capabilities.stock_batch
        self._ask("push_stock", tuple(changes))
        shop = self.shop_in_memory
        results = {}
        for change in changes:
            if change.ref in shop.stock:
                shop.stock[change.ref] = change.quantity
                results[change.ref] = ItemResult(quantity=change.quantity)
            else:
                results[change.ref] = ItemResult(errors.NotFound("no such listing"))
        return results

    def push_price(self, changes):
        self._ask("push_price", tuple(changes))
        return {change.ref: ItemResult() for change in changes}

    def ship(self, shipment):
        self._ask("ship", shipment)
        shop = self.shop_in_memory
        if any(known.key == shipment.key for known in shop.shipments):
            raise errors.AlreadyDone("shipped", code="known")
        shop.shipments.append(shipment)
        number = shipment.tracking or shop.own_tracking
        return Shipped(f"P{len(shop.shipments)}", number, shipment.carrier)

    def change_tracking(self, shipment, old_tracking):
        self._ask("change_tracking", shipment, old_tracking)
        self.shop_in_memory.changes.append((shipment, old_tracking))

    def get_label(self, order_external_id, package_id=""):
        self._ask("get_label", order_external_id, package_id)
        return Label(b"%PDF-1.4 label", name=f"{order_external_id}.pdf")

    def cancel(self, cancellation):
        self._ask("cancel", cancellation)
        self.shop_in_memory.cancellations.append(cancellation)

    def tell_return(self, told):
        self._ask("tell_return", told)
        self.shop_in_memory.decisions.append(told)
        return f"D{len(self.shop_in_memory.decisions)}"

    def refund_order(self, told):
        self._ask("refund_order", told)
        self.shop_in_memory.refunds.append(told)
        return f"F{len(self.shop_in_memory.refunds)}"

    def verify_webhook(self, request):
        secret = self.credentials.webhook_secret.encode()
        told = request.headers.get("x-fake-signature", "")
        expected = hmac.new(secret, request.body, hashlib.sha256).hexdigest()
        if not secret or not hmac.compare_digest(told, expected):
            raise errors.BadSignature("not ours")
        data = json.loads(request.body)
        return [Hint(data["topic"], data.get("id", ""), data.get("event", ""))]

    def webhook_answer(self, hints):
        return WebhookAnswer(200, b"taken")


def sign(secret, body):
    """The signature header of a webhook of the fake shop."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Fake-Signature": digest}


@contextmanager
def patch_fake(shop=None, **capabilities):
    """The kind "fake" speaks for ``KIND`` while this lasts; gives the shop.

    Keyword arguments replace capabilities.
    """
    shop = shop or FakeShop()
    kind = type(
        "PatchedFakeAdapter",
        (FakeAdapter,),
        {
            "shop_in_memory": shop,
            "capabilities": replace(FakeAdapter.capabilities, **capabilities),
        },
    )
    with patch.object(channels, "adapters", lambda: {KIND: kind}):
        yield shop

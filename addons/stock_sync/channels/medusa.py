# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Medusa 2, over its Admin API.

Options: ``sales_channel_id`` (orders of one of several sales channels only),
``location_id`` (stock location, the oldest one unless given), ``authorized_is_paid``,
``return_days`` (how long after an order refunds are looked for, 60).
"""

import json
from datetime import datetime, timedelta, timezone

from .adapter import register
from .medusa_client import Client
from .medusa_decisions import MedusaDecisions
from .medusa_orders import FIELDS, OrderTranslator
from .medusa_parcels import MedusaParcels
from .medusa_returns import goods_back
from .medusa_stock import MedusaStock
from .open_shop import PAGE, OpenShop, open_shop, translated
from .types import Hint, OrderPage, OrderRef, Returns, ShopInfo
from .values import iso, moment

_GOODS_BACK = ",".join(
    (
        "id,order_id,exchange_id,claim_id,status,created_at,updated_at,requested_at",
        "*items,*items.reason",
    )
)
_RETURN_ORDER = "id,currency_code,items.id,items.variant_sku,items.product_title"
_MONEY_BACK = ",".join(
    (
        "id,currency_code,created_at,items.id,items.is_tax_inclusive",
        "*payment_collections,*payment_collections.payments",
        "*payment_collections.payments.refunds",
    )
)


@register("medusa")
class Medusa(MedusaDecisions, MedusaParcels, MedusaStock, OpenShop):
    """One Medusa store."""

    client_type = Client
    capabilities = open_shop(
        "Medusa",
        idempotency_key=True,
        tell_return=("refused", "received", "refunded"),
        refund_order=True,
    )

    def check(self):
        store = self.client.get(
            "/admin/stores", fields="id,name,*supported_currencies"
        )["stores"][0]
        self.check_is_own(store["id"], store["name"])
        currencies = store.get("supported_currencies") or ()
        default = next((c for c in currencies if c.get("is_default")), {})
        return ShopInfo(
            shop_id=store["id"],
            name=store["name"],
            currency=(default.get("currency_code") or "").upper(),
            server="Medusa",
        )

    # --- orders ---
    def list_orders(self, since, until, cursor=""):
        # each page starts at the moment where the one before ended: a change between
        # two pages moves an order to the end, and no other out of sight
        start, offset = json.loads(cursor) if cursor else (iso(since), 0)
        found = self._orders(
            limit=PAGE,
            offset=offset,
            order="updated_at",
            **{"updated_at[$gte]": start, "updated_at[$lte]": iso(until)},
        )
        following = ""
        if len(found) == PAGE:
            last = found[-1]["updated_at"]
            is_stuck = last == found[0]["updated_at"]
            following = json.dumps([start, offset + PAGE] if is_stuck else [last, 0])
        read = translated(found, self._translate)
        return OrderPage(
            refs=tuple(
                OrderRef(order["id"], moment(order["updated_at"])) for order in found
            ),
            cursor=following,
            orders=read.orders,
        )

    def _orders(self, fields=FIELDS, **params):
        channel = self.shop.options.get("sales_channel_id")
        if channel:
            params["sales_channel_id[]"] = channel
        return self.client.get("/admin/orders", fields=fields, **params)["orders"]

    def read_orders(self, external_ids):
        wanted = [str(external_id) for external_id in external_ids]
        found = self._orders(limit=len(wanted), **{"id[]": wanted})
        return translated(found, self._translate, wanted)

    def _translate(self, order):
        return OrderTranslator(order, self.shop.options).neutral()

    def list_returns(self, since, cursor=""):
        """Returns first, then refunds, which change no time of the order."""
        part, offset = json.loads(cursor) if cursor else ("goods", 0)
        if part == "goods":
            returns, is_full = self._goods_back(since, offset)
        else:
            returns, is_full = self._money_back(since, offset)
        if is_full:
            following = json.dumps([part, offset + PAGE])
        else:
            following = json.dumps(["money", 0]) if part == "goods" else ""
        return Returns(tuple(returns), following)

    def _goods_back(self, since, offset):
        found = self.client.get(
            "/admin/returns",
            limit=PAGE,
            offset=offset,
            order="created_at",
            fields=_GOODS_BACK,
            **{"updated_at[$gte]": iso(since)},
        )["returns"]
        ids = sorted({one["order_id"] for one in found})
        orders = {}
        if ids:
            read = self._orders(_RETURN_ORDER, limit=len(ids), **{"id[]": ids})
            orders = {order["id"]: order for order in read}
        returns = [
            goods_back(one, orders[one["order_id"]])
            for one in found
            if one["order_id"] in orders
        ]
        return returns, len(found) == PAGE

    def _money_back(self, since, offset):
        first = None
        if since:
            days = int(self.shop.options.get("return_days", 60))
            first = min(since, datetime.now(timezone.utc)) - timedelta(days=days)
        found = self._orders(
            _MONEY_BACK,
            limit=PAGE,
            offset=offset,
            order="created_at",
            **{"created_at[$gte]": iso(first)},
        )
        returns = [
            one
            for order in found
            for one in OrderTranslator(order, self.shop.options).money_back()
            if since is None or one.updated_at >= since
        ]
        return returns, len(found) == PAGE

    # --- webhooks ---
    @staticmethod
    def _hints(event, topic, data):
        """Payments' events name no order: what changed lately is read again."""
        if topic in ("payment.captured", "payment.refunded"):
            yield Hint("return" if topic == "payment.refunded" else "other", "", event)
        elif topic in ("order.return_requested", "order.return_received"):
            yield Hint("return", str(data.get("return_id") or ""), event)
            yield Hint("order", str(data["order_id"]), f"{event}/order")
        elif topic.startswith("order.fulfillment"):
            yield Hint("order", str(data["order_id"]), event)
        elif topic.startswith("order."):
            yield Hint("order", str(data["id"]), event)
        elif topic.startswith("inventory"):
            yield Hint("stock", str(data["id"]), event)
        elif topic.startswith("product"):
            yield Hint("listing", str(data["id"]), event)
        else:
            yield Hint("other", "", event)

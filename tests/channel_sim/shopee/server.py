"""The HTTP side of a simulated Shopee: every signature, life and limit is checked."""

import hashlib
import hmac

from ..faults import Answer, Simulator
from .shipping import ShippingMixin
from .shop import Shop

_PREFIX = "/api/v2/"
_PUBLIC = ("auth/token/get", "auth/access_token/get", "shop/auth_partner")
_DAYS_15 = 15 * 86400
_PAGE = "page_size"


class ShopeeSimulator(ShippingMixin, Simulator):
    """Shopee with some shops of one partner. ``tick_limit``: calls in one second."""

    def __init__(self, seed=0, tick_limit=None):
        super().__init__(seed)
        self.tick_limit = tick_limit
        self._ticks = (0, 0)
        self.shops = {}
        self.shop = self.add_shop(seed=seed)

    def add_shop(self, **options):
        """One more shop."""
        shop = Shop(self, **options)
        self.shops[shop.shop_id] = shop
        return shop

    def answer(self, call):
        """Check the call as Shopee does, then answer it."""
        name = call.path.removeprefix(_PREFIX)
        shop = self._check_signature(call, name)
        self._check_rate()
        method = getattr(self, f"_{call.method.lower()}_{name.replace('/', '_')}", None)
        if method is None:
            self._refuse("error_not_found", f"no such path {name}")
        result = method(call, shop)
        if isinstance(result, bytes):
            return result, 200, {}
        return {"error": "", "message": "", "request_id": "sim", **result}, 200, {}

    # --- what every call has to keep ---
    def _check_signature(self, call, name):
        query = call.query
        public = name in _PUBLIC or name.startswith("public/")
        partner = next(iter(self.shops.values()))
        try:
            timestamp = int(query["timestamp"])
            shop = partner if public else self.shops[int(query["shop_id"])]
            token = "" if public else query["access_token"]
        except (KeyError, ValueError):
            self._refuse("error_param", "missing or wrong common parameter", 403)
        if str(shop.partner_id) != query.get("partner_id"):
            self._refuse("error_auth", "unknown partner", 403)
        if abs(timestamp - self.now()) > 300:
            self._refuse("error_param", "Invalid timestamp", 403)
        text = f"{shop.partner_id}{call.path}{timestamp}"
        text += "" if public else f"{token}{shop.shop_id}"
        wanted = hmac.new(shop.partner_key.encode(), text.encode(), hashlib.sha256)
        if not hmac.compare_digest(query.get("sign", ""), wanted.hexdigest()):
            self._refuse("error_sign", "Wrong sign.", 403)
        if not public and (shop.revoked or shop.access.get(token, 0) <= self.now()):
            self._refuse("invalid_acceess_token", "Invalid access_token.", 403)
        return shop

    def _check_rate(self):
        if self.tick_limit is None:
            return
        second, count = self._ticks
        now = self.now()
        self._ticks = (now, count + 1 if second == now else 1)
        if self._ticks[1] > self.tick_limit:
            self._refuse("error_rate_limit", "Your request is too frequent.")

    @staticmethod
    def _refuse(code, message="", status=200):
        payload = {"error": code, "message": message, "request_id": "sim"}
        raise Answer(payload, status)

    def _number(self, query, name, low, high, default=None):
        try:
            value = int(query.get(name, default))
        except (TypeError, ValueError):
            self._refuse("error_param", f"{name} is missing or no number")
        if not low <= value <= high:
            self._refuse("error_param", f"{name} must be {low} to {high}")
        return value

    def _window(self, query, start_name, end_name, code):
        start = self._number(query, start_name, 0, 2**40)
        end = self._number(query, end_name, 0, 2**40)
        if not 0 <= end - start <= _DAYS_15:
            self._refuse(code, "the time range is longer than 15 days")
        return start, end

    # --- log-in ---
    def _post_auth_token_get(self, call, _shop):
        body = call.json()
        shop = self.shops.get(body.get("shop_id"))
        if not shop or shop.codes.pop(body.get("code"), 0) <= self.now():
            self._refuse("error_auth", "Invalid code")
        shop.revoked = False
        return self._tokens(*shop.new_tokens())

    def _post_auth_access_token_get(self, call, _shop):
        body = call.json()
        shop = self.shops.get(body.get("shop_id"))
        tokens = shop and shop.use_refresh(body.get("refresh_token"))
        if not tokens:
            self._refuse("refresh_token_expired", "Your refresh_token expired.")
        return self._tokens(*tokens)

    @staticmethod
    def _tokens(access, refresh):
        return {"access_token": access, "refresh_token": refresh, "expire_in": 14400}

    def _get_shop_get_shop_info(self, _call, shop):
        return {
            "shop_name": f"Shop {shop.shop_id}",
            "region": "VN",
            "status": "NORMAL",
            "auth_time": self.now() - 86400,
            "expire_time": self.now() + 300 * 86400,
        }

    # --- orders ---
    def _get_order_get_order_list(self, call, shop):
        query = call.query
        field = query.get("time_range_field")
        if field not in ("create_time", "update_time"):
            self._refuse("error_param", "time_range_field")
        start, end = self._window(
            query, "time_from", "time_to", "order.order_list_invalid_time"
        )
        size = self._number(query, _PAGE, 1, 100)
        offset = self._number(query, "cursor", 0, 10**9) if query.get("cursor") else 0
        found = sorted(
            (order[field], sn)
            for sn, order in shop.orders.items()
            if start <= order[field] <= end
        )
        more = offset + size < len(found)
        page = found[offset : offset + size]
        return {
            "response": {
                "more": more,
                "next_cursor": str(offset + size) if more else "",
                "order_list": [{"order_sn": sn} for _time, sn in page],
            }
        }

    def _get_order_get_order_detail(self, call, shop):
        wanted = self._list(call, "order_sn_list")
        optional = set(call.query.get("response_optional_fields", "").split(","))
        always = {
            *("order_sn", "region", "currency", "cod", "order_status"),
            *("message_to_seller", "create_time", "update_time", "days_to_ship"),
            "ship_by_date",
        }
        orders = [
            {
                name: value
                for name, value in shop.orders[sn].items()
                if name in always or name in optional
            }
            # an unknown number is left out without a word
            for sn in wanted
            if sn in shop.orders
        ]
        if call.query.get("request_order_status_pending") != "true":
            for order in orders:
                if order["order_status"] == "PENDING":
                    order["order_status"] = "READY_TO_SHIP"
        return {"response": {"order_list": orders}}

    def _list(self, call, name):
        values = [value for value in call.query.get(name, "").split(",") if value]
        if not 1 <= len(values) <= 50:
            self._refuse("error_param", f"{name} must have 1 to 50 entries")
        return values

    def _post_payment_get_escrow_detail_batch(self, call, shop):
        wanted = call.json().get("order_sn_list") or []
        if not 1 <= len(wanted) <= 50:
            self._refuse("error_param", "order_sn_list must have 1 to 50 entries")
        return {
            "response": [
                {"escrow_detail": {"order_sn": sn, "order_income": shop.incomes[sn]}}
                for sn in wanted
                if sn in shop.incomes
            ]
        }

    def _get_payment_get_escrow_list(self, call, shop):
        start, end = self._window(
            call.query, "release_time_from", "release_time_to", "error_param"
        )
        page = self._number(call.query, "page_no", 1, 10**6)
        size = self._number(call.query, _PAGE, 1, 100, 40)
        found = [entry for entry in shop.released if start <= entry[0] <= end]
        part = found[(page - 1) * size : page * size]
        return {
            "response": {
                "more": page * size < len(found),
                "escrow_list": [
                    {"order_sn": sn, "payout_amount": paid, "escrow_release_time": at}
                    for at, sn, paid in part
                ],
            }
        }

    def _get_returns_get_return_list(self, call, shop):
        start, end = self._window(
            call.query, "update_time_from", "update_time_to", "error_param"
        )
        page = self._number(call.query, "page_no", 0, 10**6, 0)
        size = self._number(call.query, _PAGE, 1, 100, 40)
        found = [e for e in shop.returns.values() if start <= e["update_time"] <= end]
        part = found[page * size : (page + 1) * size]
        more = (page + 1) * size < len(found)
        return {"response": {"more": more, "return": part}}

    def _return(self, shop, given):
        found = shop.returns.get(given.get("return_sn"))
        if not found:
            self._refuse("error_not_found", "the return does not exist")
        return found

    def _get_returns_get_return_detail(self, call, shop):
        return {"response": self._return(shop, call.query)}

    def _get_returns_get_return_dispute_reason(self, call, shop):
        self._return(shop, call.query)
        return {"response": {"dispute_reason_list": shop.dispute_reasons}}

    def _post_returns_confirm(self, call, shop):
        found = self._return(shop, call.json())
        if found["status"] not in ("REQUESTED", "PROCESSING"):
            self._refuse("error_param", "the return cannot be confirmed now")
        found.update(status="ACCEPTED", update_time=self.now())
        return {"response": {"return_sn": found["return_sn"]}}

    def _post_returns_dispute(self, call, shop):
        body = call.json()
        found = self._return(shop, body)
        known = {entry["dispute_reason_id"] for entry in shop.dispute_reasons}
        if not body.get("email") or body.get("dispute_reason_id") not in known:
            self._refuse("error_param", "email or dispute_reason_id")
        if found["status"] not in ("REQUESTED", "PROCESSING", "ACCEPTED"):
            self._refuse("error_param", "the return cannot be disputed now")
        found.update(
            status="SELLER_DISPUTE",
            update_time=self.now(),
            dispute_text_reason=[body.get("dispute_text_reason")],
        )
        return {"response": {"return_sn": found["return_sn"]}}

    def _post_order_cancel_order(self, call, shop):
        body = call.json()
        order = self._order(shop, body)
        if body.get("cancel_reason") == "OUT_OF_STOCK" and not body.get("item_list"):
            self._refuse("error_param", "item_list is required")
        if order["order_status"] not in ("READY_TO_SHIP", "UNPAID", "IN_CANCEL"):
            self._refuse("order.status_error", "the order cannot be cancelled now")
        shop.set_status(order["order_sn"], "CANCELLED", cancel_by="seller")
        return {"response": {"update_time": order["update_time"]}}

    def _post_order_handle_buyer_cancellation(self, call, shop):
        body = call.json()
        order = self._order(shop, body)
        if order["order_status"] != "IN_CANCEL":
            self._refuse("order.status_error", "the buyer does not ask")
        accepted = body.get("operation") == "ACCEPT"
        status = "CANCELLED" if accepted else "READY_TO_SHIP"
        shop.set_status(order["order_sn"], status)
        return {"response": {"update_time": order["update_time"]}}

    def _order(self, shop, source):
        order = shop.orders.get(source.get("order_sn"))
        if not order:
            self._refuse("order.order_not_found", "order does not exist")
        return order

    # --- listings and stock ---
    def _get_product_get_item_list(self, call, shop):
        offset = self._number(call.query, "offset", 0, 10**6)
        size = self._number(call.query, _PAGE, 1, 100)
        wanted = {value for name, value in call.query["_all"] if name == "item_status"}
        if not wanted:
            self._refuse("error_param", "item_status is required")
        found = [item for item in shop.items.values() if item.status in wanted]
        more = offset + size < len(found)
        return {
            "response": {
                "item": [
                    {"item_id": item.item_id, "item_status": item.status}
                    for item in found[offset : offset + size]
                ],
                "total_count": len(found),
                "has_next_page": more,
                "next_offset": offset + size if more else None,
            }
        }

    def _get_product_get_item_base_info(self, call, shop):
        items = [
            self._base_info(shop.items[int(item_id)])
            for item_id in self._list(call, "item_id_list")
            if int(item_id) in shop.items
        ]
        return {"response": {"item_list": items}}

    @staticmethod
    def _base_info(item):
        info = {
            "item_id": item.item_id,
            "item_name": item.name,
            "item_sku": "",
            "item_status": item.status,
            "has_model": item.has_model,
        }
        if not item.has_model:
            info |= _model_info(item.models[0])
            info["item_sku"] = item.models[0].sku
        return info

    def _get_product_get_model_list(self, call, shop):
        item = shop.items.get(self._number(call.query, "item_id", 1, 2**53))
        if not item:
            self._refuse("product.error_item_not_found", "item does not exist")
        models = list(item.models.values())
        return {
            "response": {
                "tier_variation": [
                    {
                        "name": "Type",
                        "option_list": [{"option": m.name} for m in models],
                    }
                ],
                "model": [
                    {**_model_info(model), "tier_index": [index]}
                    for index, model in enumerate(models)
                ],
            }
        }

    def _post_product_update_stock(self, call, shop):
        body = call.json()
        item = shop.items.get(body.get("item_id"))
        changes = body.get("stock_list") or []
        if not item:
            self._refuse("product.error_item_not_found", "item does not exist")
        if not 1 <= len(changes) <= 50:
            self._refuse("error_param", "stock_list must have 1 to 50 models")
        success, failure = [], []
        for change in changes:
            model = item.models.get(change.get("model_id", 0))
            amount = change["seller_stock"][0]["stock"]
            reason = _refusal(model, amount)
            if reason:
                failure.append(
                    {"model_id": change.get("model_id", 0), "failed_reason": reason}
                )
            else:
                model.stock = amount
                success.append({"model_id": model.model_id, "stock": amount})
        return {"response": {"success_list": success, "failure_list": failure}}

    def _post_product_update_price(self, call, shop):
        body = call.json()
        item = shop.items.get(body.get("item_id"))
        if not item:
            self._refuse("product.error_item_not_found", "item does not exist")
        for change in body["price_list"]:
            item.models[change["model_id"]].price = change["original_price"]
        return {"response": {"success_list": body["price_list"], "failure_list": []}}


def _model_info(model):
    return {
        "model_id": model.model_id,
        "model_sku": model.sku,
        "price_info": [{"currency": "VND", "original_price": model.price}],
        "stock_info_v2": {
            "summary_info": {
                "total_reserved_stock": model.reserved,
                "total_available_stock": model.stock,
            },
            "seller_stock": [{"location_id": "VNZ", "stock": model.stock}],
        },
    }


def _refusal(model, amount):
    if model is None:
        return "model does not exist"
    if not isinstance(amount, int) or amount < 0:
        return "stock must be a positive integer"
    if amount < model.reserved:
        return "error_cannt_edit_stock_in_promotion"
    return ""

"""What a simulated Shopee shop has: items, orders, incomes, returns, tokens."""

import hashlib
import hmac
import itertools
import random
import secrets
from dataclasses import dataclass, field

ACCESS_LIFE, REFRESH_LIFE = 4 * 3600, 30 * 86400


@dataclass
class Model:
    """One thing that can be bought; id 0 when the item has no variations."""

    model_id: int
    sku: str
    price: int
    stock: int
    reserved: int = 0
    name: str = ""


@dataclass
class Item:
    """A listing with its models."""

    item_id: int
    name: str
    models: dict
    status: str = "NORMAL"

    @property
    def has_model(self):
        return list(self.models) != [0]


@dataclass
class Shop:
    """The state of one shop. Every change moves the order's update_time."""

    simulator: object
    partner_id: int = 2000365
    partner_key: str = "5a4f6b6c7a45424d6e5143744f4a6b5a7558677a6d4e4254"
    shop_id: int = 14701711
    currency: str = "VND"
    seed: int = 0
    items: dict = field(default_factory=dict)
    orders: dict = field(default_factory=dict)
    incomes: dict = field(default_factory=dict)
    returns: dict = field(default_factory=dict)
    dispute_reasons: list = field(
        default_factory=lambda: [
            {"dispute_reason_id": 81, "dispute_reason": "NOT_RECEIVED"},
            {"dispute_reason_id": 86, "dispute_reason": "OTHERS"},
        ]
    )
    released: list = field(default_factory=list)
    access: dict = field(default_factory=dict)
    refresh: dict = field(default_factory=dict)
    codes: dict = field(default_factory=dict)
    pushes: list = field(default_factory=list)
    #: the seller took the authorisation back
    revoked: bool = False
    #: parcels have no tracking number yet
    carrier_is_slow: bool = False
    access_token: str = ""
    refresh_token: str = ""

    def __post_init__(self):
        self._random = random.Random(self.seed)
        self._numbers = itertools.count(1)
        self.new_tokens()

    # --- tokens ---
    def new_tokens(self):
        """A new pair; what was valid before stays valid for five minutes."""
        now = self.simulator.now()
        for token in self.access:
            self.access[token] = min(self.access[token], now + 300)
        access, refresh = secrets.token_hex(16), secrets.token_hex(16)
        self.access[access] = now + ACCESS_LIFE
        self.refresh[refresh] = now + REFRESH_LIFE
        self.access_token, self.refresh_token = access, refresh
        return access, refresh

    def use_refresh(self, token):
        """A new pair for a refresh token that was never used, else None."""
        if self.revoked or self.refresh.pop(token, 0) <= self.simulator.now():
            return None
        return self.new_tokens()

    def new_code(self):
        """What the log-in page sends back: good once, for ten minutes."""
        code = secrets.token_hex(8)
        self.codes[code] = self.simulator.now() + 600
        return code

    # --- items ---
    def add_item(self, name, *models):
        """An item; models are ``(sku, price, stock)``, one alone has no variations."""
        item_id = 23_620_853_000 + next(self._numbers)
        if len(models) == 1:
            made = {0: Model(0, *models[0])}
        else:
            made = {}
            for sku, price, stock in models:
                model_id = 221_404_189_000 + next(self._numbers)
                made[model_id] = Model(model_id, sku, price, stock, name=sku.lower())
        self.items[item_id] = Item(item_id, name, made)
        return self.items[item_id]

    # --- orders ---
    def order(self, lines, status="READY_TO_SHIP", **options):
        """A buyer's order; ``lines``: ``[(item, model id, units)]``.

        Options: ``cod``, ``shipping_fee``, ``seller_voucher``, ``channel_voucher``,
        ``coins``, ``bundle`` (prices are in the income only).

        :raises ValueError: when the shop has not got that many
        """
        for item, model_id, units in lines:
            if item.models[model_id].stock < units:
                raise ValueError("sold out")
        for item, model_id, units in lines:
            item.models[model_id].stock -= units
        now = self.simulator.now()
        sn = f"2611{self._random.randrange(100):02}{next(self._numbers):06}SIM"
        order = self._new_order(sn, lines, status, now, options)
        self.orders[sn] = order
        if status not in ("UNPAID",):
            self._pay(order, lines, options)
        self._push(order)
        return order

    def _new_order(self, sn, lines, status, now, options):
        return {
            "order_sn": sn,
            "region": "VN",
            "currency": self.currency,
            "cod": bool(options.get("cod")),
            "order_status": status,
            "message_to_seller": options.get("note", ""),
            "create_time": now,
            "update_time": now,
            "days_to_ship": 2,
            "ship_by_date": now + 2 * 86400,
            "buyer_user_id": 1170319091 + self._random.randrange(1000),
            "buyer_username": "xt4f****96j",
            "estimated_shipping_fee": options.get("shipping_fee", 0),
            "recipient_address": {
                "name": "P******n",
                "phone": "******64",
                "town": "",
                "district": "Phường Bến Nghé",
                "city": "Quận 1",
                "state": "TP. Hồ Chí Minh",
                "region": "VN",
                "zipcode": "",
                "full_address": "12 ******",
            },
            "item_list": [
                self._order_item(item, model_id, units, options)
                for item, model_id, units in lines
            ],
            "package_list": [],
            "payment_method": "Cash on Delivery" if options.get("cod") else "ShopeePay",
            "shipping_carrier": "SPX Express",
            "split_up": False,
            "pay_time": None,
            "pickup_done_time": 0,
            "cancel_by": "",
            "cancel_reason": "",
        }

    @staticmethod
    def _order_item(item, model_id, units, options):
        model = item.models[model_id]
        return {
            "item_id": item.item_id,
            "item_name": item.name,
            "item_sku": "" if item.has_model else model.sku,
            "model_id": model_id,
            "model_name": model.name,
            "model_sku": model.sku if item.has_model else "",
            "model_quantity_purchased": units,
            "model_original_price": model.price,
            "model_discounted_price": 0 if options.get("bundle") else model.price,
            "promotion_group_id": 0,
            "order_item_id": item.item_id,
            "weight": 0.1,
        }

    def _pay(self, order, lines, options):
        goods = sum(item.models[model].price * units for item, model, units in lines)
        fee = options.get("shipping_fee", 0)
        seller, channel = (
            options.get("seller_voucher", 0),
            options.get("channel_voucher", 0),
        )
        coins = options.get("coins", 0)
        paid = goods + fee - seller - channel - coins
        commission = round(goods * 0.04)
        order["total_amount"] = paid
        if not order["cod"]:
            order["pay_time"] = self.simulator.now()
        self.incomes[order["order_sn"]] = {
            "escrow_amount": paid + channel + coins - commission - fee,
            "buyer_total_amount": paid,
            "original_price": goods,
            "seller_discount": 0,
            "shopee_discount": 0,
            "voucher_from_seller": seller,
            "voucher_from_shopee": channel,
            "coins": coins,
            "payment_promotion": 0,
            "buyer_paid_shipping_fee": fee,
            "buyer_transaction_fee": 0,
            "cross_border_tax": 0,
            "commission_fee": commission,
            "service_fee": 0,
            "seller_transaction_fee": 0,
            "final_shipping_fee": -fee,
            "seller_voucher_code": ["SHOP10"] if seller else [],
            "order_adjustment": [],
            "items": [
                {
                    "item_id": item.item_id,
                    "model_id": model,
                    "original_price": item.models[model].price * units,
                    "seller_discount": 0,
                    "discounted_price": item.models[model].price * units,
                    "quantity_purchased": units,
                }
                for item, model, units in lines
            ],
        }

    def pay(self, sn, **options):
        """The buyer pays an order that was unpaid."""
        order = self.orders[sn]
        lines = [
            (
                self.items[line["item_id"]],
                line["model_id"],
                line["model_quantity_purchased"],
            )
            for line in order["item_list"]
        ]
        self._pay(order, lines, options)
        self.set_status(sn, "READY_TO_SHIP")

    def set_status(self, sn, status, **changes):
        """Move an order on; a cancellation before shipping gives the stock back."""
        order = self.orders[sn]
        if status == "CANCELLED" and order["order_status"] in (
            "UNPAID",
            "READY_TO_SHIP",
            "IN_CANCEL",
            "PROCESSED",
        ):
            for line in order["item_list"]:
                model = self.items[line["item_id"]].models[line["model_id"]]
                model.stock += line["model_quantity_purchased"]
        now = self.simulator.now()
        order.update(order_status=status, update_time=now, **changes)
        if status == "COMPLETED":
            income = self.incomes[sn]
            self.released.append((now, sn, income["escrow_amount"]))
        self._push(order)

    def add_return(self, sn, units, refund, status="REQUESTED", solution=0):
        """The buyer wants to give some of the first line back."""
        order, now = self.orders[sn], self.simulator.now()
        line = order["item_list"][0]
        return_sn = f"R{next(self._numbers):012}"
        self.returns[return_sn] = {
            "return_sn": return_sn,
            "order_sn": sn,
            "status": status,
            "reason": "PHYSICAL_DMG",
            "text_reason": "broken",
            "currency": self.currency,
            "refund_amount": refund,
            "return_solution": solution,
            "needs_logistics": solution == 0,
            "tracking_number": "",
            "create_time": now,
            "update_time": now,
            "item": [
                {
                    "item_id": line["item_id"],
                    "model_id": line["model_id"],
                    "name": line["item_name"],
                    "item_sku": line["item_sku"],
                    "variation_sku": line["model_sku"],
                    "amount": units,
                    "item_price": line["model_original_price"],
                    "refund_amount": refund,
                }
            ],
        }
        return self.returns[return_sn]

    # --- pushes ---
    def _push(self, order):
        self.pushes.append(
            {
                "code": 3,
                "shop_id": self.shop_id,
                "timestamp": self.simulator.now(),
                "data": {
                    "ordersn": order["order_sn"],
                    "status": order["order_status"],
                    "update_time": order["update_time"],
                    "items": [],
                    "completed_scenario": "",
                },
            }
        )

    def sign_push(self, url, body):
        """The Authorization header of a push."""
        text = url.encode() + b"|" + body
        return hmac.new(self.partner_key.encode(), text, hashlib.sha256).hexdigest()

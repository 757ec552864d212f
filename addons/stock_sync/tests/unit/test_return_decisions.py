# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Refunds and received returns at Vendure and Medusa: what is sent, and only once."""

from dataclasses import replace
from decimal import Decimal

import pytest
from channels import adapters, errors, medusa_orders, vendure_orders
from channels.types import Credentials, Shop
from channels.types_return import RefundedLine, ReturnDecision, find_mark
from test_open_shops import sample

MARK = "odoo-return-1a2b3c4d-7"


def told(order_id, decision="refunded", **values):
    values = {"number": "RET/00007", "amount": Decimal("20.00"), **values}
    return ReturnDecision(order_id, decision, f"return:7:{decision}", MARK, **values)


def adapter(kind, client):
    made = adapters()[kind](Shop(kind=kind), Credentials(), None)
    made.client = client
    return made


class VendureClient:
    """Answers with one order; keeps what is done to it."""

    def __init__(self, order):
        self.order, self.done = order, []

    def call(self, query, **variables):
        config = {"serverConfig": {"moneyStrategyPrecision": 2}}
        return {"globalSettings": config, "order": self.order}

    def do(self, query, name, known=None, i=None):
        self.done.append((name, i))
        if name == "refundOrder":
            refund = {
                "id": "R9",
                "total": i["amount"],
                "state": "Pending",
                "reason": i["reason"],
                "createdAt": "2026-07-20T10:00:00.000Z",
                "updatedAt": "2026-07-20T10:00:00.000Z",
                "lines": i["lines"],
            }
            payments = {one["id"]: one for one in self.order["payments"]}
            payments[i["paymentId"]]["refunds"].append(refund)
            return refund
        return {"id": i["id"], "state": "Settled"}


def test_vendure_refunds_once():
    order = sample("vendure_order")
    client = VendureClient(order)
    shop = adapter("vendure", client)
    line = order["lines"][0]["id"]
    wish = told(order["id"], lines=(RefundedLine((line,), 1, Decimal(20)),))
    assert shop.refund_order(wish) == "R9"
    [(name, values), (then, settled)] = client.done
    assert (name, then, settled["id"]) == ("refundOrder", "settleRefund", "R9")
    assert values["amount"] == 2000
    assert values["lines"] == [{"orderLineId": line, "quantity": 1}]
    assert values["reason"] == f"RET/00007 [{MARK}]"
    with pytest.raises(errors.AlreadyDone):
        shop.refund_order(wish)
    assert [name for name, _values in client.done].count("refundOrder") == 1
    # read back, it is known as ours
    read = vendure_orders.OrderTranslator(order, 2, {})
    assert read.neutral()["refunds"][-1]["external_id"] == MARK
    assert list(read.returns())[-1].external_id == MARK


def test_vendure_refunds_no_more_than_was_paid():
    order = sample("vendure_order")
    shop = adapter("vendure", VendureClient(order))
    with pytest.raises(errors.Refused, match="so much"):
        shop.refund_order(told(order["id"], amount=Decimal(10000)))
    shop.client.order = None
    with pytest.raises(errors.NotFound):
        shop.refund_order(told("99"))


class MedusaClient:
    """Answers with one order and one return; keeps what is posted."""

    def __init__(self, order, back=None):
        self.order, self.back, self.posted = order, back, []

    def get(self, path, **_params):
        return {"return": self.back} if "/returns/" in path else {"order": self.order}

    def post(self, path, body, **_params):
        self.posted.append((path, body))
        if path.endswith("/refund"):
            refund = {
                "id": "ref_9",
                "amount": body["amount"],
                "note": body["note"],
                "created_at": "2026-07-20T10:00:00.000Z",
            }
            payment = self.order["payment_collections"][0]["payments"][0]
            payment.setdefault("refunds", []).append(refund)
            return {"payment": payment}
        return {}


def medusa_order():
    order = sample("medusa_order")
    payment = order["payment_collections"][0]["payments"][0]
    payment["captures"], payment["refunds"] = [{"amount": 50}], []
    return order, payment


def test_medusa_refunds_once():
    order, payment = medusa_order()
    client = MedusaClient(order)
    shop = adapter("medusa", client)
    assert shop.refund_order(told(order["id"])) == "ref_9"
    [(path, body)] = client.posted
    assert path == f"/admin/payments/{payment['id']}/refund"
    assert body["amount"] == 20.0 and find_mark(body["note"]) == MARK
    with pytest.raises(errors.AlreadyDone):
        shop.tell_return(told(order["id"], external_id="ret_1"))
    with pytest.raises(errors.Refused):
        more = replace(told(order["id"]), mark="x", amount=Decimal(31))
        shop.refund_order(more)
    assert len(client.posted) == 1
    read = medusa_orders.OrderTranslator(order, {})
    assert [one.external_id for one in read.money_back()] == [MARK]


def test_medusa_returns_are_received_and_called_off():
    order, _payment = medusa_order()
    item = order["items"][0]["id"]
    back = {
        "id": "ret_1",
        "status": "requested",
        "items": [{"item_id": item, "quantity": 2, "received_quantity": 0}],
    }
    client = MedusaClient(order, back)
    shop = adapter("medusa", client)
    lines = (RefundedLine((item,), 1, Decimal(0)),)
    shop.tell_return(told(order["id"], "received", external_id="ret_1", lines=lines))
    assert [path.partition("ret_1/")[2] for path, _body in client.posted] == [
        "receive",
        "receive-items",
        "receive/confirm",
    ]
    assert client.posted[1][1] == {"items": [{"id": item, "quantity": 1}]}
    shop.tell_return(told(order["id"], "refused", external_id="ret_1"))
    assert client.posted[-1][0].endswith("/ret_1/cancel")
    back["status"] = "canceled"
    with pytest.raises(errors.AlreadyDone):
        shop.tell_return(told(order["id"], "refused", external_id="ret_1"))
    with pytest.raises(errors.Refused, match="canceled"):
        shop.tell_return(told(order["id"], "received", external_id="ret_1"))

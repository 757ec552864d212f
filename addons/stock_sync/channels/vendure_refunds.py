# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Refunds of orders in Vendure, which knows no returns of goods by themselves."""

from decimal import Decimal

from . import vendure_graphql as graphql
from .errors import AlreadyDone, NotFound, Refused
from .open_shop import units_by_line
from .types_return import find_mark, reason_with_mark

_DONE = {"ALREADY_REFUNDED_ERROR": AlreadyDone}
_PAID = ("Settled", "Authorized")
_REFUND = """mutation($i:RefundOrderInput!){refundOrder(input:$i){
  __typename ... on Refund{id state} ... on ErrorResult{errorCode message}}}"""
_SETTLE = """mutation($i:SettleRefundInput!){settleRefund(input:$i){
  __typename ... on Refund{id state} ... on ErrorResult{errorCode message}}}"""


class VendureRefunds:
    """The part of the adapter that gives money back; needs ``client``."""

    def refund_order(self, told):
        """Give money back of the payment that has most of it left.

        A refund that the shop's payment handler leaves open is settled: the money goes
        back from here, or from the handler's own pages.
        """
        data = self.client.call(graphql.ONE_ORDER, id=told.order_external_id)
        order = data["order"]
        if not order:
            raise NotFound("no such order", code="order")
        for payment in order.get("payments") or ():
            for refund in payment["refunds"]:
                if find_mark(refund.get("reason")) == told.mark:
                    self._settle(refund, told)
                    raise AlreadyDone(told.mark, code=refund["id"])
        precision = data["globalSettings"]["serverConfig"]["moneyStrategyPrecision"]
        amount = int((told.amount * Decimal(10) ** precision).to_integral_value())
        fitting = [
            payment
            for payment in order.get("payments") or ()
            if payment["state"] in _PAID and _left(payment) >= amount
        ]
        if not fitting:
            raise Refused("no payment of the order has so much left", code="amount")
        sold = {line["id"] for line in order["lines"]}
        lines = units_by_line((x.external_ids, x.units) for x in told.lines)
        values = {
            "lines": [
                {"orderLineId": line, "quantity": count}
                for line, count in lines.items()
                if line in sold and count
            ],
            "shipping": 0,
            "adjustment": 0,
            "amount": amount,
            "paymentId": max(fitting, key=_left)["id"],
            "reason": reason_with_mark(told),
        }
        refund = self.client.do(_REFUND, "refundOrder", _DONE, i=values)
        self._settle(refund, told)
        return refund["id"]

    def _settle(self, refund, told):
        if refund["state"] == "Pending":
            values = {"id": refund["id"], "transactionId": told.mark}
            self.client.do(_SETTLE, "settleRefund", i=values)


def _left(payment):
    back = [x["total"] for x in payment["refunds"] if x["state"] != "Failed"]
    return payment["amount"] - sum(back)

# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What Medusa is told about returns, and refunds of its orders.

Its returns cannot be approved: asked for is on its way. They are called off, or
received; the money is a refund of a payment, whose note says which return it was for.
"""

from decimal import Decimal

from .errors import AlreadyDone, Refused
from .types_return import find_mark, reason_with_mark
from .values import number

_PAYMENTS = ",".join(
    (
        "id,*payment_collections,*payment_collections.payments",
        "*payment_collections.payments.captures,*payment_collections.payments.refunds",
    )
)
_RETURN = "id,status,*items"
_OPEN = ("open", "requested", "partially_received")


class MedusaDecisions:
    """The part of the adapter that answers returns; needs ``client``."""

    def tell_return(self, told):
        if told.decision == "refunded":
            return self.refund_order(told)
        path = f"/admin/returns/{told.external_id}"
        found = self.client.get(path, fields=_RETURN)["return"]
        done = "canceled" if told.decision == "refused" else "received"
        if found["status"] == done:
            raise AlreadyDone(f"{done} before", code=done)
        if found["status"] not in _OPEN:
            raise Refused(f"the return is {found['status']}", code=found["status"])
        if told.decision == "refused":
            self.client.post(f"{path}/cancel", {}, fields="id")
        else:
            self._receive_return(path, found, told)
        return told.external_id

    def _receive_return(self, path, found, told):
        wanted = {line.external_ids[0]: line.units for line in told.lines}
        items = []
        for part in found.get("items") or ():
            left = number(part["quantity"]) - number(part.get("received_quantity"))
            count = min(int(left), wanted.get(part["item_id"], 0))
            if count > 0:
                items.append({"id": part["item_id"], "quantity": count})
        if not items:
            raise Refused("nothing of it is expected there", code="items")
        # what an earlier try began, and was cut off, cannot be begun again
        for step, body in (
            ("receive", {}),
            ("receive-items", {"items": items}),
            ("receive/confirm", {}),
        ):
            try:
                self.client.post(f"{path}/{step}", body)
            except Refused:
                if step != "receive":
                    raise

    def refund_order(self, told):
        """Give money back of the order's payments, those with most of it first."""
        path = f"/admin/orders/{told.order_external_id}"
        order = self.client.get(path, fields=_PAYMENTS)["order"]
        payments = [
            payment
            for collection in order.get("payment_collections") or ()
            for payment in collection.get("payments") or ()
        ]
        for payment in payments:
            for refund in payment.get("refunds") or ():
                if find_mark(refund.get("note")) == told.mark:
                    raise AlreadyDone(told.mark, code=refund["id"])
        fitting = [one for one in payments if _left(one) >= told.amount]
        if not fitting:
            raise Refused("no payment of the order has so much left", code="amount")
        made = self.client.post(
            f"/admin/payments/{max(fitting, key=_left)['id']}/refund",
            {"amount": float(told.amount), "note": reason_with_mark(told)},
        )
        mine = [
            refund["id"]
            for refund in (made.get("payment") or {}).get("refunds") or ()
            if find_mark(refund.get("note")) == told.mark
        ]
        return mine[-1] if mine else ""


def _left(payment):
    """What was captured of a payment and not given back."""
    captured = sum((number(x["amount"]) for x in payment.get("captures") or ()), _ZERO)
    back = sum((number(x["amount"]) for x in payment.get("refunds") or ()), _ZERO)
    return captured - back


_ZERO = Decimal(0)

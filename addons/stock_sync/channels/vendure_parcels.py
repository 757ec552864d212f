# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Vendure's parcels, which it calls fulfilments, and cancellations."""

from . import vendure_graphql as graphql
from .errors import AlreadyDone, NotFound, Refused
from .open_shop import units_by_line
from .types import Shipped

_DONE = {"ITEMS_ALREADY_FULFILLED_ERROR": AlreadyDone}
_GONE = ("Shipped", "Delivered")


class VendureParcels:
    """The part of the adapter that hands parcels over; needs ``client``."""

    def ship(self, shipment):
        order = self._read_order(shipment.order_external_id)
        wanted = units_by_line(shipment.lines)
        known = _find_parcel(order, shipment.tracking, wanted)
        if known and known["state"] in _GONE:
            raise AlreadyDone("the parcel is known", code=known["id"])
        if not known:
            values = {
                "lines": _write_lines(wanted),
                "handler": {
                    "code": "manual-fulfillment",
                    "arguments": [
                        {"name": "method", "value": shipment.carrier or "-"},
                        {"name": "trackingCode", "value": shipment.tracking},
                    ],
                },
            }
            known = self.client.do(
                graphql.FULFIL, "addFulfillmentToOrder", _DONE, i=values
            )
        self._move_parcel(known, "Shipped")
        return Shipped(known["id"], shipment.tracking, shipment.carrier)

    def change_tracking(self, shipment, old_tracking):
        """Vendure changes no parcel: the old one is given up and made again.

        Its stock comes back and leaves again. A try that was cut off in between finds
        the units unshipped, and goes on.
        """
        order = self._read_order(shipment.order_external_id)
        wanted = units_by_line(shipment.lines)
        if not _same_parcels(order, shipment.tracking, wanted):
            self._give_up_parcel(order, old_tracking, wanted)
        self.ship(shipment)

    def _give_up_parcel(self, order, tracking, wanted):
        same = _same_parcels(order, tracking, wanted)
        if not same:
            if _is_left(order, wanted):
                return
            raise Refused("no parcel with the old number", code="parcel")
        if same[0]["state"] == "Delivered":
            raise Refused("the parcel was delivered", code="delivered")
        self._move_parcel(same[0], "Cancelled")

    def _move_parcel(self, parcel, state):
        self.client.do(
            graphql.MOVE_FULFILMENT,
            "transitionFulfillmentToState",
            id=parcel["id"],
            s=state,
        )

    def _read_order(self, external_id):
        order = self.client.call(graphql.ONE_ORDER, id=external_id)["order"]
        if not order:
            raise NotFound("no such order", code="order")
        return order

    def cancel(self, cancellation):
        # the key goes into the reason, which only the seller sees: a second try of a
        # part finds it
        mark = f"[{cancellation.key}]"
        external_id = cancellation.order_external_id
        order = self.client.call(graphql.CANCELLATIONS, id=external_id)["order"]
        if not order:
            raise NotFound("no such order", code="order")
        done = (str(one["data"].get("reason")) for one in order["history"]["items"])
        if order["state"] == "Cancelled" or any(mark in reason for reason in done):
            raise AlreadyDone("cancelled before", code="cancelled")
        wanted = units_by_line(cancellation.lines)
        if not wanted:
            # the rest: what was shipped would count as come back
            wanted = {k: n for k, n in _left_to_ship(order).items() if n > 0}
        if not wanted:
            raise Refused("all of it was shipped", code="shipped")
        there = {line["id"]: line["quantity"] for line in order["lines"]}
        values = {
            "orderId": order["id"],
            "lines": _write_lines(wanted),
            "reason": f"{cancellation.reason} {mark}",
            "cancelShipping": all(wanted.get(k, 0) >= n for k, n in there.items()),
        }
        self.client.do(graphql.CANCEL, "cancelOrder", i=values)


def _same_parcels(order, tracking, wanted):
    """Parcels with that number and content, as they were made."""
    same = []
    for parcel in order.get("fulfillments") or ():
        content = {x["orderLineId"]: x["quantity"] for x in parcel["lines"]}
        is_same = (parcel["trackingCode"] or "") == tracking and content == wanted
        if is_same and parcel["state"] != "Cancelled":
            same.append(parcel)
    return same


def _find_parcel(order, tracking, wanted):
    """The parcel that an earlier try made: same number and content.

    Without a number two parcels with the same content cannot be told apart: the
    second counts as made only if nothing is left to be shipped of its lines.
    """
    same = _same_parcels(order, tracking, wanted)
    pending = [parcel for parcel in same if parcel["state"] == "Pending"]
    if pending:
        return pending[0]
    return same[0] if same and (tracking or not _is_left(order, wanted)) else None


def _is_left(order, wanted):
    """Whether all that is wanted is still to be shipped."""
    left = _left_to_ship(order)
    return all(count <= left.get(line, 0) for line, count in wanted.items())


def _left_to_ship(order):
    """{line: units that no parcel holds}."""
    left = {line["id"]: line["quantity"] for line in order["lines"]}
    for parcel in order.get("fulfillments") or ():
        if parcel["state"] != "Cancelled":
            for part in parcel["lines"]:
                # a line may have been taken off the order in the shop
                line = part["orderLineId"]
                left[line] = left.get(line, 0) - part["quantity"]
    return left


def _write_lines(counts):
    return [{"orderLineId": line, "quantity": n} for line, n in counts.items()]

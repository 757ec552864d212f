# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Which of an order's parcels a shipment is, on Shopee.

An order is one parcel until it is split: by items, before any of it is arranged, and
once, since a part that is arranged cannot be split any more (Shopee Open Platform,
"Order management", 6 Splitting Order). Units of one item stay together.
"""

from collections import Counter

from ..errors import AlreadyDone, Refused
from .orders import listing_id

#: the order has been handed over, or is being
ARRANGED = frozenset(("PROCESSED", "SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED"))
#: of a parcel: it can be arranged
_OPEN = (
    "",
    "LOGISTICS_NOT_START",
    "LOGISTICS_READY",
    "LOGISTICS_PENDING_ARRANGE",
    "LOGISTICS_PICKUP_RETRY",
)


class ParcelsMixin:
    """The part of the adapter that finds and makes parcels."""

    def _find_parcels(self, shipment):
        """Numbers of the parcels to arrange; an empty one stands for the whole order.

        :raises AlreadyDone: when they are arranged
        :raises Refused: when Shopee has no such parcel and cannot make one
        """
        order_sn = shipment.order_external_id
        order = self._detail(order_sn)
        wanted = _units(shipment)
        if len(order.get("package_list") or ()) < 2:
            if order.get("order_status") in ARRANGED:
                raise AlreadyDone(order_sn, code="arranged")
            ordered = _ordered(order)
            if shipment.is_last or not wanted or wanted == ordered:
                return [""]
            order = self._split(order, wanted, ordered)
        return _choose(order, wanted, shipment.is_last)

    def _split(self, order, wanted, ordered):
        """Make a parcel of some items and one of the others; the order as it is then.

        :raises Refused: when Shopee does not split like that
        """
        if any(units != ordered.get(ref) for ref, units in wanted.items()):
            raise Refused(
                "Shopee leaves the units of one item together; all of the order is "
                "arranged with its last parcel",
                code="split_units",
            )
        parts = {True: [], False: []}
        for item in order.get("item_list") or ():
            parts[listing_id(item) in wanted].append(_split_item(item))
        order_sn = str(order["order_sn"])
        self.client.post(
            "order/split_order",
            {
                "order_sn": order_sn,
                "package_list": [{"item_list": parts[mine]} for mine in (True, False)],
            },
        )
        return self._detail(order_sn)


def _choose(order, wanted, is_last):
    """Parcels that hold nothing but these goods; with the last ones, what is left.

    :raises AlreadyDone: when they are arranged
    :raises Refused: when these goods are in a parcel with others
    """
    packages = order.get("package_list") or ()
    fitting = [one for one in packages if is_last or _goods(one) <= set(wanted)]
    numbers = [
        str(one.get("package_number") or "")
        for one in fitting
        if str(one.get("logistics_status") or "") in _OPEN
    ]
    if numbers:
        return numbers
    if fitting:
        raise AlreadyDone(str(order["order_sn"]), code="arranged")
    raise Refused(
        "Shopee splits an order once: what is left of it is one parcel, which is "
        "arranged with the last goods",
        code="split_once",
    )


def _goods(package):
    return {listing_id(item) for item in package.get("item_list") or ()}


def _units(shipment):
    units = Counter()
    for ids, quantity in shipment.lines:
        item_id, _sep, rest = ids[0].partition(":")
        units[f"{item_id}:{rest.partition(':')[0] or 0}"] += quantity
    return units


def _ordered(order):
    units = Counter()
    for item in order.get("item_list") or ():
        units[listing_id(item)] += int(item.get("model_quantity_purchased") or 0)
    return units


def _split_item(item):
    return {
        "item_id": item["item_id"],
        "model_id": item.get("model_id") or 0,
        "order_item_id": item.get("order_item_id") or item["item_id"],
        "promotion_group_id": item.get("promotion_group_id") or 0,
    }

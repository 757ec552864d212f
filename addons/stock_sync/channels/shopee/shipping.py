# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Shipping, labels and cancellations on Shopee."""

from ..errors import (
    AlreadyDone,
    ChannelError,
    Misconfigured,
    NotFound,
    PermissionMissing,
    Refused,
    Unavailable,
)
from ..types import Cancellation, Label, Shipment, Shipped
from .parcels import ParcelsMixin

_REASONS = {
    "out_of_stock": "OUT_OF_STOCK",
    "customer_request": "CUSTOMER_REQUEST",
    "undeliverable": "UNDELIVERABLE_AREA",
}
_METHODS = ("pickup", "dropoff", "non_integrated")
_LABEL = "THERMAL_AIR_WAYBILL"
#: parcels that Shopee tells about in one call
_PACKAGES = 50
#: orders some of whose parcels wait for the carrier, and such a parcel
_WAITING = ("PROCESSED", "READY_TO_SHIP")
_REQUESTED = "LOGISTICS_REQUEST_CREATED"


class ShippingMixin(ParcelsMixin):
    """The part of the adapter that hands parcels over."""

    def ship(self, shipment: Shipment) -> Shipped:
        """Arrange the pick-up or drop-off of a parcel, or tell its own tracking number.

        A part of an order is split off first.

        :raises AlreadyDone: when it has been arranged
        :raises Refused: when Shopee does not split the order like that
        """
        numbers = self._find_parcels(shipment)
        for number in numbers:
            self._arrange(shipment, number)
        order_sn = shipment.order_external_id
        tracking = self._tracking(order_sn, numbers[0]) or shipment.tracking
        return Shipped(numbers[0] or order_sn, tracking)

    def _arrange(self, shipment, package_number):
        order_sn = shipment.order_external_id
        parcel = {"order_sn": order_sn}
        if package_number:
            parcel["package_number"] = package_number
        parameter = self.client.get("logistics/get_shipping_parameter", parcel)
        method, arguments = self._choose_method(parameter.get("response", {}), shipment)
        try:
            self.client.post("logistics/ship_order", {**parcel, method: arguments})
        except (Refused, NotFound):
            # raises AlreadyDone when somebody else was quicker
            if package_number not in self._find_parcels(shipment):
                raise AlreadyDone(order_sn, code="arranged") from None
            raise

    def get_label(self, order_external_id: str, package_id: str = "") -> Label:
        """The air waybill as PDF.

        :raises Unavailable: while Shopee prints it; ask again in some seconds
        """
        entry = {"order_sn": order_external_id, "shipping_document_type": _LABEL}
        if package_id:
            entry["package_number"] = package_id
        tracking = self._tracking(order_external_id, package_id)
        if not tracking:
            raise Unavailable("no tracking number yet", code="label_pending")
        state = self._label_state(entry)
        if state != "READY":
            self.client.post(
                "logistics/create_shipping_document",
                {"order_list": [{**entry, "tracking_number": tracking}]},
            )
            if self._label_state(entry) != "READY":
                raise Unavailable("the label is being made", code="label_pending")
        content = self.client.download(
            "logistics/download_shipping_document",
            {"shipping_document_type": _LABEL, "order_list": [_without_type(entry)]},
        )
        return Label(content, name=f"{order_external_id}.pdf")

    def cancel(self, cancellation: Cancellation) -> None:
        """Cancel an order; one that is out of stock names its items.

        :raises AlreadyDone: when it is cancelled already
        """
        order_sn = cancellation.order_external_id
        if self._status(order_sn) == "CANCELLED":
            raise AlreadyDone(order_sn, code="cancelled")
        reason = _REASONS.get(cancellation.reason, "CUSTOMER_REQUEST")
        body = {"order_sn": order_sn, "cancel_reason": reason}
        if reason == "OUT_OF_STOCK":
            body["item_list"] = [
                _item(ids) for ids, _units in cancellation.lines
            ] or self._items(order_sn)
        self.client.post("order/cancel_order", body)

    def answer_cancellation(self, order_external_id: str, accept: bool) -> None:
        """Accept or reject the buyer's wish to cancel."""
        self.client.post(
            "order/handle_buyer_cancellation",
            {
                "order_sn": order_external_id,
                "operation": "ACCEPT" if accept else "REJECT",
            },
        )

    def _choose_method(self, parameter, shipment):
        needed = parameter.get("info_needed") or {}
        preferred = self.shop.options.get("ship_method")
        order = [preferred] if preferred in _METHODS else []
        for method in [*order, *_METHODS]:
            if method in needed:
                # an empty list still wants the empty object
                wanted = needed[method] or ()
                return method, self._arguments(method, wanted, parameter, shipment)
        raise Refused("Shopee offers no way to ship this order", code="info_needed")

    def _arguments(self, method, wanted, parameter, shipment):
        if method == "non_integrated":
            if "tracking_number" in wanted and not shipment.tracking:
                raise Misconfigured("a tracking number is needed", code="tracking")
            return {"tracking_number": shipment.tracking} if wanted else {}
        choices = parameter.get(method) or {}
        if method == "pickup":
            return _pickup(wanted, choices.get("address_list") or ())
        arguments = {}
        branches = choices.get("branch_list") or ()
        if "branch_id" in wanted and branches:
            arguments["branch_id"] = branches[0]["branch_id"]
        if "sender_real_name" in wanted:
            arguments["sender_real_name"] = self.shop.options.get("sender_name", "")
        if "tracking_no" in wanted:
            arguments["tracking_no"] = shipment.tracking
        return arguments

    def _detail(self, order_sn):
        response = self.client.get(
            "order/get_order_detail",
            {
                "order_sn_list": order_sn,
                "response_optional_fields": "item_list,package_list",
            },
            bucket="orders",
        ).get("response", {})
        for order in response.get("order_list") or ():
            if str(order.get("order_sn")) == order_sn:
                return order
        raise NotFound(order_sn, code="order_not_found")

    def _status(self, order_sn):
        return str(self._detail(order_sn).get("order_status"))

    def _items(self, order_sn):
        return [
            {"item_id": item["item_id"], "model_id": item.get("model_id") or 0}
            for item in self._detail(order_sn).get("item_list") or ()
        ]

    def _tracking(self, order_sn, package_number=""):
        """The tracking number; Shopee may need minutes to have one."""
        parcel = {"order_sn": order_sn}
        if package_number:
            parcel["package_number"] = package_number
        try:
            answer = self.client.get("logistics/get_tracking_number", parcel)
        except ChannelError as error:
            if error.is_temporary or isinstance(error, Refused | NotFound):
                return ""
            raise
        return str(answer.get("response", {}).get("tracking_number") or "")

    def _add_numbers(self, details):
        """Details of an order tell no tracking number: the parcels of those that were
        arranged and wait for the carrier are asked for theirs, many in one call."""
        waiting = {}
        for order in details.values():
            status = order.get("order_status")
            for package in order.get("package_list") or ():
                is_waiting = status == "PROCESSED" or (
                    status in _WAITING and package.get("logistics_status") == _REQUESTED
                )
                number = package.get("package_number")
                if is_waiting and number and not package.get("tracking_number"):
                    waiting[str(number)] = package
        numbers = list(waiting)
        for start in range(0, len(numbers), _PACKAGES):
            found = self._read_numbers(numbers[start : start + _PACKAGES])
            for number, tracking in found.items():
                if number in waiting:
                    waiting[number]["tracking_number"] = tracking

    def _read_numbers(self, package_numbers):
        """``{parcel: tracking number}`` of those that have one by now.

        An order is read without its number rather than not at all: it is asked for
        again when the order is.
        """
        try:
            answer = self.client.get(
                "order/get_package_detail",
                {"package_number_list": ",".join(package_numbers)},
                bucket="orders",
            )
        except (Refused, NotFound):
            # one parcel that Shopee knows no more must not hide the others' numbers
            middle = len(package_numbers) // 2
            if not middle:
                return {}
            halves = package_numbers[:middle], package_numbers[middle:]
            return self._read_numbers(halves[0]) | self._read_numbers(halves[1])
        except ChannelError as error:
            if error.is_temporary or isinstance(error, PermissionMissing):
                return {}
            raise
        return {
            str(package.get("package_number")): str(package["tracking_number"])
            for package in answer.get("response", {}).get("package_list") or ()
            # a dash is how Shopee writes "none" in some answers
            if package.get("tracking_number") not in (None, "", "-")
        }

    def _label_state(self, entry):
        answer = self.client.post(
            "logistics/get_shipping_document_result", {"order_list": [entry]}
        )
        results = answer.get("response", {}).get("result_list") or [{}]
        return str(results[0].get("status") or "")


def _pickup(wanted, addresses):
    chosen = next(
        (
            one
            for one in addresses
            if "pickup_address" in (one.get("address_flag") or ())
        ),
        addresses[0] if addresses else {},
    )
    arguments = {}
    if "address_id" in wanted:
        arguments["address_id"] = chosen.get("address_id")
    slots = chosen.get("time_slot_list") or ()
    if "pickup_time_id" in wanted and slots:
        arguments["pickup_time_id"] = slots[0].get("pickup_time_id")
    return arguments


def _item(ids):
    item_id, _sep, rest = ids[0].partition(":")
    model = rest.partition(":")[0] or "0"
    return {"item_id": int(item_id), "model_id": int(model)}


def _without_type(entry):
    return {
        key: value for key, value in entry.items() if key != "shipping_document_type"
    }
